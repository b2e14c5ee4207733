"""Bytes -> text: which encoding a file is in, how much of it is damaged, and what it is where it is no text. Reads no disk.

Encodings are told by their mark, by UTF-8's strict make, or by which reading gives the most ordinary characters; a
damaged byte costs itself and no more.
"""

import io
import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from rag.errors import UserError
from rag.text.normalization import INVISIBLE, LINE_ENDS

MAX_BYTES = 20_000_000  # of a text
SAMPLE_BYTES = 60_000  # of a long file: its beginning, its middle and its end
LEAST_MEANT = 2  # signs of three bytes each, one behind the other: no chance
SHORT = 64  # bytes: in a longer text UTF-8's make is no chance
MOST_STRANGE = 0.3  # of all characters: what reads worse than this is no text
REPLACEMENT = "\ufffd"

BLANK = b" \t\r\n\f\v\0\xef\xbb\xbf\xff\xfe"  # a file of nothing but these, or of a mark alone, is empty

# Longest mark first: UTF-32's begins with UTF-16's.
MARKS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# How files of other kinds begin, as file(1) knows them.
FORMATS = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "DOC、XLS、PPT 或 WPS"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG\r\n", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"II*\0", "TIFF 图片"),
    (b"MM\0*", "TIFF 图片"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"Rar!\x1a\x07", "RAR 压缩包"),
    (b"\x1f\x8b\x08", "gzip 压缩包"),
    (b"SQLite format 3\0", "SQLite 数据库"),
    (b"\x7fELF", "程序"),
    (b"MZ\x90\0", "程序"),
)
ZIP = "ZIP 压缩包"
LOCKED = "EncryptedPackage".encode("utf-16-le")  # a DOCX or XLSX with a password is wrapped in the old format
# What a ZIP is by the names of the files in it.
IN_ZIP = (
    (b"word/document.xml", "DOCX"),
    (b"xl/workbook", "XLSX"),
    (b"ppt/presentation", "PPTX"),
    (b"OFD.xml", "OFD"),
    (b"META-INF/container.xml", "EPUB"),
    (b"content.xml", "ODT"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text. `damaged`: how many places could not be read and stand in it as U+FFFD."""

    text: str
    encoding: str
    damaged: int

    def warning(self, name: str) -> UserError | None:
        if not self.damaged:
            return None
        return UserError(
            f"{name} 有 {self.damaged} 处字节损坏，已用“{REPLACEMENT}”代替，其余照常读入。",
            f"{name}: {self.damaged} damaged places are shown as “{REPLACEMENT}”; the rest is read.",
        )


def decode_file(data: bytes, name: str, markup: bool = False) -> Decoded:
    """The text of a file's bytes. UserError where they are none, too many, or no text; `markup`: the source of a page of the
    web is text too."""
    if not data.strip(BLANK):
        raise UserError(f"{name} 是空文件，已跳过。", f"{name} is empty; skipped.")
    if len(data) > MAX_BYTES:
        raise too_large(name, len(data))
    if kind := format_of(data):
        raise not_supported(name, kind)
    for mark, encoding in MARKS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace")
            break
    else:
        encoding = _encoding_of(data)
        text = _by_lines(data, encoding) if encoding in OTHER else data.decode(encoding, "replace")
    if min(_strangeness(_sample(data), encoding), rarity(text[: 3 * SAMPLE_BYTES])) > MOST_STRANGE:
        raise _no_text(name, data)
    if not markup and (kind := markup_of(text, name)):
        raise not_supported(name, kind)
    return Decoded(text, encoding, text.count(REPLACEMENT))


def format_of(data: bytes) -> str | None:
    """What the file seems to be where it is of a kind that is no text: `PDF`, `DOCX`…"""
    kind = next((kind for magic, kind in FORMATS if data.startswith(magic)), None)
    if kind == "ZIP":
        return _kind_of_zip(data)
    if kind and LOCKED in data:
        return "有打开密码的 Office 文件"
    return kind


def _kind_of_zip(data: bytes) -> str:
    """By the names of the files in it; where its list of names is lost, by what stands in its bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = [entry.filename.encode("utf-8", "replace") for entry in package.infolist()]
        return next((inner for sign, inner in IN_ZIP if any(name.startswith(sign) for name in names)), ZIP)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return next((inner for sign, inner in IN_ZIP if sign in data), ZIP)


# How a page of the web begins, and what of it may stand under .txt without the page around it.
_PROLOG = r"\s*+(?:(?:<\?xml[^>]{0,200}\?>|<!--(?:(?!-->)[^\0]){0,2000}-->)\s*+){0,4}"
HTML_PAGE = re.compile(rf"{_PROLOG}<(?:!doctype\s{{1,20}}html|html|head|body)(?=[\s>])", re.IGNORECASE)
HTML_PART = re.compile(
    rf"{_PROLOG}<(?:meta|title|link|script|style|div|p|table|ul|ol|h[1-6]|section|article|main|nav|header|center|font|span)(?=[\s>])",
    re.IGNORECASE,
)
CLOSING_TAG = re.compile(r"</[a-z][a-z0-9]{0,9}>", re.IGNORECASE)
XML = re.compile(r"\s{0,20}<\?xml\s")
MHTML = re.compile(
    r"(?:[A-Za-z-]{1,40}:[^\n]{0,400}\n(?:[ \t][^\n]{0,400}\n){0,9}){1,12}?Content-Type:\s{0,4}multipart/related",
    re.IGNORECASE,
)
BEGINNING = 10_000  # characters that show what a text is


def markup_of(text: str, name: str) -> str | None:
    """What the text is where it is the source of another kind of document: `HTML`, `XML`… Markdown may hold pieces of HTML."""
    start = text[:BEGINNING].removeprefix("\ufeff").replace("\r\n", "\n")
    in_part = not name.lower().endswith((".md", ".markdown")) and HTML_PART.match(start)
    if HTML_PAGE.match(start) or (in_part and CLOSING_TAG.search(start)):
        return "HTML"
    if XML.match(start):
        return "XML"
    return "MHTML" if MHTML.match(start) else None


def too_large(name: str, size: int, most: int = MAX_BYTES) -> UserError:
    """`size`, `most`: bytes."""
    return UserError(
        f"{name} 有 {size / 1e6:.0f} MB，超过 {most / 1e6:.0f} MB，请拆分后再试；已跳过。",
        f"{name} has {size / 1e6:.0f} MB, more than {most / 1e6:.0f} MB; split it. Skipped.",
    )


# What a file of a kind that is not read can be saved as.
SAVE_AS = {
    "DOC": "DOCX", "WPS": "DOCX", "RTF": "DOCX", "ODT": "DOCX", "DOC、XLS、PPT 或 WPS": "DOCX", "XLS": "XLSX",
    "PPT": "PDF", "PPTX": "PDF", "OFD": "PDF", "CAJ": "PDF", "EPUB": "PDF",
    "有打开密码的 Office 文件": "没有密码的文件", "7z 压缩包": "ZIP", "RAR 压缩包": "ZIP", "gzip 压缩包": "ZIP",
}  # fmt: skip


def not_supported(name: str, kind: str) -> UserError:
    into = SAVE_AS.get(kind)
    return UserError(
        f"{name} 是 {kind}，暂不支持，请另存为{f' {into}' if into else '文本（.txt、.md）'}；已跳过。",
        f"{name} is {kind}, which is not supported; save it as {into or 'text (.txt, .md)'}. Skipped.",
    )


def readable_name(path: Path | str | bytes) -> str:
    """The name in characters that can be shown and stored: a name on disk that is no UTF-8 is read as GB18030."""
    raw = os.fsencode(path)
    for encoding in ("utf-8", "gb18030"):
        try:
            name = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        name = raw.decode("utf-8", "replace")
    return re.sub(f"[{LINE_ENDS}]", " ", re.sub(f"[{INVISIBLE}]", "", name))


def _no_text(name: str, data: bytes) -> UserError:
    if b"\0" in data:
        return UserError(f"{name} 是二进制文件，不是文本；已跳过。", f"{name} is a binary file, not text; skipped.")
    return UserError(
        f"{name} 既不是 UTF-8 也不是 GB18030 编码的文本，请另存为 UTF-8；已跳过。",
        f"{name} is neither UTF-8 nor GB18030 text; save it as UTF-8. Skipped.",
    )


CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]")


def _ordinary() -> re.Pattern[str]:
    """What Chinese documents are made of: GB 2312, Big5's frequent characters, and ASCII that can be printed."""
    found = {chr(code) for code in (9, 10, 12, 13, *range(0x20, 0x7F))}
    rows = (
        ("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF)),
        ("big5", range(0xA1, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF))),
    )
    for encoding, leads, trails in rows:
        found |= set("".join(bytes((a, b)).decode(encoding, "ignore") for a in leads for b in trails))
    return re.compile(f"[{re.escape(''.join(sorted(found)))}]")


ORDINARY = _ordinary()


OTHER = {"utf-8": "gb18030", "gb18030": "utf-8"}  # encodings in which a line break is a byte of its own


def _encoding_of(data: bytes) -> str:
    """The encoding of bytes without a mark."""
    if b"\0" in data or not _decodes(data, "utf-8"):
        return _likeliest(_sample(data))
    # A word or two of GBK may keep UTF-8's strict make by chance (通知): its signs would be neither Western nor Chinese.
    strange = [c for c in data.decode("utf-8") if c > "\xff"] if len(data) <= SHORT else []
    by_chance = bool(strange) and max(strange) < "\u0800" and not _reads_as_well(data, "utf-8", "gb18030")
    return "gb18030" if by_chance else "utf-8"


def _sample(data: bytes) -> bytes:
    if len(data) <= 3 * SAMPLE_BYTES:
        return data
    middle, end = len(data) // 4 * 2, len(data) // 4 * 4 - SAMPLE_BYTES  # UTF-16 counts in pairs, UTF-32 in fours
    return data[:SAMPLE_BYTES] + data[middle // 4 * 4 :][:SAMPLE_BYTES] + data[end:]


def _likeliest(data: bytes) -> str:
    """The encoding that reads the fewest strange characters; the first of equals."""
    encodings = ("utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be")
    return min(encodings, key=lambda encoding: _strangeness(data, encoding))


def _strangeness(data: bytes, encoding: str) -> float:
    """The share of the characters that are none, or none that documents are made of: from 0 to 1."""
    text = data.decode(encoding, "replace")
    if encoding in ("big5", "gb18030", "utf-16-le", "utf-16-be"):
        return rarity(text)
    return (text.count(REPLACEMENT) + len(CONTROL.findall(text))) / max(len(text), 1)  # its make says that it is meant


def rarity(text: str) -> float:
    """The share of a text's characters that documents are not made of, from 0 to 1."""
    return 1 - len(ORDINARY.findall(text)) / max(len(text), 1)


def _reads_as_well(data: bytes, encoding: str, other: str) -> bool:
    return rarity(data.decode(encoding, "replace")) <= rarity(data.decode(other, "replace"))


def _by_lines(data: bytes, encoding: str) -> str:
    """Each line in the file's encoding or, where it reads better so, in the other one: a page pasted from two sources."""
    if encoding == "utf-8" and _decodes(data, encoding):
        return data.decode(encoding)
    return "\n".join(_decode_line(line, encoding) for line in data.split(b"\n"))


def _decode_line(line: bytes, encoding: str) -> str:
    other = OTHER[encoding]
    if not (_decodes(line, encoding) and (encoding == "utf-8" or not _decodes(line, "utf-8"))):
        encoding = encoding if _reads_as_well(line, encoding, other) else other
        text = line.decode(encoding, "replace")
        mixed = _mixed(line)
        return mixed if mixed is not None and rarity(mixed) <= rarity(text) else text
    return line.decode(encoding, "replace")


def _mixed(line: bytes) -> str | None:
    """A line that begins in UTF-8 and goes on in GB18030; None where it is none."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        head = line[: error.start].decode("utf-8")
    else:
        return None
    while head and not ORDINARY.match(head[-1]):
        head = head[:-1]  # two bytes of GB 18030 that make a sign of UTF-8 by chance
    tail = line[len(head.encode()) :]
    meant = sum(c >= "\u0800" for c in head) >= LEAST_MEANT and not any("\x7f" < c < "\u0800" for c in head)
    damaged = len(tail) <= 3 or any(c >= "\u0800" for c in tail.decode("utf-8", "ignore"))  # and in UTF-8 all the same
    return head + tail.decode("gb18030") if meant and not damaged and _decodes(tail, "gb18030") else None


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
