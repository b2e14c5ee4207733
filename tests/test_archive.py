"""ZIP: the documents in it are read under their names; what would unpack without end, or is locked, is one line."""

import io
import zipfile
from pathlib import Path

import pytest

from rag.errors import UserError
from rag.reading.archive import files_in
from rag.reading.files import load_articles
from tests.office_files import docx, p, package

NOTICE = "渡口六时开渡。\n".encode()


def names(data: bytes) -> list[str]:
    return [name for name, content in files_in(data, "包.zip") if isinstance(content, bytes)]


def in_gbk(*paths: str) -> bytes:
    """An archive as older tools of Windows write it: names in GBK, and no flag that says so."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for n, _ in enumerate(paths):
            archive.writestr(f"{n}" * 20, NOTICE)
    data = made.getvalue()
    for n, path in enumerate(paths):
        raw = path.encode("gb18030")
        assert len(raw) == 20, "of the same length as what it stands for"
        data = data.replace(f"{n}".encode() * 20, raw)
    return data


def test_each_document_is_read_with_the_archives_name(tmp_path: Path) -> None:
    data = package(
        {"政策/渡口.txt": "渡口须知\n\n渡口六时开渡。\n", "通知.docx": docx(p("收渡须知", "t") + p("十时收渡。"))}
    )
    (tmp_path / "包.zip").write_bytes(data)
    assert [(a.title, a.source) for a in load_articles([tmp_path]).articles] == [
        ("渡口须知", "包.zip/政策/渡口.txt"),
        ("收渡须知", "包.zip/通知.docx"),
    ]


def test_names_in_gbk_are_read() -> None:
    assert names(in_gbk("通知公告/渡口须.text")) == ["包.zip/通知公告/渡口须.text"]


def test_no_path_leads_out_of_the_archive() -> None:
    data = package({"../../etc/a.txt": NOTICE, "/root/b.txt": NOTICE, "..\\c.txt": NOTICE})
    assert names(data) == ["包.zip/etc/a.txt", "包.zip/root/b.txt", "包.zip/c.txt"]


def test_what_is_no_document_is_passed_over() -> None:
    assert names(package({"Thumbs.db": b"x", "__MACOSX/a.txt": NOTICE, "a.txt": NOTICE})) == ["包.zip/a.txt"]


def test_an_archive_in_an_archive_is_unpacked_up_to_a_depth() -> None:
    data = package({"a.txt": NOTICE})
    assert names(package({"内.zip": data})) == ["包.zip/内.zip/a.txt"]
    for _ in range(3):
        data = package({"内.zip": data})
    with pytest.raises(UserError, match="里面的压缩包套了 3 层以上，没有展开；请解压后上传需要的文件"):
        names(data)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({f"{n}.txt": b"" for n in range(2001)}, "里面有 2000 个以上的文件"),
        ({"a.txt": b"0" * 6_000_000}, "里面的文件压缩了 200 倍以上"),
    ],
    ids=["count", "ratio"],
)
def test_a_bomb_is_refused_before_it_is_unpacked(files: dict[str, bytes], words: str) -> None:
    with pytest.raises(UserError, match=words):
        names(package(files))


def test_an_archive_that_says_to_hold_a_terabyte_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", NOTICE)
        archive.filelist[0].file_size = archive.filelist[0].compress_size = 10**12
    with pytest.raises(UserError, match="展开后超过 1000 MB"):
        names(made.getvalue())


def test_a_cut_archive_is_one_line() -> None:
    with pytest.raises(UserError, match=r"包\.zip 不是完整的 ZIP，请重新下载"):
        names(package({"a.txt": NOTICE})[:40])


def test_a_locked_file_is_one_line_and_the_others_are_read() -> None:
    data = package({"a.txt": NOTICE, "b.txt": NOTICE})
    at = data.index(b"PK\x01\x02")
    locked = data[: at + 8] + b"\x01" + data[at + 9 :]
    found = dict(files_in(locked, "包.zip"))
    assert str(found["包.zip/a.txt"]) == "包.zip/a.txt 有解压密码，请解压后再上传；已跳过。"
    assert found["包.zip/b.txt"] == NOTICE
