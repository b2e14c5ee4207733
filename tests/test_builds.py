"""The folder of an index: ours is kept in order, anybody else's is never touched."""

import resource
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from rag.atomic import printable
from rag.errors import UserError
from rag.search.builds import MANIFEST, build_folder, claim
from rag.search.index import FORMAT, build_index, current_build, open_index
from tests.fakes import FakeEncoder, TableEncoder, make_article

BRIDGE, ROAD = make_article("甲", "桥通了"), make_article("乙", "路修好")
NAME = "0123456789abcdef-01234567"  # as a build is called


def build(directory: Path, *articles: object, encoder: FakeEncoder | None = None) -> None:
    cache = directory.parent / f"{directory.name}.sqlite"
    build_index(articles, directory, encoder or FakeEncoder(), cache)  # type: ignore[arg-type]


def titles(directory: Path) -> list[str]:
    return [article.title for article in open_index(directory, "fake").articles]


def everything(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def write(folder: Path, files: Mapping[str, str]) -> dict[str, bytes]:
    """Files of the user's own, by their path below `folder`."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    return everything(folder)


def test_a_folder_of_somebodys_things_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    before = write(tmp_path / "own", {"照片/2025/船.txt": "船", "笔记.txt": "记"})
    with pytest.raises(UserError) as raised:
        build(tmp_path / "own", BRIDGE)
    own = tmp_path / "own"
    assert raised.value.zh == (
        f"{own} 不是索引，里面有别的东西（照片、笔记.txt），没有动它。请给索引一个自己的文件夹，例如 --index {own}/index"
    )
    assert f"{own} is no index and holds other things (照片, 笔记.txt); nothing was touched." in raised.value.en
    assert everything(own) == before


def test_of_many_things_three_are_named(tmp_path: Path) -> None:
    write(tmp_path / "own", dict.fromkeys(["a.txt", "b.txt", "c.txt", "d.txt"], ""))
    with pytest.raises(UserError, match=r"（a\.txt、b\.txt、c\.txt……）") as raised:
        claim(tmp_path / "own")
    assert "(a.txt, b.txt, c.txt, …)" in raised.value.en


@pytest.mark.parametrize(
    "files",
    [
        {"manifest.json": '{"name": "a web page"}'},
        {"manifest.json": "[]"},
        {"builds": "a file"},
        {"builds/debug/program.exe": "!"},
        {f"{NAME}/report.docx": "a folder that happens to be called so"},
        {f"builds/{NAME}/report.docx": "the same"},
    ],
    ids=str,
)
def test_what_only_looks_like_ours_is_somebodys(tmp_path: Path, files: dict[str, str]) -> None:
    before = write(tmp_path / "own", files)
    with pytest.raises(UserError, match="没有动它"):
        build(tmp_path / "own", BRIDGE)
    assert everything(tmp_path / "own") == before


def test_things_put_into_an_index_later_stay_there_through_every_rebuild(tmp_path: Path) -> None:
    index = tmp_path / "index"
    build(index, BRIDGE)
    own = {"文章/a.txt": "一", "builds/旧版/a.txt": "二", f"{NAME}/a.txt": "三", f"builds/{NAME}/terms/a.txt": "四"}
    write(index, own)
    (index / "fedcba9876543210-76543210").mkdir()
    (index / "builds" / "fedcba9876543210-01234567").symlink_to(tmp_path)  # called like a build, leading elsewhere
    for article in (ROAD, BRIDGE, ROAD):
        build(index, article)
    kept = everything(index)
    assert {name: kept[name].decode() for name in own} == own
    assert (index / "fedcba9876543210-76543210").is_dir()
    assert (index / "builds" / "fedcba9876543210-01234567").is_symlink()
    assert titles(index) == ["乙"]


def test_the_systems_own_files_make_no_folder_somebodys(tmp_path: Path) -> None:
    write(tmp_path / "index", dict.fromkeys([".DS_Store", "lost+found/x", "Thumbs.db"], ""))
    build(tmp_path / "index", BRIDGE)
    assert titles(tmp_path / "index") == ["甲"]


def old_layout(index: Path) -> None:
    """An index as format 3 wrote it: the build straight in the folder."""
    build(index, BRIDGE)
    whole = build_folder(index, current_build(index))
    shutil.move(whole, index / NAME)
    shutil.rmtree(index / "builds")
    text = (index / MANIFEST).read_text("utf-8")
    (index / MANIFEST).write_text(text.replace(f'"format": {FORMAT}', '"format": 3').replace(whole.name, NAME), "utf-8")


def test_an_index_of_the_old_layout_is_rebuilt_and_its_build_removed_then(tmp_path: Path) -> None:
    index = tmp_path / "index"
    old_layout(index)
    write(index, {"文章/a.txt": "一"})
    with pytest.raises(UserError, match="是别的版本建立的。请重建：python -m rag index"):
        open_index(index, "fake")
    build(index, ROAD)
    assert titles(index) == ["乙"]
    assert sorted(path.name for path in index.iterdir()) == [".lock", "builds", MANIFEST, "文章"]


def test_a_rebuild_that_fails_costs_the_old_layout_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = tmp_path / "index"
    old_layout(index)
    before = everything(index / NAME)

    def fail(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("rag.search.index.write_text", fail)
    with pytest.raises(UserError, match="the disk is gone"):
        build(index, ROAD)
    assert everything(index / NAME) == before


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 4}', "\x00"])
def test_a_cut_manifest_beside_builds_is_ours_and_is_made_anew(tmp_path: Path, content: str) -> None:
    index = tmp_path / "index"
    build(index, BRIDGE)
    (index / MANIFEST).write_text(content)
    build(index, ROAD)
    assert titles(index) == ["乙"]
    assert len(list((index / "builds").iterdir())) == 1


def test_an_index_may_be_a_link_to_a_folder_and_end_in_a_slash(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "index").symlink_to(tmp_path / "far")
    build(Path(f"{tmp_path}/index/"), BRIDGE)
    build(tmp_path / "index", ROAD)
    assert titles(tmp_path / "far") == ["乙"]
    assert (tmp_path / "index").is_symlink()


def test_a_path_is_shown_on_one_line_whatever_is_in_it() -> None:
    assert printable(Path("钢/a\nb\udcff")) == r"钢/a\nb\udcff"


def test_a_name_that_is_no_utf_8_does_not_matter(tmp_path: Path) -> None:
    index = tmp_path / "\udcb8\udcd6"  # 钢, in GBK
    build(index, BRIDGE)
    assert titles(index) == ["甲"]
    with pytest.raises(UserError) as raised:
        open_index(index / "none", "fake")
    assert rf"{tmp_path}/\udcb8\udcd6/none 中没有索引" in raised.value.zh.encode().decode()


# ---------------------------------------------------------------- nowhere to write: said before anything is embedded


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """As on a full disk: no file grows beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_is_no_index_folder_and_stays_as_it_was(tmp_path: Path) -> None:
    before = write(tmp_path, {"a.txt": "一"})
    encoder = FakeEncoder()
    with pytest.raises(UserError, match=f"^无法写入 {tmp_path}/a.txt：那里是一个文件，不是文件夹。[^\n]*$"):
        build(tmp_path / "a.txt", BRIDGE, encoder=encoder)
    with pytest.raises(UserError, match=f"^无法写入 {tmp_path}/a.txt/index：那里是一个文件，不是文件夹。"):
        build(tmp_path / "a.txt" / "index", BRIDGE, encoder=encoder)
    with pytest.raises(UserError, match=f"^无法读取 {tmp_path}/a.txt：那里是一个文件，不是文件夹。"):
        open_index(tmp_path / "a.txt", "fake")
    assert everything(tmp_path) == before
    assert encoder.encoded == []


@pytest.mark.parametrize(
    ("place", "cause"),
    [
        ("/proc/wence", "所在的文件夹不存在，也无法创建"),
        ("/sys/wence", "没有权限|磁盘是只读的"),
        ("{folder}/" + 300 * "长", "路径太长"),
        ("{folder}/loop/index", "符号链接成环"),
        ("{folder}/nowhere", "那里是一个文件"),
    ],
)
def test_a_folder_that_cannot_be_made_is_named_with_the_cause(tmp_path: Path, place: str, cause: str) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    path = Path(place.format(folder=tmp_path))
    with pytest.raises(UserError, match=f"^无法写入 {path}：({cause})") as raised:
        claim(path)
    assert raised.value.en.startswith(f"Cannot write {path}: ")
    with pytest.raises(UserError, match=f"{path}"):
        open_index(path, "fake")


def test_a_disk_without_room_for_the_vectors_is_told_before_they_are_made(tmp_path: Path) -> None:
    index = tmp_path / "index"
    build(index, BRIDGE)
    before, encoder = everything(index), FakeEncoder()
    with files_of_at_most(200), pytest.raises(UserError, match=f"^无法写入 {index}：文件超过系统允许的大小。"):
        build(index, ROAD, encoder=encoder)
    assert encoder.encoded == []
    assert (everything(index), titles(index)) == (before, ["甲"])


LONG = [f"第{number}段路修好。" for number in range(20)]
SMALL = TableEncoder(dict.fromkeys([*LONG, "桥通了"], (1.0, 0.0)))  # so that the vectors are not what takes the room


@pytest.mark.parametrize("size", range(200, 1050, 50))
def test_wherever_the_disk_is_full_the_old_index_holds_and_nothing_half_made_is_left(tmp_path: Path, size: int) -> None:
    index, cache, road = tmp_path / "index", tmp_path / "vectors.sqlite", make_article("乙", *LONG)
    build_index([BRIDGE], index, SMALL, cache)
    build_index([road], tmp_path / "other", SMALL, cache)  # the vectors are kept by now
    before = everything(index)
    with files_of_at_most(size), pytest.raises(UserError, match=f"^无法写入 {index}：文件超过系统允许的大小。"):
        build_index([road], index, SMALL, cache)
    assert (everything(index), [a.title for a in open_index(index, "table").articles]) == (before, ["甲"])
    build_index([road], index, SMALL, cache)
    assert [a.title for a in open_index(index, "table").articles] == ["乙"]
    assert [path.name for path in index.rglob("*") if path.suffix in (".part", ".building")] == []


def test_a_file_that_numpy_cut_short_without_a_word_never_becomes_an_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    build(index, BRIDGE)

    def cut(path: Path, array: object, **options: object) -> None:
        save(path, array, **options)  # type: ignore[arg-type]
        path.write_bytes(path.read_bytes()[:-1])

    save = np.save
    monkeypatch.setattr("numpy.save", cut)
    with pytest.raises(UserError, match=f"^无法写入 {index}："):
        build(index, ROAD)
    assert titles(index) == ["甲"]


def test_an_index_whose_folder_goes_while_it_is_embedded_is_made_all_the_same(tmp_path: Path) -> None:
    index = tmp_path / "index"

    class Removing(FakeEncoder):
        def encode_passages(self, *arguments: object) -> object:  # type: ignore[override]
            shutil.rmtree(index)
            return super().encode_passages(*arguments)  # type: ignore[arg-type]

    build(index, BRIDGE, encoder=Removing())
    assert titles(index) == ["甲"]
