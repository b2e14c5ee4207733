"""Which encoding a file is in, what is damaged in it, and what it is where it is no text."""

import codecs
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UserError
from rag.reading.decoding import decode_file, readable_name
from rag.reading.files import load_articles

TEXT = "柳林市老年人助餐办法\n午餐每份补贴5元，由街道发放。\n申请人向社区提出申请，十五个工作日内办结。\n"
TRADITIONAL = "柳林市老年人助餐辦法\n午餐每份補貼五元，由街道發放，申請人向社區提出申請。\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_text_is_read_whatever_its_encoding_and_with_or_without_its_mark(encoding: str) -> None:
    decoded = decode_file(TEXT.encode(encoding), "a.txt")
    assert (decoded.text, decoded.damaged) == (TEXT, 0)


@pytest.mark.parametrize("encoding", ["big5", "gbk", "utf-8", "utf-16-le"])
def test_traditional_text_is_read_too(encoding: str) -> None:
    assert decode_file(TRADITIONAL.encode(encoding), "a.txt").text == TRADITIONAL


@pytest.mark.parametrize("word", ["通知", "联通", "桥", "2026年", "café", "хорошо"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_single_word_is_read(word: str, encoding: str) -> None:
    assert decode_file(word.encode(encoding), "a.txt").text == word


def test_utf16_with_its_mark_is_told_by_it() -> None:
    assert decode_file(codecs.BOM_UTF16_BE + "桥".encode("utf-16-be"), "a.txt").text == "桥"


def test_a_damaged_byte_costs_its_character_and_no_more() -> None:
    raw = TEXT.encode()
    broken = decode_file(raw[:9] + b"\xff" + raw[10:], "a.txt")
    assert broken.text.startswith("柳林市")
    assert broken.text.endswith(TEXT[4:])
    assert broken.encoding == "utf-8"
    warning = broken.warning("a.txt")
    assert warning is not None
    assert warning.zh == f"a.txt 有 {broken.damaged} 处字节损坏，已用“\ufffd”代替，其余照常读入。"


@pytest.mark.parametrize("cut", [1, 2, 4, 5])
def test_a_file_cut_within_a_character_is_read_to_there(cut: int) -> None:
    raw = TEXT.rstrip().encode()
    text = decode_file(raw[:-cut], "a.txt").text
    assert text.rstrip("\ufffd") == TEXT.rstrip()[: -(cut // 3 + 1)]


def test_a_file_that_is_whole_has_no_warning() -> None:
    assert decode_file(TEXT.encode(), "a.txt").warning("a.txt") is None


def test_a_damaged_byte_of_gbk_costs_no_more_than_its_line() -> None:
    lines = TEXT.encode("gbk").split(b"\n")
    lines[1] = lines[1][:3] + lines[1][4:]
    text = decode_file(b"\n".join(lines), "a.txt").text
    assert text.split("\n")[::2] == TEXT.split("\n")[::2]


@pytest.mark.parametrize(("most", "rest"), [("utf-8", "gbk"), ("gbk", "utf-8")])
def test_a_page_pasted_from_two_sources_is_read_line_by_line(most: str, rest: str) -> None:
    raw = (TEXT * 2).encode(most) + TEXT.encode(rest)
    assert decode_file(raw, "a.txt").text == TEXT * 3


def test_nul_bytes_among_utf8_change_nothing_else() -> None:
    assert decode_file(TEXT.encode().replace(b"\n", b"\0\n"), "a.txt").text == TEXT.replace("\n", "\0\n")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b" \n", "a 是空文件，已跳过。"),
        (b"\xef\xbb\xbf", "a 是空文件，已跳过。"),
        (b"\0" * 99, "a 是空文件，已跳过。"),
        (b"%PDF-1.7 \x00\x01", "a 是 PDF，暂不支持，请另存为文本（.txt、.md）；已跳过。"),
        (b"PK\x03\x04\x14\x00 word/document.xml", "a 是 DOCX，暂不支持，请另存为文本（.txt、.md）；已跳过。"),
        (b"PK\x03\x04\x14\x00 OFD.xml", "a 是 OFD，暂不支持，请另存为 PDF；已跳过。"),
        (b"PK\x03\x04\x14\x00 a.txt", "a 是 ZIP 压缩包，暂不支持，请另存为文本（.txt、.md）；已跳过。"),
        (b"\x89PNG\r\n\x1a\n", "a 是 PNG 图片，暂不支持，请另存为文本（.txt、.md）；已跳过。"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a 是 JPEG 图片，暂不支持，请另存为文本（.txt、.md）；已跳过。"),
        (b"{\\rtf1\\ansi", "a 是 RTF，暂不支持，请另存为 DOCX；已跳过。"),
        (b"\x00\x01\x02", "a 是二进制文件，不是文本；已跳过。"),
        (b"\xff\x80\x81\xff" * 10, "a 既不是 UTF-8 也不是 GB18030 编码的文本，请另存为 UTF-8；已跳过。"),
    ],
)
def test_what_is_no_text_is_refused_as_what_it_is(data: bytes, line: str) -> None:
    with pytest.raises(UserError) as refused:
        decode_file(data, "a")
    assert refused.value.zh == line


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_text_or_one_line(data: bytes) -> None:
    problem = ""
    try:
        decode_file(data, "a.txt").text.encode()
    except UserError as error:
        problem = error.zh
    assert "\n" not in problem


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cn", "Co")), min_size=1, max_size=80))
def test_whatever_utf8_holds_is_read_as_it_is(text: str) -> None:
    text = f"桥{text}"
    assert decode_file(text.encode(), "a.txt").text == text


# ---- names


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_name_on_disk_is_shown_whatever_its_encoding(encoding: str) -> None:
    assert readable_name(os.fsdecode("助餐通知.txt".encode(encoding))) == "助餐通知.txt"


def test_a_name_with_a_line_break_is_one_line() -> None:
    assert readable_name("助餐\n通\u200b知.txt") == "助餐 通知.txt"


def test_a_file_with_a_name_in_gbk_is_loaded_under_its_name(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/" + "助餐通知.txt".encode("gbk")
    with open(raw, "w", encoding="utf-8") as file:
        file.write("助餐\n\n午餐每份补贴5元。\n")
    (article,) = load_articles([tmp_path]).articles
    assert article.source == "助餐通知.txt"


def test_a_missing_file_with_a_name_in_gbk_is_told_by_its_name(tmp_path: Path) -> None:
    (problem,) = load_articles([tmp_path / os.fsdecode("助餐.txt".encode("gbk"))]).problems
    assert problem.zh == f"找不到 {tmp_path}/助餐.txt，请检查路径。"


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("<!DOCTYPE html><html><body><p>午餐5元。</p></body></html>", "a.txt", "HTML"),
        ("\ufeff\n<!-- 存档 -->\n<HTML>\n<p>午餐5元。</p></HTML>", "a.txt", "HTML"),
        ("<html><body>午餐5元。</body></html>", "a.md", "HTML"),
        ("<div><p>午餐5元。</p></div>", "a.txt", "HTML"),
        ('<?xml version="1.0"?><r>午餐5元。</r>', "a.txt", "XML"),
        ("MIME-Version: 1.0\nContent-Type: multipart/related\n\n午餐5元。", "a.txt", "MHTML"),
    ],
)
def test_a_page_of_the_web_is_told_whatever_its_name(text: str, name: str, kind: str) -> None:
    with pytest.raises(UserError, match=f"{name} 是 {kind}，暂不支持"):
        decode_file(text.encode(), name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<姓名>填写全名。", "a.txt"),
        ("网页以 <html> 开头。", "a.txt"),
        ("<p>午餐5元。</p>", "a.md"),
        ("说明：<div>不要改</div>", "a.txt"),
        ("<p 开头的编号是旧号。", "a.txt"),
    ],
)
def test_a_text_that_names_a_tag_is_a_text(text: str, name: str) -> None:
    assert decode_file(text.encode(), name).text == text


def test_a_line_that_goes_on_in_another_encoding_is_read_in_both() -> None:
    data = "每人每月补贴800".encode() + "元，由街道发放。\n".encode("gbk") + "午餐5元。\n".encode()
    assert decode_file(data, "a.txt").text == "每人每月补贴800元，由街道发放。\n午餐5元。\n"
