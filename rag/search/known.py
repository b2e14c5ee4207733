"""What a build of the index knows of articles that the next one holds too: how they are made, their validity, their passages' vectors
and terms. So a build costs what is new in it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag.datatypes import Article, Passage, PassageEncoder, Vectors
from rag.reading.structure import with_structure
from rag.search.terms import TermCounts, count_terms
from rag.search.vector_cache import encode_with_cache


@dataclass(frozen=True, slots=True)
class Known:
    """The articles by id, their passages' rows by id, the vectors (faiss) and counts of these rows; `counts` is None where the
    build was made without."""

    articles: dict[str, Article]
    rows: dict[str, int]
    dense: Any
    counts: TermCounts | None

    def row_of(self, passage: Passage) -> int:
        """The passage's row; -1 where the build knows no such passage of an article that is just like this one's."""
        article = passage.article
        return self.rows.get(passage.id, -1) if self.articles.get(article.id) == article else -1


NOTHING = Known({}, {}, None, None)


def with_parts(article: Article, known: Known) -> Article:
    """The article with its structure; where it is known, with that and what it tells of its validity."""
    before = known.articles.get(article.id)
    return before if before is not None and before == article else with_structure(article)


def vectors_of(
    passages: Sequence[Passage],
    known: Known,
    encoder: PassageEncoder,
    cache: Path,
    advance: Callable[[int], object] = lambda _: None,
) -> Vectors:
    """(passages, dimensions): those that are known, and the others made, or taken from the cache of all that were ever made."""
    rows = [known.row_of(passage) for passage in passages]
    here = [n for n, row in enumerate(rows) if row >= 0]
    new = [n for n, row in enumerate(rows) if row < 0]
    vectors = np.zeros((len(passages), encoder.dimensions), dtype=np.float32)
    if here:
        vectors[here] = known.dense.reconstruct_batch(np.array([rows[n] for n in here], np.int64))
    advance(len(here))
    if new:
        vectors[new] = encode_with_cache(encoder, [passages[n] for n in new], cache, advance)
    return vectors


def counts_of(passages: Sequence[Passage], known: Known) -> TermCounts:
    """The passages' terms, read only where they are not known."""
    if known.counts is None:
        return count_terms(passages)
    return count_terms(passages, known.counts, [known.row_of(passage) for passage in passages])
