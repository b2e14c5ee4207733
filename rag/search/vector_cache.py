"""Vectors already made, kept on disk: an interrupted indexing goes on where it stopped, and only new texts are encoded.

One SQLite file under the cache folder, keyed by the encoder and the text's digest, so that nothing stale is ever used.
"""

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from rag.atomic import cannot_write, require_room
from rag.datatypes import Passage, PassageEncoder, Vectors
from rag.errors import UserError
from rag.models.encoder import passage_prompt

SAVE_EVERY = 32  # passages; at most this many are encoded again after an interruption
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
OFF_UNIT = 1e-3  # a kept vector that is further from unit length was cut: SQLite reads what a short file lacks as zeros
ROW_BYTES = 200  # what SQLite adds to a vector, its journal's share included, rounded up

log = logging.getLogger("wence")
Result = TypeVar("Result")


def encode_with_cache(
    encoder: PassageEncoder,
    passages: Sequence[Passage],
    cache: Path,
    advance: Callable[[int], object] = lambda _: None,
) -> Vectors:
    """Vectors of the passages (passages, dimensions): from `cache` where they are there, else made and added. UserError
    where they cannot be kept, before any is made if that can be known."""
    vectors = np.zeros((len(passages), encoder.dimensions), dtype=np.float32)
    keys = [_key(encoder.identity, passage) for passage in passages]
    store = VectorCache(cache, encoder.dimensions)
    try:
        found = store.find(keys)
        missing = [row for row, key in enumerate(keys) if key not in found]
        for row, key in enumerate(keys):
            if key in found:
                vectors[row] = found[key]
        if missing:
            store.require_room(len(missing))
        advance(len(passages) - len(missing))
        for start in range(0, len(missing), SAVE_EVERY):
            rows = missing[start : start + SAVE_EVERY]
            vectors[rows] = encoder.encode_passages([passages[row] for row in rows], advance)
            store.keep({keys[row]: vectors[row] for row in rows})
    finally:
        store.close()
    return vectors


def _key(identity: str, passage: Passage) -> bytes:
    return hashlib.sha256(f"{identity}\0{passage_prompt(passage)}".encode("utf-8", "surrogatepass")).digest()


class VectorCache:
    """The vectors in one SQLite file. A damaged file is dropped: what it held is only made again. UserError where the
    file cannot be made or written."""

    def __init__(self, path: Path, dimensions: int) -> None:
        self._path = path
        self._dimensions = dimensions
        self._database: sqlite3.Connection | None = None

    def find(self, keys: Iterable[bytes]) -> dict[bytes, Vectors]:
        """The vectors that are there, by key."""
        return self._try(lambda: self._find(keys))

    def keep(self, vectors: Mapping[bytes, Vectors]) -> None:
        self._try(lambda: self._keep(vectors))

    def require_room(self, count: int) -> None:
        """UserError where `count` more vectors cannot be written, as far as that can be known."""
        try:
            size = self._path.stat().st_size
            require_room(self._path.parent, count * (self._dimensions * 4 + ROW_BYTES), start=size)
        except OSError as error:
            raise cannot_write(self._path, error) from error
        self._try(self._try_to_write)

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _find(self, keys: Iterable[bytes]) -> dict[bytes, Vectors]:
        database, found = self._open(), {}
        for key in keys:
            row = database.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
            if row is not None and len(row[0]) == self._dimensions * 4:
                vector = np.frombuffer(row[0], dtype=np.float32)
                if abs(float(np.linalg.norm(vector)) - 1) < OFF_UNIT:
                    found[key] = vector
        return found

    def _try_to_write(self) -> None:
        with self._open() as database:
            database.execute("DELETE FROM vectors WHERE key = x''")  # there is none: only what forbids writing shows

    def _keep(self, vectors: Mapping[bytes, Vectors]) -> None:
        database = self._open()
        with database:
            rows = [(key, vector.tobytes()) for key, vector in vectors.items()]
            database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(self._path, timeout=60)
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
            )
        return self._database

    def _try(self, step: Callable[[], Result]) -> Result:
        """What the step gives; once more, over an empty file, where this one is damaged."""
        try:
            try:
                return step()
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF not in DAMAGED:
                    raise
                log.warning("%s is damaged (%s); it is dropped, and its vectors are made again", self._path, error)
                self._drop()
                return step()
        except OSError as error:
            raise cannot_write(self._path, error) from error
        except sqlite3.OperationalError as error:
            raise self._cause(error) from error

    def _drop(self) -> None:
        self.close()
        for name in (self._path.name, self._path.name + "-journal"):
            self._path.with_name(name).unlink(missing_ok=True)

    def _cause(self, error: sqlite3.Error) -> UserError:
        """SQLite says "disk I/O error" of most: the system's own word where it can be had."""
        try:
            start = self._path.stat().st_size if self._path.is_file() else 0
            require_room(self._path.parent, SAVE_EVERY * (self._dimensions * 4 + ROW_BYTES), start)
        except OSError as cause:
            return cannot_write(self._path, cause)
        return cannot_write(self._path, error)
