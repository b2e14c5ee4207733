"""GGUF weights -> int8 weights, one matrix at a time, so that the float model never stands in memory whole.

The result is one safetensors file: for each matrix `<name>.weight` int8 and `<name>.scale` float32 (a scale a row,
see `rag.models.int8`), norms and biases in float32. Only importer of gguf.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.atomic import cannot_write, replacing

if TYPE_CHECKING:
    from torch import Tensor

WEIGHTS = "model.int8.safetensors"
ROWS_AT_ONCE = 1024  # some megabytes of float32: what one step leaves is still in the cache for the next

# GGUF's names for the layers of the llama and qwen2 families -> transformers' names.
OUTER_NAMES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
BLOCK_NAMES = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def transformers_name(gguf_name: str) -> str:
    """`blk.3.attn_q.bias` -> `model.layers.3.self_attn.q_proj.bias`. KeyError for a tensor of another architecture."""
    *path, leaf = gguf_name.split(".")
    if path[0] == "blk":
        return f"model.layers.{path[1]}.{BLOCK_NAMES[path[2]]}.{leaf}"
    return f"{OUTER_NAMES[path[0]]}.{leaf}"


def convert_weights(gguf_file: Path, target: Path, advance: Callable[[int], object] = lambda _: None) -> None:
    """Write `target` (a safetensors file) from `gguf_file`; `advance` is told of bytes of `gguf_file` done. UserError where
    it cannot be written."""
    import torch
    from gguf import GGUFReader, dequantize
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    from rag.models.int8 import quantize_rows

    tensors: dict[str, Tensor] = {}
    left = gguf_file.stat().st_size
    for tensor in GGUFReader(gguf_file).tensors:
        name = transformers_name(tensor.name)
        if len(tensor.shape) == 1:
            tensors[name] = torch.from_numpy(np.array(tensor.data, dtype=np.float32))
        else:
            rows = []
            for start in range(0, len(tensor.data), ROWS_AT_ONCE):
                part = tensor.data[start : start + ROWS_AT_ONCE]
                rows.append(
                    quantize_rows(torch.from_numpy(np.require(dequantize(part, tensor.tensor_type), requirements="W")))
                )
                advance(part.nbytes)
                left -= part.nbytes
            tensors[name] = torch.cat([weight for weight, _ in rows])
            tensors[name.removesuffix("weight") + "scale"] = torch.cat([scale for _, scale in rows])
    try:
        with replacing(target) as aside:
            save_file(tensors, aside)
    except (OSError, SafetensorError) as error:
        raise cannot_write(target, error) from error
    advance(left)  # what is no matrix: the vocabulary, norms, biases
