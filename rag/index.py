"""The index on disk: passages, their vectors and their terms. The only importer of faiss and of bm25s.

    <index>/manifest.json      which build holds, and what it was made from; replaced atomically, last
    <index>/<build>/           articles.jsonl · passages.json · vectors.faiss · terms/ (bm25s)

A build is written aside under a name of its own; a reader follows the manifest, so it never sees half an index.
"""

import hashlib
import json
import math
import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from rag.datatypes import Article, Passage, PassageEncoder, Span, Vectors, article_from_json, article_to_json
from rag.encoder import searched_title
from rag.errors import UserError
from rag.models import exclusive, sha256_of
from rag.passages import split_articles
from rag.text import NORMALIZER, bigrams
from rag.vectors import encode_with_cache

FORMAT = 3  # raise when what is written changes, or how articles are cut into passages
MANIFEST = "manifest.json"
ARTICLES, PASSAGES, VECTORS, TERMS = "articles.jsonl", "passages.json", "vectors.faiss", "terms"
# Robertson's usual values; on the dev policy questions no others between .9 and 2 / .4 and .9 were better by a point.
BM25_K1, BM25_B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index is. `files` maps each file of the build to its sha256."""

    format: int
    build: str
    encoder: str
    dimensions: int
    normalizer: str
    corpus: str
    articles: int
    passages: int
    made: str
    files: dict[str, str]


class Index:
    """An open index: its articles and passages, and the scores of all passages for a query."""

    def __init__(
        self, manifest: Manifest, articles: Sequence[Article], passages: Sequence[Passage], dense: Any, terms: Any
    ):
        self.manifest = manifest
        self.articles = tuple(articles)
        self.passages = tuple(passages)
        self._dense = dense
        self._terms = terms

    def search_dense(self, query: Vectors, top_k: int) -> tuple[list[int], list[float]]:
        """Rows of the passages whose vectors are nearest to `query` (dimensions,), best first, and their cosines."""
        scores, rows = self._dense.search(query[None, :], min(top_k, len(self.passages)))
        return rows[0].tolist(), scores[0].tolist()

    def search_lexical(self, query: str, top_k: int) -> tuple[list[int], list[float]]:
        """Rows by BM25 over character bigrams, best first; passages without any of the query's bigrams are left out."""
        scores = self.lexical_scores(query)
        rows = [int(row) for row in np.argsort(-scores, kind="stable")[:top_k] if scores[row] > 0]
        return rows, [float(scores[row]) for row in rows]

    def lexical_scores(self, query: str) -> Vectors:
        """BM25 of every passage (passages,)."""
        terms = bigrams(query)
        if not terms:
            return np.zeros(len(self.passages), dtype=np.float32)
        scores: Vectors = self._terms.get_scores(terms)
        return scores

    def rarity(self, term: str) -> float:
        """How much a bigram tells apart: Lucene's idf, ln(1 + (N - df + 0.5) / (df + 0.5)), N passages."""
        column = self._terms.vocab_dict.get(term)
        ends = self._terms.scores["indptr"]
        held = 0 if column is None else int(ends[column + 1] - ends[column])
        return math.log(1 + (len(self.passages) - held + 0.5) / (held + 0.5))

    def dense_scores(self, query: Vectors, rows: Sequence[int]) -> Vectors:
        """Cosines of the passages in `rows` with `query` (dimensions,)."""
        if not rows:
            return np.zeros(0, dtype=np.float32)
        vectors: Vectors = np.stack([self._dense.reconstruct(int(row)) for row in rows])
        return vectors @ query


def build_index(
    articles: Sequence[Article],
    directory: Path,
    encoder: PassageEncoder,
    vector_cache: Path,
    advance: Callable[[int], object] = lambda _: None,
) -> Manifest:
    """Write the index of `articles` to `directory`; `advance` is told of passages done. UserError without articles."""
    passages = split_articles(articles)
    if not passages:
        raise UserError(
            "没有可以建立索引的文章。请检查给出的路径。", "There is no article to index; check the paths you gave."
        )
    vectors = encode_with_cache(encoder, passages, vector_cache, advance)
    directory.mkdir(parents=True, exist_ok=True)
    with exclusive(directory / ".lock"):
        corpus = corpus_digest(articles)
        build = f"{corpus}-{uuid.uuid4().hex[:8]}"  # a name of its own: the build that holds is never touched
        aside = directory / f"{build}.building"
        aside.mkdir()
        _write_build(aside, articles, passages, vectors)
        manifest = Manifest(
            format=FORMAT,
            build=build,
            encoder=encoder.identity,
            dimensions=encoder.dimensions,
            normalizer=NORMALIZER,
            corpus=corpus,
            articles=len(articles),
            passages=len(passages),
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            files={str(p.relative_to(aside)): sha256_of(p) for p in sorted(aside.rglob("*")) if p.is_file()},
        )
        aside.rename(directory / build)
        unfinished = directory / (MANIFEST + ".part")
        unfinished.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), "utf-8")
        unfinished.replace(directory / MANIFEST)
        for old in directory.iterdir():  # an open reader keeps what it has loaded
            if old.is_dir() and old.name != build:
                shutil.rmtree(old, ignore_errors=True)
    return manifest


def _write_build(folder: Path, articles: Sequence[Article], passages: Sequence[Passage], vectors: Vectors) -> None:
    import bm25s
    import faiss

    lines = [json.dumps(article_to_json(article), ensure_ascii=False) for article in articles]
    (folder / ARTICLES).write_text("\n".join(lines) + "\n", "utf-8")
    rows = [[p.id, p.article.id, p.span.start, p.span.end] for p in passages]
    (folder / PASSAGES).write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    dense = faiss.IndexFlatIP(vectors.shape[1])  # inner product of unit vectors: the cosine
    dense.add(vectors)
    faiss.write_index(dense, str(folder / VECTORS))
    terms = bm25s.BM25(k1=BM25_K1, b=BM25_B)
    terms.index([searched_terms(p) for p in passages], show_progress=False)
    terms.save(folder / TERMS, show_progress=False)


def bm25_scores(query: str, passages: Sequence[Passage]) -> Vectors:
    """BM25 of passages that are in no index, among themselves."""
    import bm25s

    terms = bm25s.BM25(k1=BM25_K1, b=BM25_B)
    terms.index([searched_terms(p) for p in passages], show_progress=False)
    scores: Vectors = terms.get_scores(bigrams(query))
    return scores


def searched_terms(passage: Passage) -> list[str]:
    """What BM25 sees of a passage: the bigrams of the article's title and of the passage's text."""
    return bigrams(searched_title(passage)) + bigrams(passage.text)


def corpus_digest(articles: Sequence[Article]) -> str:
    """A digest of the articles' content, whatever their order."""
    lines = sorted(json.dumps(article_to_json(a), ensure_ascii=False, sort_keys=True) for a in articles)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def read_manifest(directory: Path) -> Manifest:
    """UserError where there is no index, or one of another format."""
    try:
        return Manifest(**json.loads((directory / MANIFEST).read_text("utf-8")))
    except FileNotFoundError:
        raise UserError(
            f"{directory} 中没有索引。请先运行：python -m rag index 文章路径 --index {directory}",
            f"There is no index in {directory}. Run: python -m rag index PATH --index {directory}",
        ) from None
    except (ValueError, TypeError):
        raise damaged(directory) from None


def current_build(directory: Path) -> str:
    """The name of the build that `directory` holds now; only the manifest is read. UserError where there is none."""
    return read_manifest(directory).build


def open_index(directory: Path, encoder_identity: str) -> Index:
    """The index in `directory`. UserError where it is missing, damaged, or made with another encoder or normaliser."""
    import bm25s
    import faiss

    manifest = read_manifest(directory)
    if manifest.encoder != encoder_identity:
        raise _to_rebuild(
            directory,
            f"是用别的向量模型建立的（{manifest.encoder}，现为 {encoder_identity}）",
            f"was made with another encoder ({manifest.encoder}, now {encoder_identity})",
        )
    if (manifest.format, manifest.normalizer) != (FORMAT, NORMALIZER):
        raise _to_rebuild(directory, "是别的版本建立的", "was made by another version of this program")
    folder = directory / manifest.build
    for name, digest in manifest.files.items():
        if not (folder / name).is_file() or sha256_of(folder / name) != digest:
            raise damaged(directory)
    articles = [article_from_json(json.loads(line)) for line in (folder / ARTICLES).read_text("utf-8").splitlines()]
    by_id = {article.id: article for article in articles}
    passages = [
        Passage(passage_id, by_id[article_id], Span(start, end))
        for passage_id, article_id, start, end in json.loads((folder / PASSAGES).read_text("utf-8"))
    ]
    terms = bm25s.BM25.load(folder / TERMS, show_progress=False)
    return Index(manifest, articles, passages, faiss.read_index(str(folder / VECTORS)), terms)


def is_current(directory: Path, articles: Sequence[Article], encoder_identity: str) -> bool:
    """Whether the index in `directory` is whole and was made from just these articles with this encoder."""
    try:
        return open_index(directory, encoder_identity).manifest.corpus == corpus_digest(articles)
    except UserError:
        return False


def damaged(directory: Path) -> UserError:
    return _to_rebuild(directory, "已损坏", "is damaged")


def _to_rebuild(directory: Path, state: str, state_en: str) -> UserError:
    """What is wrong with the index in `directory`, and the command that makes it anew."""
    return UserError(
        f"{directory} 的索引{state}。请重建：python -m rag index 文章路径 --index {directory}",
        f"The index in {directory} {state_en}. Rebuild it: python -m rag index PATH --index {directory}",
    )
