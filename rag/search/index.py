"""The index on disk: articles with their structure and validity, their passages' vectors and terms. The only importer of faiss.

    <build>/      articles.jsonl · structures.jsonl · validity.jsonl · vectors.faiss · terms/ (bm25s) · counts.npz

A build is written aside under a name of its own, read back, and only then named by the manifest, which readers follow:
none ever sees half an index. What else is in the index's folder, see `rag.search.builds`.
"""

import hashlib
import json
import math
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from rag.atomic import cannot_read, cannot_write, exclusive, printable, rename_folder, require_room, write_text
from rag.datatypes import Article, Passage, PassageEncoder, Structure, Vectors
from rag.errors import UserError
from rag.models.fetch import sha256_of
from rag.reading.article_json import article_from_json, article_to_json
from rag.reading.passages import split_articles
from rag.reading.structure import structure_from_json, structure_of, structure_to_json
from rag.reading.versions import with_validity
from rag.search.builds import (
    ARTICLES,
    BUILD,
    BUILDING,
    COUNTS,
    MANIFEST,
    STRUCTURES,
    TERMS,
    VALIDITY,
    VECTORS,
    build_folder,
    claim,
    lock,
    sweep,
)
from rag.search.known import NOTHING, Known, counts_of, vectors_of, with_parts
from rag.search.terms import TermCounts, load_counts, load_terms, save_terms, scored
from rag.text.normalization import NORMALIZER, bigrams
from rag.validity import NOTHING_TOLD, Validity, validity_from_json, validity_to_json

FORMAT = 6  # raise when what is written changes, or how an article's structure or validity is read
SURROGATE = re.compile("[\ud800-\udfff]")  # half a character: no encoding can hold it, and no tokenizer takes it


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index is. `previous`: the build before, "" for the first; `files` maps each file of the build to its sha256."""

    format: int
    build: str
    previous: str
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

    def idf(self, term: str) -> float:
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
    before: Index | None = None,
) -> Manifest:
    """Write the index of `articles` to `directory`; `advance` is told of passages done. What `before` knows of them (by default
    the index that stands there) is not made again. UserError without articles, where the folder is somebody's, or where it cannot be written; what was
    there then still holds."""
    known = _known(directory, encoder.identity, before)
    articles = with_validity([with_parts(whole_characters(article), known) for article in articles])
    passages = split_articles(articles)
    if not passages:
        raise UserError(
            "没有可以建立索引的文章。请检查给出的路径。", "There is no article to index; check the paths you gave."
        )
    claim(directory, len(passages) * encoder.dimensions * 4)
    vectors = vectors_of(passages, known, encoder, vector_cache, advance)
    counts = counts_of(passages, known)
    try:
        with exclusive(lock(directory)):
            return _replace_build(directory, articles, passages, vectors, counts, encoder.identity)
    except OSError as error:
        raise cannot_write(directory, error) from error


def _known(directory: Path, encoder_identity: str, before: Index | None) -> Known:
    """What the index before knows, of this encoder and this version of the program."""
    try:
        index = before or open_index(directory, encoder_identity)
    except UserError:
        return NOTHING
    rows = {passage.id: row for row, passage in enumerate(index.passages)}
    return Known({article.id: article for article in index.articles}, rows, index._dense, _counts(directory, index))


def _counts(directory: Path, index: Index) -> TermCounts | None:
    """Those of its terms; None of a build that was made without, or has given way meanwhile."""
    try:
        return load_counts(build_folder(directory, index.manifest.build) / COUNTS, index._terms.vocab_dict)
    except FileNotFoundError:
        return None


def _replace_build(
    directory: Path,
    articles: Sequence[Article],
    passages: Sequence[Passage],
    vectors: Vectors,
    counts: TermCounts,
    encoder: str,
) -> Manifest:
    """Write the build, and make it the one that holds. OSError where it cannot be written; the old one holds then."""
    sweep(directory, _held(directory))
    held = _held(directory)
    corpus = corpus_digest(articles)
    build = f"{corpus}-{uuid.uuid4().hex[:8]}"  # a name of its own: the build that holds is never touched
    aside = build_folder(directory, build + BUILDING)
    aside.mkdir(parents=True)
    try:
        _write_build(aside, articles, passages, vectors, counts)
        manifest = Manifest(
            format=FORMAT,
            build=build,
            previous=held[0] if held else "",
            encoder=encoder,
            dimensions=vectors.shape[1],
            normalizer=NORMALIZER,
            corpus=corpus,
            articles=len(articles),
            passages=len(passages),
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            files={p.relative_to(aside).as_posix(): sha256_of(p) for p in sorted(aside.rglob("*")) if p.is_file()},
        )
        rename_folder(aside, build_folder(directory, build))
        write_text(directory / MANIFEST, json.dumps(asdict(manifest), indent=1))
    finally:
        sweep(directory, _held(directory))
    return manifest


def tidy(directory: Path) -> None:
    """Remove what a killed process may have left in the index's folder, where it can be."""
    with suppress(OSError), exclusive(lock(directory)):
        sweep(directory, _held(directory))


def _held(directory: Path) -> list[str]:
    """The build that holds and the one before it; empty where the manifest names none."""
    try:
        manifest = read_manifest(directory)
    except UserError:
        return []
    return [build for build in (manifest.build, manifest.previous) if build]


def _write_build(
    folder: Path, articles: Sequence[Article], passages: Sequence[Passage], vectors: Vectors, counts: TermCounts
) -> None:
    """Write the files of a build and read them back. OSError where they did not get there whole."""
    import faiss

    structures = [structure_of(article) for article in articles]
    validity = [article.validity or NOTHING_TOLD for article in articles]
    _write_lines(folder / ARTICLES, map(article_to_json, articles))
    _write_lines(folder / STRUCTURES, map(structure_to_json, structures))
    _write_lines(folder / VALIDITY, map(validity_to_json, validity))
    dense = faiss.IndexFlatIP(vectors.shape[1])  # inner product of unit vectors: the cosine
    dense.add(vectors)
    with (folder / VECTORS).open("wb") as stream:  # faiss itself takes no name that is not UTF-8
        faiss.write_index(dense, faiss.PyCallbackIOWriter(stream.write))  # type: ignore[attr-defined]  # not in its stubs
    terms = scored(counts)
    try:
        save_terms(counts, terms, folder / TERMS, folder / COUNTS)
        read = _read_build(folder)
    except (OSError, ValueError, EOFError) as error:  # numpy loses what does not fit, or says so without the cause
        require_room(folder, max(array.nbytes for array in terms.scores.values() if isinstance(array, np.ndarray)))
        raise error if isinstance(error, OSError) else OSError(str(error)) from error
    written = (tuple(articles), tuple(structures), tuple(validity), tuple(passages))
    if (read.articles, read.structures, read.validity, read.passages) != written:
        raise ValueError("the articles do not come back from the disk as they were")


def _write_lines(path: Path, values: Iterable[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), "utf-8")


def _read_lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as lines:  # an article may hold any other line's end
        return [json.loads(line) for line in lines]


def whole_characters(article: Article) -> Article:
    """The article with U+FFFD for each half of a character, so that every offset still holds."""
    values = article_to_json(article)
    whole = {name: SURROGATE.sub("\ufffd", v) if isinstance(v, str) else v for name, v in values.items()}
    return article if whole == values else article_from_json(whole)


def corpus_digest(articles: Sequence[Article]) -> str:
    """A digest of the articles' content, whatever their order."""
    values = (article_to_json(whole_characters(article)) for article in articles)
    lines = sorted(json.dumps(article, ensure_ascii=False, sort_keys=True) for article in values)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def read_manifest(directory: Path) -> Manifest:
    """UserError where there is no index, one of another format, or one that cannot be read."""
    try:
        values = json.loads((directory / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        name = printable(directory)
        raise UserError(
            f"{name} 中没有索引。请先运行：python -m rag index 文章路径 --index {name}",
            f"There is no index in {name}. Run: python -m rag index PATH --index {name}",
        ) from None
    except OSError as error:
        raise cannot_read(directory, error) from None
    except (ValueError, RecursionError):  # nested without end
        raise damaged(directory) from None
    if not isinstance(values, dict) or not isinstance(values.get("format"), int):
        raise damaged(directory)
    if values["format"] != FORMAT:
        raise _another_version(directory)
    if values.keys() != {f.name for f in fields(Manifest)} or not BUILD.fullmatch(str(values["build"])):
        raise damaged(directory)
    return Manifest(**values)


def current_build(directory: Path) -> str:
    """The name of the build that `directory` holds now; only the manifest is read. UserError where there is none."""
    return read_manifest(directory).build


def open_index(directory: Path, encoder_identity: str) -> Index:
    """The index in `directory`. UserError where it is missing, damaged, or made with another encoder or normaliser."""
    manifest = read_manifest(directory)
    while True:
        if manifest.encoder != encoder_identity:
            raise _to_rebuild(
                directory,
                f"是用别的向量模型建立的（{manifest.encoder}，现为 {encoder_identity}）",
                f"was made with another encoder ({manifest.encoder}, now {encoder_identity})",
            )
        if manifest.normalizer != NORMALIZER:
            raise _another_version(directory)
        opened = _open_build(directory, manifest)
        if opened is not None:
            return opened
        missed, manifest = manifest, read_manifest(directory)
        if manifest.build == missed.build:
            raise damaged(directory)  # else it gave way to newer ones while it was being read


def _open_build(directory: Path, manifest: Manifest) -> Index | None:
    """The index that the manifest names; None where a file of it is missing or not as it was written."""
    folder = build_folder(directory, manifest.build)
    try:
        if any(sha256_of(folder / name) != digest for name, digest in manifest.files.items()):
            return None
        build = _read_build(folder)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise cannot_read(folder, error) from error
    return Index(manifest, build.articles, build.passages, build.dense, build.terms)


@dataclass(frozen=True, slots=True)
class _Build:
    """What the files of a build hold."""

    articles: tuple[Article, ...]
    structures: tuple[Structure, ...]
    validity: tuple[Validity, ...]
    passages: tuple[Passage, ...]
    dense: Any
    terms: Any


def _read_build(folder: Path) -> _Build:
    """OSError where a file cannot be read, ValueError or EOFError where one is cut short."""
    import faiss

    structures = tuple(map(structure_from_json, _read_lines(folder / STRUCTURES)))
    validity = tuple(map(validity_from_json, _read_lines(folder / VALIDITY)))
    plain = map(article_from_json, _read_lines(folder / ARTICLES))
    articles = tuple(
        replace(article, structure=s, validity=v) for article, s, v in zip(plain, structures, validity, strict=True)
    )
    passages = tuple(split_articles(articles))
    with (folder / VECTORS).open("rb") as stream:
        dense = faiss.read_index(faiss.PyCallbackIOReader(stream.read))  # type: ignore[attr-defined]  # nor here
    return _Build(articles, structures, validity, passages, dense, load_terms(folder / TERMS))


def is_current(directory: Path, articles: Sequence[Article], encoder_identity: str) -> bool:
    """Whether the index in `directory` is whole and was made from just these articles with this encoder."""
    try:
        return open_index(directory, encoder_identity).manifest.corpus == corpus_digest(articles)
    except UserError:
        return False


def damaged(directory: Path) -> UserError:
    return _to_rebuild(directory, "已损坏", "is damaged")


def _another_version(directory: Path) -> UserError:
    return _to_rebuild(directory, "是别的版本建立的", "was made by another version of this program")


def _to_rebuild(directory: Path, state: str, state_en: str) -> UserError:
    """What is wrong with the index in `directory`, and the command that makes it anew."""
    name = printable(directory)
    return UserError(
        f"{name} 的索引{state}。请重建：python -m rag index 文章路径 --index {name}",
        f"The index in {name} {state_en}. Rebuild it: python -m rag index PATH --index {name}",
    )
