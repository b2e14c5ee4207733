"""An adapter of the local model: low-rank matrices beside its linear layers, active from the question on.

y = W x + alpha / rank * B A x (Hu et al. 2021, LoRA); the second term is added only to the tokens after a border (Greenewald et
al. 2025, activated LoRA, arXiv:2504.12397), so that an article's key-value cache is the base model's and serves every
question, taught or not. The folder is in PEFT's format; `python -m eval.training.adapters` makes what it holds.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

CONFIG, MATRICES = "adapter_config.json", "adapter_model.safetensors"
PREFIX, FIRST, SECOND = "base_model.model.", ".lora_A.weight", ".lora_B.weight"


class Adapter:
    """Whether the matrices of a model take part; one for all its layers."""

    def __init__(self) -> None:
        self.is_active = False

    @contextmanager
    def active(self, active: bool) -> Iterator[None]:
        self.is_active = active
        try:
            yield
        finally:
            self.is_active = False


class AdaptedLinear(nn.Module):
    """A layer of the base model and its matrices: `a` (rank, in), `b` (out, rank), the scale in `b`."""

    def __init__(self, base: nn.Module, a: Tensor, b: Tensor, adapter: Adapter) -> None:
        super().__init__()
        self.base = base
        self.register_buffer("a", a, persistent=False)
        self.register_buffer("b", b, persistent=False)
        self.a: Tensor
        self.b: Tensor
        self._adapter = adapter

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) -> (..., out)."""
        y: Tensor = self.base(x)
        if self._adapter.is_active:
            y = y + functional.linear(functional.linear(x, self.a.to(x.dtype)), self.b.to(x.dtype))
        return y


def add_adapter(model: Any, folder: Path) -> Adapter:
    """Put the matrices of `folder` beside the layers of `model`, inactive."""
    from safetensors.torch import load_file

    config = json.loads((folder / CONFIG).read_text("utf-8"))
    tensors = load_file(folder / MATRICES)
    scale, adapter = config["lora_alpha"] / config["r"], Adapter()
    for name in sorted(key.removesuffix(FIRST) for key in tensors if key.endswith(FIRST)):
        a, b = tensors[name + FIRST].float(), tensors[name + SECOND].float() * scale
        parent, _, leaf = name.removeprefix(PREFIX).rpartition(".")
        module = model.get_submodule(parent)
        setattr(module, leaf, AdaptedLinear(getattr(module, leaf), a.to(model.device), b.to(model.device), adapter))
    return adapter
