"""Query -> hits: dense and lexical scores fused, then the first of them ranked by the judge. Knows nothing of answers."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from rag.datatypes import EvidenceJudge, Hit, Passage, PassageEncoder, Reading, Span, Vectors
from rag.models.encoder import searched_title
from rag.models.judge import log_odds
from rag.reading.passages import split_passages
from rag.search.index import Index
from rag.search.terms import bm25_scores

Method = Literal["judged", "fused", "dense", "lexical"]

# docs/experiments.md#fusion: the weights with the best MRR@10 on the dev policy questions.
DENSE_WEIGHT = 0.7
GIVEN_JUDGED = 16  # of the parts of what a caller gives
GIVEN_ENCODED = 2  # of them: each costs a tenth of a second
JUDGED = 8  # of the first fused hits: each costs 25 ms; more are no better (docs/experiments.md#judge-in-flow)
FUSED_WEIGHT = 2.0  # of the fused score (z), beside the log-odds of the judge's probability
CANDIDATES = 200  # of each kind; the right one is nearly always among 50 (docs/experiments.md#retrieval-before)


class Retriever:
    """Searches one index with the encoder that it was made with. Without a judge, fused search is the last word."""

    def __init__(self, index: Index, encoder: PassageEncoder, judge: EvidenceJudge | None = None) -> None:
        self.index = index
        self.judge = judge
        self._encoder = encoder
        self._encoded: tuple[str | None, Vectors] = (None, np.zeros(0, dtype=np.float32))

    def search(self, query: str, top_k: int = 10, method: Method = "judged") -> list[Hit]:
        """The best passages for `query`, best first. Scores by `method`: log-odds and z-scores, z-scores, cosine, BM25."""
        if method == "lexical":
            rows, scores = self.index.search_lexical(query, top_k)
        elif method == "dense":
            rows, scores = self.index.search_dense(self._encode(query), top_k)
        else:
            most = max(top_k, JUDGED) if method == "judged" else top_k
            rows, scores = self._search_fused(query, self._encode(query), most)
        hits = [
            Hit(self.index.passages[row], score, rank)
            for rank, (row, score) in enumerate(zip(rows, scores, strict=True), start=1)
        ]
        if method == "judged" and self.judge is not None:
            hits = rank_judged(query, hits, self.judge)
        return hits[:top_k]

    def best_cosine(self, query: str) -> float:
        """The cosine of the passage nearest to `query`."""
        _, scores = self.index.search_dense(self._encode(query), 1)
        return scores[0] if scores else 0.0

    def cosine(self, query: str, passage: Passage) -> float:
        """The cosine of one passage of the index with `query`."""
        row = next(i for i, p in enumerate(self.index.passages) if p.id == passage.id)
        return float(self.index.dense_scores(self._encode(query), [row])[0])

    def _encode(self, query: str) -> Vectors:
        encoded = self._encoded  # held: another thread may search meanwhile
        if query != encoded[0]:  # one question is searched more than once
            self._encoded = encoded = (query, self._encoder.encode_queries([query])[0])
        return encoded[1]

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


def rank_judged(query: str, hits: Sequence[Hit], judge: EvidenceJudge) -> list[Hit]:
    """The first hits in the judge's order, the others behind them in theirs."""
    first, others = hits[:JUDGED], hits[JUDGED:]
    readings = judge_passages(query, [hit.passage for hit in first], judge)
    scores = [log_odds(r.probability) + FUSED_WEIGHT * h.score for h, r in zip(first, readings, strict=True)]
    order = sorted(range(len(first)), key=lambda i: -scores[i])
    ranked = [Hit(first[i].passage, scores[i], rank, readings[i]) for rank, i in enumerate(order, start=1)]
    behind = (ranked[-1].score if ranked else 0.0) - max((hit.score for hit in others), default=0.0) - 1.0
    return [*ranked, *(Hit(hit.passage, hit.score + behind, hit.rank) for hit in others)]


def judge_passages(query: str, passages: Sequence[Passage], judge: EvidenceJudge) -> list[Reading]:
    """What the judge makes of each passage with its title; spans count from the passage's own start."""
    titles = [searched_title(passage) + "\n" for passage in passages]
    readings = judge.read(query, [title + passage.text for title, passage in zip(titles, passages, strict=True)])
    return [
        Reading(r.probability, Span(max(0, r.span.start - len(t)), max(0, r.span.end - len(t))), r.certainty)
        for r, t in zip(readings, titles, strict=True)
    ]


def rank_given(
    query: str,
    passages: Sequence[Passage],
    encoder: PassageEncoder,
    judge: EvidenceJudge | None = None,
    neighbours: float = 0.0,
) -> tuple[list[Hit], float]:
    """Passages that were given, best first, and the best cosine. A long one is cut in parts. The first by BM25 are
    ranked by the judge, and only the very first are encoded; without a judge they are ranked as the index ranks its own.
    `neighbours`: share of its neighbours' scores that a part gains."""
    if not passages:
        return [], 0.0
    articles = {passage.article.id: passage.article for passage in passages}
    parts = [part for article in articles.values() for part in split_passages(article)]
    lexical = bm25_scores(query, parts)
    kept = np.argsort(-lexical, kind="stable")[:GIVEN_JUDGED].tolist()
    if judge is not None:
        scores = z_scores(lexical[kept]) * (1 - DENSE_WEIGHT)
        hits = rank_judged(query, _hits(parts, kept, scores), judge)
        if neighbours:
            hits = _with_neighbours(hits, parts, neighbours)
        return hits, _best_cosine(query, [hit.passage for hit in hits[:GIVEN_ENCODED]], encoder)
    kept = sorted(kept)
    dense = encoder.encode_passages([parts[row] for row in kept]) @ encoder.encode_queries([query])[0]
    scores = fuse(dense, lexical[kept]) if len(kept) > 1 else dense
    return _hits(parts, kept, scores), float(dense.max())


def _with_neighbours(hits: Sequence[Hit], parts: Sequence[Passage], share: float) -> list[Hit]:
    """All the parts, each with a share of the scores of the two beside it: what a text tells of a topic stands together,
    though not every paragraph names it. A part that is no hit has the least score of all."""
    found = {hit.passage.id: hit for hit in hits}
    least = min(hit.score for hit in hits)
    own = np.array([least, *(found[p.id].score if p.id in found else least for p in parts), least])
    scores = own[1:-1] + share * (own[:-2] + own[2:])
    order = np.argsort(-scores, kind="stable").tolist()
    readings = [found[p.id].reading if p.id in found else None for p in parts]
    return [Hit(parts[i], float(scores[i]), rank, readings[i]) for rank, i in enumerate(order, start=1)]


def _hits(parts: Sequence[Passage], rows: Sequence[int], scores: Vectors) -> list[Hit]:
    order = np.argsort(-scores, kind="stable")
    return [Hit(parts[rows[i]], float(scores[i]), rank) for rank, i in enumerate(order, start=1)]


def _best_cosine(query: str, passages: Sequence[Passage], encoder: PassageEncoder) -> float:
    return float((encoder.encode_passages(passages) @ encoder.encode_queries([query])[0]).max())


def article_order(hits: Sequence[Hit]) -> list[str]:
    """Ids of the hits' articles, each once, best first."""
    return list(dict.fromkeys(hit.passage.article.id for hit in hits))
