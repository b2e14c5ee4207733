"""The terms of passages: how often each stands in each, and BM25 over them. The only importer of bm25s.

bm25s keeps finished scores, and these change with every passage that comes or goes. So the counts are kept beside them, from which
the scores of a changed corpus are made anew without reading the passages that stayed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Passage, Vectors
from rag.models.encoder import searched_title
from rag.text.normalization import bigrams

# Robertson's usual values; on the dev policy questions no others between .9 and 2 / .4 and .9 were better by a point.
BM25_K1, BM25_B = 1.2, 0.75

Integers = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class TermCounts:
    """How often each term stands in each passage. Passage n's terms are `terms[starts[n]:starts[n + 1]]`, numbers of `vocabulary`,
    each once, and `counts` beside them."""

    vocabulary: dict[str, int]
    starts: NDArray[np.int64]
    terms: Integers
    counts: Integers

    def __len__(self) -> int:
        return len(self.starts) - 1


def searched_terms(passage: Passage) -> list[str]:
    """What BM25 sees of a passage: the bigrams of the article's title and of the passage's text; of one that holds no word
    an empty term, which no query has (passages that are all without any would have a mean length of 0)."""
    return bigrams(searched_title(passage)) + bigrams(passage.text) or [""]


def count_terms(passages: Sequence[Passage], known: TermCounts | None = None, rows: Sequence[int] = ()) -> TermCounts:
    """The counts of the passages. `rows`: for each its row in `known`, -1 where it is not there and is to be read."""
    vocabulary = dict(known.vocabulary) if known else {}
    terms: list[Integers] = []
    counts: list[Integers] = []
    for passage, row in zip(passages, rows or [-1] * len(passages), strict=True):
        if known and row >= 0:
            place = slice(known.starts[row], known.starts[row + 1])
            terms.append(known.terms[place])
            counts.append(known.counts[place])
        else:
            found = Counter(searched_terms(passage))
            terms.append(np.array([vocabulary.setdefault(term, len(vocabulary)) for term in found], np.int32))
            counts.append(np.array([*found.values()], np.int32))
    starts = np.concatenate([[0], np.cumsum([len(part) for part in terms])])
    return _in_use(TermCounts(vocabulary, starts, np.concatenate(terms), np.concatenate(counts)))


def _in_use(counts: TermCounts) -> TermCounts:
    """The counts without the terms that no passage holds any more."""
    held = np.bincount(counts.terms, minlength=len(counts.vocabulary)) > 0
    numbers = (np.cumsum(held) - 1).astype(np.int32)
    vocabulary = {term: int(numbers[n]) for term, n in counts.vocabulary.items() if held[n]}
    return TermCounts(vocabulary, counts.starts, numbers[counts.terms], counts.counts)


def scored(counts: TermCounts) -> Any:
    """The BM25 of bm25s (its method "lucene") with the scores of these counts, as its own `index` makes them."""
    import bm25s

    size, terms = len(counts), len(counts.vocabulary)
    lengths = np.add.reduceat(counts.counts, counts.starts[:-1])
    held = np.bincount(counts.terms, minlength=terms)
    idf = np.log(1 + (size - held + 0.5) / (held + 0.5)).astype(np.float32)
    passages = np.repeat(np.arange(size, dtype=np.int32), np.diff(counts.starts))
    norms = BM25_K1 * (1 - BM25_B + BM25_B * lengths / lengths.mean())
    values = idf[counts.terms] * counts.counts / (norms[passages] + counts.counts)
    by_term = np.argsort(counts.terms, kind="stable")
    made = bm25s.BM25(k1=BM25_K1, b=BM25_B)
    made.scores = {
        "data": values[by_term].astype(np.float32),
        "indices": passages[by_term],
        "indptr": np.concatenate([[0], np.cumsum(held)]),
        "num_docs": size,
    }
    made.vocab_dict = counts.vocabulary
    made.unique_token_ids_set = set(counts.vocabulary.values())
    made.nonoccurrence_array = None
    return made


def bm25_scores(query: str, passages: Sequence[Passage]) -> Vectors:
    """BM25 of passages that are in no index, among themselves."""
    scores: Vectors = scored(count_terms(passages)).get_scores(bigrams(query))
    return scores


# ---------------------------------------------------------------- on the disk


def save_terms(counts: TermCounts, scores: Any, folder: Path, kept: Path) -> None:
    """Write the scores to `folder`, and to `kept` what makes those of the next build. OSError, or ValueError, where they do not fit."""
    scores.save(folder, show_progress=False)
    with kept.open("wb") as stream:
        np.savez(stream, starts=counts.starts, terms=counts.terms, counts=counts.counts)


def load_terms(folder: Path) -> Any:
    """The scores, to be searched."""
    import bm25s

    return bm25s.BM25.load(folder, show_progress=False)


def load_counts(kept: Path, vocabulary: dict[str, int]) -> TermCounts:
    """The counts that the scores with this vocabulary were made of. OSError or ValueError where they are not there or cut short."""
    with np.load(kept) as arrays:
        return TermCounts(vocabulary, arrays["starts"], arrays["terms"], arrays["counts"])
