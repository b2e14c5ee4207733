"""What the local model has read, kept on disk: the key-value cache of a prompt's beginning, most of it one article.

A question about an article that was read before pays only for itself. A file is named by how many tokens it covers and
by a digest of the model's identity and of those tokens, which are the prompt's words and the article's: what is stale is
never found. The system's page cache holds what is used often, so nothing is kept in memory here. Files are written
aside and renamed; two processes may use one folder. A file that is damaged is dropped and one that cannot be written is
done without, with a line in the log: the prompt is only read again. Numbers are kept in int8, which costs no more than float16 does
(docs/experiments.md#kv-cache): keys with a scale for each channel, since a few channels are large, values with one for each token
(Liu et al. 2024, KIVI).
"""

import hashlib
import logging
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rag.atomic import PART, exclusive, replacing

if TYPE_CHECKING:
    from torch import Tensor

SUFFIX = ".safetensors"
DISK_BUDGET = 4_000_000_000  # bytes: about 450 articles of 600 tokens (15 kB a token, 1.5B model)
FORMAT = "int8-1"  # raise when what is written changes
NAME = re.compile(rf"(\d{{1,9}})-[0-9a-f]{{32}}{re.escape(SUFFIX)}")
KEY_SCALES, VALUE_SCALES = -2, -1  # a scale for each channel over all tokens; for each token over all channels

Layers = list[tuple["Tensor", "Tensor"]]  # a layer's keys and values, (1, heads, tokens, size)


log = logging.getLogger("wence")


class KVCacheStore:
    """The caches of one model's prefixes in `folder`, within a budget of bytes: least recently used out first."""

    def __init__(self, folder: Path, identity: str, budget: int = DISK_BUDGET) -> None:
        self._folder = folder
        self._identity = identity
        self._budget = budget

    def holds(self, ids: Sequence[int]) -> bool:
        """Whether just this prefix is kept."""
        return self._path(ids).is_file()

    def find(self, ids: Sequence[int]) -> tuple[int, Layers] | None:
        """How many of the first tokens of `ids` the longest kept prefix of them covers, and its layers in float32."""
        for length in sorted({length for length, _ in self._files()}, reverse=True):
            path = self._path(ids[:length]) if length <= len(ids) else None
            if path is None or not path.is_file():
                continue
            layers = self._load(path)
            if layers is not None:
                return length, layers
        return None

    def _load(self, path: Path) -> Layers | None:
        """The layers in the file, which counts as used now; None where it is gone, or is damaged and dropped."""
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        with suppress(OSError):  # another process may have removed it by now
            os.utime(path)
        try:
            tensors = load_file(path)
            count = len(tensors) // 4
            return [(_unpack(tensors, f"keys.{i}"), _unpack(tensors, f"values.{i}")) for i in range(count)]
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError, KeyError) as error:
            log.warning("%s is damaged (%s); it is dropped and read again", path, error)
            with suppress(OSError):
                path.unlink()
            return None

    def keep(self, ids: Sequence[int], layers: Iterable[tuple["Tensor", "Tensor"]]) -> None:
        """Write the cache of `ids`, then remove what has not been used for longest until the budget holds."""
        from safetensors import SafetensorError
        from safetensors.torch import save_file

        tensors: dict[str, Tensor] = {}
        for i, (keys, values) in enumerate(layers):
            tensors |= _pack(keys[..., : len(ids), :], KEY_SCALES, f"keys.{i}")
            tensors |= _pack(values[..., : len(ids), :], VALUE_SCALES, f"values.{i}")
        path = self._path(ids)
        try:
            with exclusive(self._folder / ".lock"):
                for left in self._folder.glob(f"*{SUFFIX}{PART}"):  # by a process that was killed
                    left.unlink()
                with replacing(path) as aside:
                    save_file(tensors, aside)
                self._evict()
        except (OSError, SafetensorError) as error:
            log.warning("%s cannot be written (%s); the prompt will be read again", path, error)

    def _evict(self) -> None:
        files = []
        for _, path in self._files():
            with suppress(FileNotFoundError):
                state = path.stat()
                files.append((state.st_mtime, state.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files)[:-1]:  # what was just written stays
            if total <= self._budget:
                break
            path.unlink(missing_ok=True)
            total -= size

    def _files(self) -> Iterator[tuple[int, Path]]:
        """The kept files, each with how many tokens it covers; what else is in the folder is not ours."""
        if self._folder.is_dir():
            for path in self._folder.iterdir():
                if name := NAME.fullmatch(path.name):
                    yield int(name[1]), path

    def _path(self, ids: Sequence[int]) -> Path:
        words = f"{FORMAT}\0{self._identity}\0{' '.join(map(str, ids))}"
        return self._folder / f"{len(ids)}-{hashlib.sha256(words.encode()).hexdigest()[:32]}{SUFFIX}"


def _pack(tensor: "Tensor", over: int, name: str) -> dict[str, "Tensor"]:
    from rag.models.int8 import quantize

    values, scale = quantize(tensor, over)
    return {f"{name}.int8": values, f"{name}.scale": scale}


def _unpack(tensors: Mapping[str, "Tensor"], name: str) -> "Tensor":
    return tensors[f"{name}.int8"] * tensors[f"{name}.scale"]
