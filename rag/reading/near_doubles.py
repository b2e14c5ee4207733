"""Articles whose texts are nearly the same: another year's notice, a correction, a reprint. Listed for a person to look at; nothing
follows from it, since only what an article says of another makes it a version (`rag.reading.versions`).

Two texts are as near as the sets of their runs of eight characters are (Broder's resemblance), estimated on the runs with the
smallest hashes: exact for a short text, within some .07 for a long one.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Article
from rag.text.normalization import alnum_only

RUN = 8  # characters
KEPT = 200  # runs of a text
LEAST = 0.5  # a change of two figures in each sentence still leaves so much
COMMON = 40  # articles: a run that more of them hold is a formula (联系电话, 特此通知)


class NearDouble(NamedTuple):
    """Two articles, and how much of both together both hold, 0 to 1."""

    one: Article
    other: Article
    share: float


def near_doubles(articles: Sequence[Article], least: float = LEAST) -> list[NearDouble]:
    """The pairs that are nearly the same, the nearest first."""
    sketches = [_sketch(alnum_only(article.text)) for article in articles]
    held: dict[int, list[int]] = {}
    for n, sketch in enumerate(sketches):
        for run in sketch.tolist():
            held.setdefault(run, []).append(n)
    shared = Counter(pair for group in held.values() if len(group) <= COMMON for pair in combinations(group, 2))
    likely = [(a, b) for (a, b), both in shared.items() if 4 * both >= min(len(sketches[a]), len(sketches[b]))]
    found = [NearDouble(articles[a], articles[b], _resemblance(sketches[a], sketches[b])) for a, b in likely]
    return sorted((pair for pair in found if pair.share >= least), key=lambda pair: -pair.share)


def _resemblance(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    both = np.union1d(one, other)[:KEPT]
    return float(np.mean(np.isin(both, one) & np.isin(both, other)))


def _sketch(text: str) -> NDArray[np.uint64]:
    """The smallest hashes of the text's runs; of a text shorter than a run none."""
    signs = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    if len(signs) < RUN:
        return np.zeros(0, np.uint64)
    hashes = np.zeros(len(signs) - RUN + 1, np.uint64)
    for n in range(RUN):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + signs[n : n + len(hashes)]
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(32)
    return np.unique(hashes)[:KEPT]
