"""Named states of an index: kept, listed, gone back to with a copy of what was, and never a damaged one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes import FakeEncoder, make_article

from rag.__main__ import main
from rag.datatypes import Article
from rag.doctor import Place, State, check_snapshots
from rag.errors import UserError
from rag.search.builds import build_folder
from rag.search.index import build_index, current_build, open_index
from rag.settings import Settings
from rag.shelf.snapshots import restore, snapshots, take
from rag.shelf.sync import look, sync

FERRY, BRIDGE = make_article("渡口停航", "三号渡口停航一天。"), make_article("青石桥通车", "青石桥全长120米。")
NOON = datetime(2027, 3, 1, 12, 0, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.setup.encoder_identity", lambda settings: "fake")
    monkeypatch.setattr("rag.doctor.encoder_identity", lambda settings: "fake")


def index(folder: Path, *articles: Article) -> Path:
    build_index(articles, folder / "index", FakeEncoder(), folder / "vectors.sqlite")
    return folder / "index"


def titles(directory: Path) -> list[str]:
    return [article.title for article in open_index(directory, "fake").articles]


def test_a_state_is_gone_back_to_and_what_was_is_kept(tmp_path: Path) -> None:
    directory = index(tmp_path, FERRY)
    take(directory, "年初")
    index(tmp_path, FERRY, BRIDGE)
    manifest, kept = restore(directory, "年初", "fake", NOON)
    assert (titles(directory), manifest.articles) == (["渡口停航"], 1)
    assert kept == "before-年初-20270301-120005"
    restore(directory, kept, "fake", NOON)
    assert titles(directory) == ["渡口停航", "青石桥通车"]


def test_a_restored_index_is_a_new_build_that_followers_see(tmp_path: Path) -> None:
    directory = index(tmp_path, FERRY)
    take(directory, "年初")
    before = current_build(directory)
    restore(directory, "年初", "fake", NOON)
    assert current_build(directory) != before
    assert build_folder(directory, before).is_dir()  # for whoever is just opening it


def test_a_snapshot_outlives_the_builds_after_it(tmp_path: Path) -> None:
    directory = index(tmp_path, FERRY)
    take(directory, "年初")
    for n in range(3):
        index(tmp_path, make_article(f"灯{n}", f"路灯{n}盏。"))
    restore(directory, "年初", "fake", NOON)
    assert titles(directory) == ["渡口停航"]


def test_what_was_known_of_the_folder_goes_back_too(tmp_path: Path) -> None:
    folder, directory = tmp_path / "shelf", tmp_path / "index"
    folder.mkdir()
    (folder / "桥.txt").write_text("青石桥通车\n\n青石桥昨日通车，全长120米，两岸居民不再绕行。\n", "utf-8")

    def synced() -> None:
        sync(folder, directory, "fake", FakeEncoder, tmp_path / "vectors.sqlite")

    synced()
    take(directory, "年初")
    (folder / "灯.txt").write_text("路灯改造完成\n\n松溪县更换路灯300盏，夜间照明改善。\n", "utf-8")
    synced()
    assert look(folder, directory).is_none
    restore(directory, "年初", "fake", NOON)
    assert look(folder, directory).new == ("灯.txt",)
    synced()
    assert titles(directory) == ["青石桥通车", "路灯改造完成"]


@pytest.mark.parametrize("name", ["", ".", "../x", "a/b", "年 初", "-" * 3, "长" * 65])
def test_what_is_no_name_is_refused(name: str, tmp_path: Path) -> None:
    directory = index(tmp_path, FERRY)
    with pytest.raises(UserError, match="不行"):
        take(directory, name)
    assert not (directory / "snapshots").exists()


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    directory = index(tmp_path, FERRY)
    take(directory, "年初")
    with pytest.raises(UserError, match="已经有叫“年初”的快照"):
        take(directory, "年初")


def test_a_name_that_is_none_tells_those_that_are(tmp_path: Path) -> None:
    directory = index(tmp_path, FERRY)
    take(directory, "年初")
    with pytest.raises(UserError) as refused:
        restore(directory, "../年初", "fake", NOON)
    assert refused.value.zh == "没有叫“../年初”的快照。现有的：年初。"


@pytest.mark.parametrize(("damage", "identity", "told"), [(True, "fake", "已损坏"), (False, "other", "别的向量模型")])
def test_one_that_cannot_be_used_is_refused_and_the_index_stays(
    damage: bool, identity: str, told: str, tmp_path: Path
) -> None:
    directory = index(tmp_path, FERRY)
    take(directory, "年初")
    index(tmp_path, BRIDGE)
    if damage:
        articles = directory / "snapshots" / "年初" / "build" / "articles.jsonl"
        articles.unlink()
        articles.write_text("{}")
    with pytest.raises(UserError, match=told):
        restore(directory, "年初", identity, NOON)
    assert titles(directory) == ["青石桥通车"]
    assert [snapshot.name for snapshot in snapshots(directory)] == ["年初"]


def test_the_doctor_knows_them(tmp_path: Path) -> None:
    directory = index(tmp_path, FERRY)
    place = Place(Settings(tmp_path), directory)
    assert (check_snapshots(place).state, check_snapshots(place).zh) == (State.OK, "没有")
    take(directory, "年初")
    assert check_snapshots(place).zh == "1 个，完好：年初"
    (directory / "snapshots" / "年初" / "build" / "vectors.faiss").unlink()
    found = check_snapshots(place)
    assert (found.state, found.mend) == (State.WARNING, f"rm -r {directory / 'snapshots' / '年初'}")


def test_the_command_line_takes_lists_and_restores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = index(tmp_path, FERRY)
    place = ["--index", str(directory)]
    assert main(["snapshot", *place]) == 0
    assert capsys.readouterr().out == "还没有快照。留一个：wence snapshot 名字\n"
    assert main(["snapshot", "年初", *place]) == 0
    index(tmp_path, BRIDGE)
    assert main(["restore", "年初", *place]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("年初  20")
    assert lines[0].endswith(" UTC  1 篇文章，1 个段落")
    assert lines[1] == f"索引 {directory} 已回到“年初”：1 篇文章"
    assert lines[2].startswith("此前的状态留在快照“before-年初-")
    assert main(["restore", "没有", *place]) == 2
