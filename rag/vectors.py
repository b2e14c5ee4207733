"""Vectors already made, kept on disk: an interrupted indexing goes on where it stopped, and only new texts are encoded.

One SQLite file under the cache folder, keyed by the encoder and the text's digest, so that nothing stale is ever used.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from rag.datatypes import Passage, PassageEncoder, Vectors
from rag.encoder import passage_prompt

SAVE_EVERY = 32  # passages; at most this many are encoded again after an interruption


def encode_with_cache(
    encoder: PassageEncoder,
    passages: Sequence[Passage],
    cache: Path,
    advance: Callable[[int], object] = lambda _: None,
) -> Vectors:
    """Vectors of the passages (passages, dimensions): from `cache` where they are there, else made and added."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    vectors = np.zeros((len(passages), encoder.dimensions), dtype=np.float32)
    keys = [hashlib.sha256(f"{encoder.identity}\0{passage_prompt(p)}".encode()).digest() for p in passages]
    with closing(sqlite3.connect(cache, timeout=60)) as database:
        database.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
        )
        missing = []
        for row, key in enumerate(keys):
            found = database.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
            if found is None:
                missing.append(row)
            else:
                vectors[row] = np.frombuffer(found[0], dtype=np.float32)
        advance(len(passages) - len(missing))
        for start in range(0, len(missing), SAVE_EVERY):
            rows = missing[start : start + SAVE_EVERY]
            vectors[rows] = encoder.encode_passages([passages[row] for row in rows], advance)
            with database:
                database.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                    [(keys[row], vectors[row].tobytes()) for row in rows],
                )
    return vectors
