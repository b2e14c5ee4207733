"""A folder that changes: what changed is told by content, only that is read and embedded, and nothing else is touched."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import FakeEncoder, make_article

from rag.__main__ import main
from rag.datatypes import Article
from rag.errors import UserError
from rag.search.index import build_index, current_build, open_index
from rag.shelf import commands
from rag.shelf.record import read_record, reader_identity
from rag.shelf.sync import Changes, Synced, look, sync

BRIDGE = "青石桥通车\n\n青石桥昨日通车，全长120米，两岸居民过河不再绕行。\n"
FERRY = "三号渡口停航\n\n三号渡口因涨水停航一天，请改乘公交车。\n"
LAMPS = "路灯改造完成\n\n松溪县更换路灯300盏，主要街道夜间照明改善。\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "shelf"
    (folder / "二月").mkdir(parents=True)
    (folder / "桥.txt").write_text(BRIDGE, "utf-8")
    (folder / "二月" / "渡口.txt").write_text(FERRY, "utf-8")
    return folder


def run(shelf: Path, encoder: FakeEncoder | None = None, read: Callable[[str], object] = lambda _: None) -> Synced:
    encoder = encoder or FakeEncoder()
    return sync(shelf, index_of(shelf), "fake", lambda: encoder, shelf.parent / "vectors.sqlite", advance=read)


def index_of(shelf: Path) -> Path:
    return shelf.parent / "index"


def held(shelf: Path) -> list[tuple[str, str]]:
    """Titles and files of what the index holds."""
    return [(article.title, article.source) for article in open_index(index_of(shelf), "fake").articles]


def sorts(changes: Changes) -> tuple[object, ...]:
    return changes.new, changes.changed, changes.moved, changes.gone, changes.same


def test_the_first_time_everything_is_new(shelf: Path) -> None:
    assert sorts(look(shelf, index_of(shelf))) == (("二月/渡口.txt", "桥.txt"), (), (), (), ())
    assert not index_of(shelf).exists()  # a look writes nothing
    synced = run(shelf)
    assert synced.manifest
    assert synced.manifest.articles == 2
    assert held(shelf) == [("三号渡口停航", "渡口.txt"), ("青石桥通车", "桥.txt")]


def test_where_nothing_changed_nothing_is_read_or_built(shelf: Path) -> None:
    run(shelf)
    build, read = current_build(index_of(shelf)), list[str]()
    (shelf / "桥.txt").touch()
    assert look(shelf, index_of(shelf)).is_none
    assert run(shelf, read=read.append).manifest is None
    assert (read, current_build(index_of(shelf))) == ([], build)


def test_only_what_changed_is_read_and_embedded(shelf: Path) -> None:
    run(shelf)
    (shelf / "灯.txt").write_text(LAMPS, "utf-8")
    (shelf / "桥.txt").write_text(BRIDGE.replace("120", "130"), "utf-8")
    assert sorts(look(shelf, index_of(shelf))) == (("灯.txt",), ("桥.txt",), (), (), ("二月/渡口.txt",))
    read, encoder = list[str](), FakeEncoder()
    run(shelf, encoder, read.append)
    assert read == ["桥.txt", "灯.txt"]
    assert [text[:5] for text in encoder.encoded] == ["青石桥昨日", "松溪县更换"]
    assert held(shelf) == [("三号渡口停航", "渡口.txt"), ("青石桥通车", "桥.txt"), ("路灯改造完成", "灯.txt")]


def test_what_is_gone_is_gone(shelf: Path) -> None:
    run(shelf)
    (shelf / "桥.txt").unlink()
    assert sorts(look(shelf, index_of(shelf))) == ((), (), (), ("桥.txt",), ("二月/渡口.txt",))
    run(shelf)
    assert held(shelf) == [("三号渡口停航", "渡口.txt")]


def test_a_file_with_another_name_is_the_same_and_cited_by_the_new_one(shelf: Path) -> None:
    run(shelf)
    (shelf / "桥.txt").rename(shelf / "二月" / "大桥.txt")
    expected = ((), (), (("桥.txt", "二月/大桥.txt"),), (), ("二月/渡口.txt",))
    assert sorts(look(shelf, index_of(shelf))) == expected
    encoder = FakeEncoder()
    run(shelf, encoder)
    assert encoder.encoded == []
    assert held(shelf) == [("青石桥通车", "大桥.txt"), ("三号渡口停航", "渡口.txt")]


def test_articles_from_elsewhere_stay(shelf: Path) -> None:
    upload = make_article("核对台上传的", "这一篇没有文件。")
    build_index([upload], index_of(shelf), FakeEncoder(), shelf.parent / "vectors.sqlite")
    assert run(shelf).elsewhere == 1
    (shelf / "桥.txt").unlink()
    run(shelf)
    assert held(shelf) == [("三号渡口停航", "渡口.txt"), ("核对台上传的", upload.source)]


def test_two_folders_fill_one_index(shelf: Path) -> None:
    other = shelf.parent / "other"
    other.mkdir()
    (other / "灯.txt").write_text(LAMPS, "utf-8")
    run(shelf)
    run(other)
    (shelf / "桥.txt").unlink()
    run(shelf)
    assert sorted(held(shelf)) == [("三号渡口停航", "渡口.txt"), ("路灯改造完成", "灯.txt")]


def test_an_article_that_is_missing_in_the_index_is_read_again(shelf: Path) -> None:
    run(shelf)
    [ferry, _] = open_index(index_of(shelf), "fake").articles
    build_index([ferry], index_of(shelf), FakeEncoder(), shelf.parent / "vectors.sqlite")
    read = list[str]()
    run(shelf, read=read.append)
    assert read == ["桥.txt"]
    assert len(held(shelf)) == 2


def test_the_same_notice_in_two_files_is_one_article_with_two_sources(shelf: Path) -> None:
    (shelf / "桥（副本）.txt").write_text(BRIDGE.replace("，", "， "), "utf-8")
    run(shelf)
    articles = {a.title: a for a in open_index(index_of(shelf), "fake").articles}
    assert len(articles) == 2
    assert sources(articles["青石桥通车"]) == ["桥.txt", "桥（副本）.txt"]
    (shelf / "桥.txt").unlink()
    run(shelf)
    articles = {a.title: a for a in open_index(index_of(shelf), "fake").articles}
    assert sources(articles["青石桥通车"]) == ["桥（副本）.txt"]


def sources(article: Article) -> list[str]:
    return sorted((article.source, *article.copies))


def test_a_file_that_cannot_be_read_is_told_each_time_until_it_can(shelf: Path) -> None:
    (shelf / "坏.docx").write_bytes(b"PK\x03\x04 cut short")
    first, second = run(shelf), run(shelf)
    assert [p.zh for p in first.problems] == [p.zh for p in second.problems]
    assert "坏.docx" in first.problems[0].zh
    assert second.manifest is None


def test_a_file_that_is_half_written_keeps_what_it_held(shelf: Path) -> None:
    run(shelf)
    (shelf / "桥.txt").write_bytes(b"")
    synced = run(shelf)
    assert synced.problems[-1].zh == "桥.txt 这次没有读出文章，索引里仍是它原来的内容。"
    assert ("青石桥通车", "桥.txt") in held(shelf)
    assert look(shelf, index_of(shelf)).changed == ("桥.txt",)  # it is tried again
    (shelf / "桥.txt").write_text(BRIDGE.replace("120", "130"), "utf-8")
    run(shelf)
    assert any("130米" in a.text for a in open_index(index_of(shelf), "fake").articles)


def test_an_empty_folder_removes_nothing(shelf: Path) -> None:
    run(shelf)
    (shelf / "桥.txt").unlink()
    (shelf / "二月" / "渡口.txt").unlink()
    with pytest.raises(UserError, match="没有可读的文件"):
        run(shelf)
    assert len(held(shelf)) == 2


def test_what_another_version_of_the_reader_read_is_read_again(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(shelf)
    assert read_record(index_of(shelf)).reader == reader_identity()
    monkeypatch.setattr("rag.shelf.sync.reader_identity", lambda: "another")
    assert look(shelf, index_of(shelf)).changed == ("二月/渡口.txt", "桥.txt")
    assert run(shelf).manifest is None  # and gave the same
    assert look(shelf, index_of(shelf)).is_none


def test_an_index_made_of_other_paths_knows_no_folder(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.setup.open_encoder", lambda settings: FakeEncoder())
    monkeypatch.setattr("rag.setup.encoder_identity", lambda settings: "fake")
    run(shelf)
    assert main(["index", str(shelf / "桥.txt"), "--index", str(index_of(shelf))]) == 0
    assert look(shelf, index_of(shelf)).new == ("二月/渡口.txt", "桥.txt")


def test_the_preview_lists_the_changes(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["sync", str(shelf), "--index", str(index_of(shelf)), "--dry-run"]
    assert main(arguments) == 0
    assert capsys.readouterr().out.splitlines() == [
        "新增 2 · 改动 0 · 改名 0 · 移除 0 · 没变 0",
        "  新增  二月/渡口.txt",
        "  新增  桥.txt",
        "只是预览，什么也没有改。",
    ]
    assert main([*arguments, "--json"]) == 0
    expected = {"new": ["二月/渡口.txt", "桥.txt"], "changed": [], "moved": [], "gone": [], "same": 0}
    assert json.loads(capsys.readouterr().out) == expected


def test_watching_acts_once_a_change_is_over(shelf: Path) -> None:
    sizes, acted = iter([1, 2, 0, 0]), list[int]()

    def grow(_: float) -> None:
        if size := next(sizes):
            (shelf / "大.txt").write_text("字" * size, "utf-8")

    commands.watch(shelf, lambda: acted.append((shelf / "大.txt").stat().st_size), "zh", grow, looks=4)
    assert acted == [6]


def test_watching_outlives_a_change_that_cannot_be_taken_in(shelf: Path, caplog: pytest.LogCaptureFixture) -> None:
    steps = iter([lambda: (shelf / "新.txt").write_text("新", "utf-8"), *[lambda: None] * 3])

    def fail() -> None:
        raise UserError("磁盘已满", "the disk is full")

    commands.watch(shelf, fail, "zh", lambda _: next(steps)(), looks=3)
    assert [record.getMessage() for record in caplog.records] == ["磁盘已满"]
