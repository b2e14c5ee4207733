"""The pinned model's float form, made from the int8 weights that serve: what adapters are trained on.

bfloat16 holds an int8 value exactly; only its product with the row's scale is rounded. On a CPU with AMX a bfloat16
matrix product runs three times as quickly as the int8 one (figures in the adapter's card), and its backward needs it anyway.
"""

from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM

from eval.training.attention import BY_ARTICLE
from rag.errors import UserError
from rag.models.fetch import model_dir, read_pins
from rag.models.generator import INT8_FOLDER, is_converted
from rag.models.gguf import WEIGHTS
from rag.settings import Settings

GENERATOR = "qwen2_5-coder-1_5b-instruct-q4_k_m"  # of rag/models/models.toml: the adapters are its


def int8_folder(settings: Settings) -> Path:
    """The folder of the pinned generator's int8 weights. UserError where `make setup` has not made it."""
    pin = read_pins()[GENERATOR]
    folder = model_dir(settings.home, pin.name)
    if not is_converted(folder):
        raise UserError(f"模型 {pin.name} 还没有准备好，请先运行 make setup。", f"{pin.name} is not there: make setup.")
    return folder / INT8_FOLDER


def load_base(folder: Path, device: str) -> Any:
    """The model in bfloat16 on `device`, frozen, read one tensor at a time."""
    config = AutoConfig.from_pretrained(folder)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config, attn_implementation=BY_ARTICLE)
    with safe_open(folder / WEIGHTS, framework="pt", device=device) as weights:
        keys = set(weights.keys())
        for name in sorted(keys):
            if name.endswith(".scale"):
                continue
            value = weights.get_tensor(name).float()
            module, _, leaf = name.rpartition(".")
            if leaf == "weight" and f"{module}.scale" in keys:
                value *= weights.get_tensor(f"{module}.scale")[:, None]
            setattr(model.get_submodule(module), leaf, nn.Parameter(value.to(torch.bfloat16), requires_grad=False))
    rotary = model.model.rotary_emb  # its table is computed, not stored
    model.model.rotary_emb = type(rotary)(config=config).to(device)
    return model.eval().requires_grad_(False)
