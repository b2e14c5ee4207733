"""A build costs what is new in it, and is as one that was made from nothing."""

import tempfile
from dataclasses import replace
from pathlib import Path

import bm25s
import numpy as np
import pytest
from fakes import FakeEncoder, make_article, make_passage
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.datatypes import Article, Kind
from rag.search.index import Index, build_index, open_index
from rag.search.terms import BM25_B, BM25_K1, count_terms, scored, searched_terms

OLD = make_article("云屏县拐杖发放办法", "云屏县每年给老人发一根拐杖。\n自2024年1月1日起施行。", kind=Kind.POLICY)
NEW = make_article(
    "云屏县拐杖发放办法（修订）",
    "每年发两根拐杖。\n自2025年1月1日起施行。\n《云屏县拐杖发放办法》同时废止。",
    kind=Kind.POLICY,
)
OTHER = make_article("渡口停航", "三号渡口停航一天。")
WORDLESS = make_article("问号", "？？")
SHELF = (OLD, NEW, OTHER, WORDLESS, make_article("灯", "路灯亮了。\n路灯又亮了。"))


def build(folder: Path, *articles: Article, encoder: FakeEncoder | None = None) -> Index:
    build_index(articles, folder / "index", encoder or FakeEncoder(), folder / "vectors.sqlite")
    return open_index(folder / "index", "fake")


def everything(index: Index) -> list[object]:
    """All that an answer may rest on: articles with structure and validity, vectors, and the scores of every bigram."""
    rows = range(len(index.passages))
    parts = [(article, article.structure, article.validity) for article in index.articles]
    words = sorted({term for passage in index.passages for term in searched_terms(passage)} - {""})
    scores = [index.lexical_scores(word).round(5).tolist() for word in words]
    axes = [index.dense_scores(axis, list(rows)).tolist() for axis in np.eye(64, dtype=np.float32)[:9]]
    return [parts, words, scores, axes, [index.idf(word) for word in words]]


@settings(deadline=None, max_examples=10)
@given(st.lists(st.lists(st.sampled_from(SHELF), min_size=1, unique_by=lambda a: a.id), min_size=2, max_size=4))
def test_a_build_over_others_is_as_one_from_nothing(shelves: list[list[Article]]) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        for shelf in shelves:
            last = build(Path(one), *shelf)
        assert everything(last) == everything(build(Path(other), *shelves[-1]))


def test_only_the_passages_of_what_is_new_are_encoded_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, OLD, OTHER)
    (tmp_path / "vectors.sqlite").unlink()
    read: list[str] = []
    monkeypatch.setattr("rag.search.terms.searched_terms", lambda p: read.append(p.text) or searched_terms(p))
    encoder = FakeEncoder()
    build(tmp_path, OLD, OTHER, NEW, encoder=encoder)
    assert encoder.encoded == read == [NEW.text]


def test_an_article_whose_facts_changed_is_read_anew_though_its_id_is_the_same(tmp_path: Path) -> None:
    build(tmp_path, OLD)
    later = replace(OLD, title="云屏县手杖发放办法")
    [article] = build(tmp_path, later).articles
    assert article == later
    assert open_index(tmp_path / "index", "fake").search_lexical("手杖", 5)[0] == [0]


def test_an_article_is_superseded_only_while_what_supersedes_it_is_there(tmp_path: Path) -> None:
    def superseded(index: Index) -> list[bool]:
        return [bool(article.validity and article.validity.superseded) for article in index.articles]

    assert superseded(build(tmp_path, OLD)) == [False]
    assert superseded(build(tmp_path, OLD, NEW)) == [True, False]
    assert superseded(build(tmp_path, OLD)) == [False]


def test_over_a_build_without_counts_they_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, OLD, OTHER)
    monkeypatch.setattr("rag.search.index._counts", lambda directory, index: None)
    assert build(tmp_path, OTHER).search_lexical("渡口", 5)[0] == [0]


@given(st.lists(st.text("渡口桥路灯，1a", max_size=12), min_size=1, max_size=8))
def test_scores_made_of_counts_are_those_that_bm25s_makes(texts: list[str]) -> None:
    passages = [make_passage(text, "渡") for text in texts]
    library = bm25s.BM25(k1=BM25_K1, b=BM25_B)
    library.index([searched_terms(p) for p in passages], show_progress=False)
    ours = scored(count_terms(passages))
    for term in {term for passage in passages for term in searched_terms(passage)}:
        assert ours.get_scores([term]) == pytest.approx(library.get_scores([term]), abs=1e-6)


def test_terms_that_no_passage_holds_any_more_are_forgotten() -> None:
    first = count_terms([make_passage("渡口", "甲"), make_passage("灯塔", "乙")])
    second = count_terms([make_passage("渡口", "甲")], first, [0])
    assert {*first.vocabulary} - {*second.vocabulary} == {"灯塔", "乙"}
