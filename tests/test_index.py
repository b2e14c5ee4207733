import errno
import json
import math
import multiprocessing
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder, TableEncoder, make_article, make_passage
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.datatypes import Article
from rag.errors import UserError
from rag.reading.passages import split_articles
from rag.reading.structure import read_structure
from rag.search.builds import MANIFEST, build_folder
from rag.search.index import (
    _read_build,
    build_index,
    corpus_digest,
    current_build,
    is_current,
    open_index,
    read_manifest,
    tidy,
    whole_characters,
)
from rag.search.terms import bm25_scores

BRIDGE, ROAD = make_article("甲", "桥通了"), make_article("乙", "路修好")
TABLE = TableEncoder({"桥通了": (1.0, 0.0), "路修好": (0.6, 0.8), "问": (0.8, 0.6)})
REBUILD = "python -m rag index 文章路径 --index"


def build(folder: Path, *articles: Article, encoder: object = TABLE) -> None:
    build_index(articles, folder / "index", encoder, folder / "vectors.sqlite")  # type: ignore[arg-type]


def ids(folder: Path) -> list[str]:
    return [passage.id for passage in open_index(folder / "index", "table").passages]


def test_dense_scores_are_the_exact_cosines_and_higher_is_better(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE, ROAD)
    rows, scores = open_index(tmp_path / "index", "table").search_dense(TABLE.encode_queries(["问"])[0], 2)
    assert rows == [1, 0]
    assert scores == pytest.approx([0.96, 0.8], abs=1e-6)  # .8*.6 + .6*.8, and .8*1


def test_a_vector_is_at_cosine_1_from_itself(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE, ROAD)
    _, scores = open_index(tmp_path / "index", "table").search_dense(np.array([0.6, 0.8], np.float32), 1)
    assert scores == pytest.approx([1.0], abs=1e-6)


def test_dense_scores_of_chosen_rows_are_in_their_order(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE, ROAD)
    index, query = open_index(tmp_path / "index", "table"), TABLE.encode_queries(["问"])[0]
    assert index.dense_scores(query, [0, 1]).tolist() == pytest.approx([0.8, 0.96], abs=1e-6)
    assert index.dense_scores(query, []).tolist() == []


def test_more_is_asked_for_than_there_is(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE, ROAD)
    rows, _ = open_index(tmp_path / "index", "table").search_dense(TABLE.encode_queries(["问"])[0], 50)
    assert len(rows) == 2


def test_bm25_is_lucenes_and_higher_is_better(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE, ROAD)
    # Title and text are 3 bigrams in both, so the length factor is 1: ln(1 + 1.5 / 1.5) * 1 / (1 + 1.2)
    scores = open_index(tmp_path / "index", "table").lexical_scores("桥通")
    assert scores.tolist() == pytest.approx([math.log(2) / 2.2, 0.0], abs=1e-6)


def test_a_rare_bigram_counts_more_than_a_common_one(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE, ROAD)
    index = open_index(tmp_path / "index", "table")
    assert index.idf("桥通") == pytest.approx(math.log(2))
    assert index.idf("海洋") == pytest.approx(math.log(1 + 2.5 / 0.5))


def test_lexical_search_leaves_out_what_shares_nothing(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE, ROAD)
    index = open_index(tmp_path / "index", "table")
    assert index.search_lexical("路修", 5)[0] == [1]
    assert index.search_lexical("海洋", 5) == ([], [])


def test_a_query_without_words_scores_nothing(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE, ROAD)
    assert open_index(tmp_path / "index", "table").lexical_scores("？").tolist() == [0.0, 0.0]


def test_the_title_is_searched_and_is_not_part_of_the_text(tmp_path: Path) -> None:
    build(tmp_path, make_article("青石大桥", "桥通了"), ROAD)
    index = open_index(tmp_path / "index", "table")
    assert index.search_lexical("青石", 5)[0] == [0]
    assert index.passages[0].text == "桥通了"


def test_bm25_of_given_passages_needs_no_index() -> None:
    scores = bm25_scores("桥通", [make_passage("桥通了", "甲"), make_passage("路修好", "乙")])
    assert scores.tolist() == pytest.approx([math.log(2) / 2.2, 0.0], abs=1e-6)


def test_articles_come_back_as_they_were(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE, ROAD)
    assert open_index(tmp_path / "index", "table").articles == (BRIDGE, ROAD)


SEPARATORS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
ANY_TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from(SEPARATORS), max_size=20)  # halves, too


@st.composite
def any_articles(draw: st.DrawFn) -> list[Article]:
    """Articles of one to three paragraphs of any characters at all, whose ids differ."""
    made = []
    for number in range(draw(st.integers(1, 3))):
        paragraphs = draw(st.lists(ANY_TEXT.filter(bool), min_size=1, max_size=3))
        article = make_article(draw(ANY_TEXT), *paragraphs, speaker=draw(ANY_TEXT), kicker=draw(ANY_TEXT))
        made.append(replace(article, id=f"{number}", source=draw(ANY_TEXT)))
    return made


@settings(max_examples=60, deadline=None)
@given(articles=any_articles())
def test_whatever_characters_articles_hold_they_come_back_and_their_index_is_current(articles: list[Article]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), *articles, encoder=FakeEncoder())
        opened = open_index(Path(folder) / "index", "fake")
        assert opened.articles == tuple(map(whole_characters, articles))
        assert [a.structure for a in opened.articles] == list(map(read_structure, opened.articles))
        assert [p.text for p in opened.passages] == [p.text for p in split_articles(opened.articles)]
        assert is_current(Path(folder) / "index", articles, "fake")


@given(title=ANY_TEXT, text=ANY_TEXT)
def test_half_a_character_is_replaced_and_every_offset_holds(title: str, text: str) -> None:
    article = make_article(title, text)
    whole = whole_characters(article)
    assert [len(whole.title), len(whole.text), whole.paragraphs] == [len(title), len(text), article.paragraphs]
    assert (whole.title + whole.text).encode().decode() == whole.title + whole.text  # neither holds halves any more
    assert all(a == b for a, b in zip(text, whole.text, strict=True) if not "\ud800" <= a <= "\udfff")
    assert corpus_digest([article]) == corpus_digest([whole])


def test_the_manifest_says_what_the_index_is(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE, ROAD)
    manifest = read_manifest(tmp_path / "index")
    facts = (manifest.format, manifest.encoder, manifest.dimensions, manifest.articles, manifest.passages)
    assert facts == (6, "table", 2, 2, 2)
    assert manifest.corpus == corpus_digest([ROAD, BRIDGE])


def test_a_reader_sees_that_there_is_a_newer_build(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE)
    reader = open_index(tmp_path / "index", "table")
    assert current_build(tmp_path / "index") == reader.manifest.build
    build(tmp_path, ROAD)
    assert current_build(tmp_path / "index") == open_index(tmp_path / "index", "table").manifest.build
    assert current_build(tmp_path / "index") != reader.manifest.build


def test_a_new_index_replaces_the_old_one_and_only_the_one_before_is_kept(tmp_path: Path) -> None:
    names = []
    for article in (BRIDGE, ROAD, BRIDGE):
        build(tmp_path, article)
        names.append(current_build(tmp_path / "index"))
    assert ids(tmp_path) == ["甲#0"]
    assert sorted(path.name for path in (tmp_path / "index" / "builds").iterdir()) == sorted(names[1:])
    assert read_manifest(tmp_path / "index").previous == names[1]


def fail(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_full_at_the_manifest_leaves_the_old_index_and_nothing_of_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, BRIDGE)
    held = read_manifest(tmp_path / "index")
    with monkeypatch.context() as patched:
        patched.setattr("rag.search.index.write_text", fail)
        with pytest.raises(UserError, match=f"^无法写入 {tmp_path / 'index'}：磁盘已满。") as raised:
            build(tmp_path, ROAD)
    assert f"Cannot write {tmp_path / 'index'}: no space left on the disk." in raised.value.en
    assert read_manifest(tmp_path / "index") == held
    assert [path.name for path in (tmp_path / "index" / "builds").iterdir()] == [held.build]
    assert ids(tmp_path) == ["甲#0"]


def test_a_crash_while_encoding_leaves_the_old_index_readable(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE)
    with pytest.raises(KeyError):
        build(tmp_path, make_article("丙", "没有向量"))
    assert ids(tmp_path) == ["甲#0"]


def test_what_a_killed_process_left_is_gone_after_the_next_build(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE)
    held = build_folder(tmp_path / "index", current_build(tmp_path / "index"))
    unfinished = held.with_name("0123456789abcdef-01234567.building")
    unfinished.mkdir()
    (unfinished / "articles.jsonl").write_text("{")
    shutil.copytree(held, held.with_name("0123456789abcdef-76543210"))  # whole, but killed before the manifest
    (tmp_path / "index" / (MANIFEST + ".part")).write_text("{")
    build(tmp_path, ROAD)
    assert {path.name for path in held.parent.iterdir()} == {held.name, current_build(tmp_path / "index")}
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == [".lock", "builds", MANIFEST]


def test_what_a_killed_process_left_of_an_index_that_is_current_can_be_tidied_away(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE)
    build_folder(tmp_path / "index", "0123456789abcdef-01234567.building").mkdir()
    tidy(tmp_path / "index")
    assert [path.name for path in (tmp_path / "index" / "builds").iterdir()] == [current_build(tmp_path / "index")]
    assert ids(tmp_path) == ["甲#0"]


def test_a_reader_whose_build_gave_way_twice_while_it_read_takes_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, BRIDGE)

    def build_twice_then_read(folder: Path) -> object:
        monkeypatch.undo()
        build(tmp_path, ROAD)
        build(tmp_path, ROAD)
        return _read_build(folder)

    monkeypatch.setattr("rag.search.index._read_build", build_twice_then_read)
    assert ids(tmp_path) == ["乙#0"]


def open_for_a_while(folder: Path, stop: Event, told: "Queue[object]") -> None:
    """What a chat in another process does: opens the index over and over. It tells when it begins, and how it went."""
    count = 0
    try:
        while not stop.is_set():
            assert ids(folder) in (["甲#0"], ["乙#0"])
            count += 1
            if count == 1:
                told.put("begun")
    except BaseException as error:
        told.put(repr(error))
    else:
        told.put(count)


def test_readers_in_other_processes_never_miss_an_index_that_is_rebuilt_thirty_times(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE)
    context = multiprocessing.get_context("spawn")
    stop, told = context.Event(), context.Queue()
    readers = [context.Process(target=open_for_a_while, args=(tmp_path, stop, told), daemon=True) for _ in range(2)]
    for reader in readers:
        reader.start()
    assert [told.get(timeout=120) for _ in readers] == ["begun", "begun"]
    for number in range(30):
        build(tmp_path, (ROAD, BRIDGE)[number % 2])
    stop.set()
    counts = [told.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join()
    assert all(isinstance(count, int) and count > 5 for count in counts), counts


def test_four_that_build_at_once_leave_one_whole_index(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda article: build(tmp_path, article), [BRIDGE, ROAD, BRIDGE, ROAD]))
    assert ids(tmp_path) in (["甲#0"], ["乙#0"])
    assert len(list((tmp_path / "index" / "builds").iterdir())) == 2


def test_an_open_reader_keeps_its_index_while_another_replaces_it(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE)
    reader = open_index(tmp_path / "index", "table")
    build(tmp_path, ROAD)
    rows, _ = reader.search_dense(TABLE.encode_queries(["问"])[0], 1)
    assert [reader.passages[row].text for row in rows] == ["桥通了"]


def test_a_missing_index_is_refused_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"没有索引。请先运行：{REBUILD} {tmp_path}"):
        open_index(tmp_path, "table")


@pytest.mark.parametrize(
    "name", ["articles.jsonl", "structures.jsonl", "validity.jsonl", "vectors.faiss", "terms/vocab.index.json"]
)
def test_a_damaged_file_is_refused_with_the_sentence_that_says_how_to_rebuild(tmp_path: Path, name: str) -> None:
    build(tmp_path, BRIDGE)
    damaged = build_folder(tmp_path / "index", current_build(tmp_path / "index")) / name
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(UserError, match=f"的索引已损坏。请重建：{REBUILD}"):
        open_index(tmp_path / "index", "table")


def test_a_missing_file_is_damage(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE)
    (build_folder(tmp_path / "index", current_build(tmp_path / "index")) / "vectors.faiss").unlink()
    with pytest.raises(UserError, match="已损坏"):
        open_index(tmp_path / "index", "table")


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", "3", '{"format": 6}', '{"format": 6, "build": 5}', "\x00\xff"])
def test_a_damaged_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(UserError, match="已损坏"):
        open_index(tmp_path, "table")


def test_an_index_of_another_encoder_is_refused_by_name(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE)
    with pytest.raises(UserError, match="是用别的向量模型建立的（table，现为 other）。请重建：" + REBUILD):
        open_index(tmp_path / "index", "other")


def test_an_index_of_another_normaliser_is_refused(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE)
    path = tmp_path / "index" / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {"normalizer": "older"}))
    with pytest.raises(UserError, match="是别的版本建立的。请重建：" + REBUILD):
        open_index(tmp_path / "index", "table")


def test_an_index_is_current_for_its_articles_whatever_their_order(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE, ROAD)
    assert is_current(tmp_path / "index", [ROAD, BRIDGE], "table")


def test_an_index_is_stale_for_other_articles_or_another_encoder(tmp_path: Path) -> None:
    build(tmp_path, BRIDGE)
    assert not is_current(tmp_path / "index", [ROAD], "table")
    assert not is_current(tmp_path / "index", [BRIDGE], "other")


def test_no_articles_make_no_index(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="没有可以建立索引的文章"):
        build(tmp_path)
    assert not (tmp_path / "index").exists()


def test_passages_done_are_told(tmp_path: Path) -> None:
    done: list[int] = []
    build_index([BRIDGE, ROAD], tmp_path / "index", FakeEncoder(), tmp_path / "vectors.sqlite", done.append)
    assert sum(done) == 2


def test_a_manifest_nested_without_end_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("[" * 100_000)
    with pytest.raises(UserError, match="已损坏"):
        open_index(tmp_path, "fake")
