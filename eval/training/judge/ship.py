"""Trained weights -> what the package ships: int8 rows for every matrix, float32 for the rest, and the calibration."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from rag.models.int8 import quantize_rows
from rag.models.judge import CONFIG, TOKENIZER, WEIGHTS

FLOAT16 = ("position_embeddings", "token_type_embeddings")  # a thousandth of the whole
HEADS = ("verdict", "span")  # four rows: left in float32


def ship(
    weights: Mapping[str, Tensor],
    sizes: Mapping[str, Any],
    tokenizer: Path,
    calibration: Mapping[str, Mapping[str, float]],
    folder: Path,
) -> None:
    """Write the folder that `rag.models.judge.load_judge` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, Tensor] = {}
    for name, value in weights.items():
        if name.endswith(("position_ids", "token_type_ids")):
            continue
        if any(part in name for part in FLOAT16):
            tensors[name] = value.half()
        elif value.dim() == 2 and not name.startswith(HEADS):
            tensors[name], tensors[name.removesuffix("weight") + "scale"] = quantize_rows(value)
        else:
            tensors[name] = value.float()
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / WEIGHTS)
    if tokenizer != folder / TOKENIZER:
        (folder / TOKENIZER).write_bytes(tokenizer.read_bytes())
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()[:12]
    config = {"identity": f"wence-judge@{digest}", "sizes": dict(sizes), "calibration": calibration}
    (folder / CONFIG).write_text(json.dumps(config, ensure_ascii=False, indent=1) + "\n", "utf-8")


def load_state(path: Path) -> dict[str, Tensor]:
    kept = torch.load(path, weights_only=True)
    state: dict[str, Tensor] = kept.get("model", kept)
    return state
