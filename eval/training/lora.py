"""Low-rank matrices beside the linear layers of each block, active only where they are switched on.

y = W x + scale * B A x (Hu et al. 2021); here the second term is added only to the tokens from the question on
(activated LoRA, Greenewald et al. 2025), so that an article's cache is the base model's. B begins as zeros: before the
first step an adapter changes nothing.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class AdaptedLinear(nn.Module):
    """A frozen linear layer and its two matrices: `a` (rank, in), `b` (out, rank), float32."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float, generator: torch.Generator) -> None:
        super().__init__()
        self.base = base
        self.scale = alpha / rank
        self.active = False
        bound = 1 / math.sqrt(base.in_features)
        a = torch.empty(rank, base.in_features).uniform_(-bound, bound, generator=generator)
        self.a = nn.Parameter(a.to(base.weight.device))
        self.b = nn.Parameter(torch.zeros(base.out_features, rank, device=base.weight.device))

    def forward(self, x: Tensor) -> Tensor:
        y = functional.linear(x, self.base.weight, self.base.bias)
        if not self.active:
            return y
        low = functional.linear(x, self.a.to(x.dtype))
        return y + functional.linear(low, (self.b * self.scale).to(x.dtype))


def add_adapter(model: Any, rank: int, alpha: float, seed: int) -> dict[str, AdaptedLinear]:
    """Put an adapter beside every linear layer of each block of `model`; the layers by their module names."""
    generator = torch.Generator().manual_seed(seed)
    made: dict[str, AdaptedLinear] = {}
    for name, module in list(model.named_modules()):
        parent, _, leaf = name.rpartition(".")
        if leaf in LAYERS and isinstance(module, nn.Linear):
            made[name] = AdaptedLinear(module, rank, alpha, generator)
            setattr(model.get_submodule(parent), leaf, made[name])
    return made


@contextmanager
def active(layers: dict[str, AdaptedLinear]) -> Iterator[None]:
    for layer in layers.values():
        layer.active = True
    try:
        yield
    finally:
        for layer in layers.values():
            layer.active = False


def matrices(layers: dict[str, AdaptedLinear]) -> dict[str, Tensor]:
    """The trained tensors by name: `<layer>.a`, `<layer>.b`."""
    return {f"{name}.{leaf}": getattr(layer, leaf).detach() for name, layer in layers.items() for leaf in ("a", "b")}


def load_matrices(layers: dict[str, AdaptedLinear], tensors: dict[str, Tensor]) -> None:
    with torch.no_grad():
        for name, layer in layers.items():
            layer.a.copy_(tensors[f"{name}.a"])
            layer.b.copy_(tensors[f"{name}.b"])
