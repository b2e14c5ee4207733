"""Query -> hits: dense and lexical scores fused. Knows nothing of answers."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from rag.datatypes import Hit, Passage, PassageEncoder, Vectors
from rag.index import Index, bm25_scores
from rag.passages import split_passages

Method = Literal["fused", "dense", "lexical"]

# docs/experiments.md: the weights with the best MRR@10 on the dev policy questions.
DENSE_WEIGHT = 0.7
GIVEN_ENCODED = 16  # of the passages that a caller gives: each costs a tenth of a second
CANDIDATES = 200  # of each kind; the right passage is nearly always among the first 50 (MEASURED.md)


class Retriever:
    """Searches one index with the encoder that it was made with."""

    def __init__(self, index: Index, encoder: PassageEncoder) -> None:
        self.index = index
        self._encoder = encoder
        self._encoded: tuple[str | None, Vectors] = (None, np.zeros(0, dtype=np.float32))

    def search(self, query: str, top_k: int = 10, method: Method = "fused") -> list[Hit]:
        """The best passages for `query`, best first. Scores: z-score fusion, cosine, or BM25, by `method`."""
        if method == "lexical":
            rows, scores = self.index.search_lexical(query, top_k)
        else:
            vector = self._encode(query)
            if method == "dense":
                rows, scores = self.index.search_dense(vector, top_k)
            else:
                rows, scores = self._search_fused(query, vector, top_k)
        return [
            Hit(self.index.passages[row], score, rank)
            for rank, (row, score) in enumerate(zip(rows, scores, strict=True), start=1)
        ]

    def best_cosine(self, query: str) -> float:
        """The cosine of the passage nearest to `query`."""
        _, scores = self.index.search_dense(self._encode(query), 1)
        return scores[0] if scores else 0.0

    def _encode(self, query: str) -> Vectors:
        if query != self._encoded[0]:  # one question is searched more than once
            self._encoded = (query, self._encoder.encode_queries([query])[0])
        return self._encoded[1]

    def _search_fused(self, query: str, vector: Vectors, top_k: int) -> tuple[list[int], list[float]]:
        dense_rows, _ = self.index.search_dense(vector, CANDIDATES)
        lexical = self.index.lexical_scores(query)
        lexical_rows = np.argsort(-lexical, kind="stable")[:CANDIDATES].tolist()
        rows = sorted(set(dense_rows) | set(lexical_rows))
        scores = fuse(self.index.dense_scores(vector, rows), lexical[rows])
        order = np.argsort(-scores, kind="stable")[:top_k]
        return [rows[i] for i in order], [float(scores[i]) for i in order]


def fuse(dense: Vectors, lexical: Vectors) -> Vectors:
    """Weighted sum of z-scores, (passages,) each. Cosines and BM25 differ in scale; z-scores do not."""
    fused: Vectors = DENSE_WEIGHT * z_scores(dense) + (1 - DENSE_WEIGHT) * z_scores(lexical)
    return fused


def z_scores(values: Vectors) -> Vectors:
    """(values - mean) / deviation; zeros where all values are the same."""
    deviation = float(values.std()) if len(values) else 0.0
    if deviation == 0.0:
        return np.zeros_like(values)
    scores: Vectors = (values - values.mean()) / deviation
    return scores


def rank_given(query: str, passages: Sequence[Passage], encoder: PassageEncoder) -> tuple[list[Hit], float]:
    """Passages that were given, ranked as the index ranks its own (BM25 and cosine over just these), best first, and
    the best cosine. Of many, only those that share most with the query are encoded."""
    if not passages:
        return [], 0.0
    parts = [part for passage in passages for part in split_passages(passage.article)]
    lexical = bm25_scores(query, parts)
    kept = sorted(np.argsort(-lexical, kind="stable")[:GIVEN_ENCODED].tolist())
    vector = encoder.encode_queries([query])[0]
    dense = encoder.encode_passages([parts[row] for row in kept]) @ vector
    scores = fuse(dense, lexical[kept]) if len(kept) > 1 else dense
    order = np.argsort(-scores, kind="stable")
    hits = [Hit(parts[kept[i]], float(scores[i]), rank) for rank, i in enumerate(order, start=1)]
    return hits, float(dense.max())


def article_order(hits: Sequence[Hit]) -> list[str]:
    """Ids of the hits' articles, each once, best first."""
    return list(dict.fromkeys(hit.passage.article.id for hit in hits))
