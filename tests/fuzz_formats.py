"""Malformed files of the formats that offices use, read: `python -m tests.fuzz_formats [--times 1000] [--seed 1]` prints what became
of them, and exits 1 where one was neither read nor refused, had more lines than one, took longer than LIMIT, or cost another its reading.

Each file is made from a whole one of ours: cut, damaged, doubled, emptied, packed anew with a part that is cut, nested or enormous,
under a password, under another format's name; all are read in one run, as a folder is.
"""

import argparse
import io
import random
import struct
import sys
import tempfile
import time
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import openpyxl

from rag.reading.files import load_articles
from tests.fuzz_files import LIMIT, Outcome, cut, damage, double, random_bytes, recode
from tests.office_files import column, docx, item, p, package, pdf, row, table

Change = Callable[[bytes, random.Random], bytes]

TITLE = "柳溪镇关于第{number}号渡口停渡的通知"
LINES = (
    "各村（居）委会：",
    "因检修，渡口自2026年4月1日起停渡二十日，请改乘白苇桥公交车。",
    "一、票价",
    "公交车票价2元，持老年证的免费。",
    "联系电话：0300-8600177。",
)
HUGE = 250_000_000  # bytes: more than any part may have


def make_docx(number: int) -> bytes:
    words = [p(TITLE.format(number=number), style="t"), *map(p, LINES), item("老人先上船。", 1)]
    return docx("".join(words) + table(row("船型", "票价"), row("大船", "2元")), footnotes="", header1=p("柳溪镇文件"))


def make_pdf(number: int) -> bytes:
    return pdf(column(90, 90, TITLE.format(number=number), *LINES), column(90, 90, *LINES[1:]))


def make_xlsx(number: int) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for values in ([TITLE.format(number=number)], ["船型", "票价"], ["大船", 2], ["小船", 1.5]):
        sheet.append(values)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def make_csv(number: int) -> bytes:
    return f"渡口,票价\r\n{number}号渡口,2元\r\n白苇渡口,3元\r\n".encode()


def make_html(number: int) -> bytes:
    body = "".join(f"<p>{line}</p>" for line in LINES)
    title = TITLE.format(number=number)
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1><div>{body}"
        "<table><tr><td>船型<td>票价<tr><td>大船<td>2元</table></div></body></html>"
    ).encode()


def make_mhtml(number: int) -> bytes:
    head = 'From: <saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
    return f"{head}Content-Type: text/html; charset=utf-8\r\n\r\n{make_html(number).decode()}\r\n--b--\r\n".encode()


def make_zip(number: int) -> bytes:
    return package(
        {"通知.docx": make_docx(number), "表.xlsx": make_xlsx(number), "说明.txt": f"{number}号渡口\n\n渡口停渡。\n"}
    )


def make_png(number: int) -> bytes:
    return png(8, 8 + number % 8)


def png(width: int, height: int) -> bytes:
    """A grey picture, as wide and as high as it says, whatever is in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x80" * min(width, 64)) * min(height, 64))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


MAKERS: Mapping[str, Callable[[int], bytes]] = {
    ".docx": make_docx, ".pdf": make_pdf, ".xlsx": make_xlsx, ".csv": make_csv, ".html": make_html, ".mhtml": make_mhtml,
    ".zip": make_zip, ".png": make_png,
}  # fmt: skip


# ---------------------------------------------------------------- what is done to them


def empty(data: bytes, chance: random.Random) -> bytes:
    return chance.choice((b"", b"\0" * 3000, b" \r\n", data[:4], b"\xef\xbb\xbf"))


def front(data: bytes, chance: random.Random) -> bytes:
    return chance.choice((b"\0\0", b"\r\n", b"MZ\x90\0", b"PK\x03\x04", b"%PDF-1.7\n", b"<html>")) + data


def password(data: bytes, chance: random.Random) -> bytes:
    """As a password makes it: an Office file in the old wrapping, a ZIP with its flag, a PDF with a dictionary of its own."""
    if data.startswith(b"%PDF"):
        locked = b"/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -4/O<" + b"61" * 32 + b">/U<" + b"62" * 32 + b">>>"
        return data.replace(b"/Root 1 0 R", b"/Root 1 0 R/ID[<00><00>]" + locked)
    if not data.startswith(b"PK"):
        return data
    if chance.random() < 0.5:
        return (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000 + "EncryptedPackage".encode("utf-16-le") + b"\1" * 9000
        )
    return data.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )


def damage_part(data: bytes, chance: random.Random) -> bytes:
    """Packed anew with one of its parts changed, so that the package itself is whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as whole:
            parts: dict[str, str | bytes] = {entry.filename: whole.read(entry) for entry in whole.infolist()}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError, ValueError):
        return damage(data, chance)
    name = chance.choice(sorted(parts))
    part = parts[name]
    inside = part.encode() if isinstance(part, str) else part
    change = chance.choice((cut, damage, double, nest_elements, entities, empty, random_bytes))
    parts[name] = change(inside, chance)
    if chance.random() < 0.1:
        del parts[name]
    return package(parts)


def nest_elements(data: bytes, chance: random.Random) -> bytes:
    depth = chance.choice((500, 20_000))
    tag = chance.choice((b"w:tbl", b"w:p", b"div", b"table", b"td", b"ul", b"b"))
    place = data.find(b">", chance.randrange(len(data) + 1)) + 1
    return data[:place] + b"<%b>" % tag * depth + data[place:] + chance.choice((b"", b"</%b>" % tag * depth))


def entities(data: bytes, chance: random.Random) -> bytes:
    """Entities that grow tenfold each, and one that asks for a file."""
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "河"><!ENTITY f SYSTEM "file:///etc/passwd">{grown}]>'
    return head.encode() + data.replace(b"</w:t>", chance.choice((b"&e9;", b"&f;")) + b"</w:t>").replace(
        b"</p>", b"&e9;&f;</p>"
    )


def other_name(data: bytes, chance: random.Random) -> bytes:
    """Another format's content under this name."""
    return MAKERS[chance.choice(sorted(MAKERS))](chance.randrange(10**6, 10**7))


CHANGES: tuple[Change, ...] = (
    cut, cut, damage, double, empty, front, password, damage_part, damage_part, nest_elements, entities, random_bytes, recode,
    other_name,
)  # fmt: skip


# ---------------------------------------------------------------- enormous ones


@cache
def bombs() -> Mapping[str, bytes]:
    """Files that unpack to more than anybody wants to read, by name."""
    blanks = b" " * HUGE
    loop = pdf(column(90, 90, *LINES)).replace(b"/Count 1/Kids[8 0 R]", b"/Count 9/Kids[2 0 R]")
    packed = zlib.compress(b"0 0 m 9 9 l S\n" * 8_000_000)
    drawn = b"<</Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (len(packed), packed)
    page = pdf(column(90, 90, LINES[1]))
    start, end = page.index(b"7 0 obj\n") + 8, page.index(b"\nendobj\n8 0 obj")
    nested = make_zip(1)
    for _ in range(5):
        nested = package({"包.zip": nested})
    return {
        "bomb.zip": package({"全.txt": blanks}),
        "bomb.docx": package({"word/document.xml": blanks}),
        "bomb.xlsx": package({"xl/workbook.xml": blanks}),
        "deep.zip": nested,
        "many.zip": package({f"{n}.txt": "甲" for n in range(2100)}),
        "bomb.png": png(60_000, 60_000),
        "loop.pdf": loop,
        "drawn.pdf": page[:start] + drawn + page[end:],
        "deep.html": b"<html><body>" + b"<div>" * 200_000 + "停渡".encode(),
        "wide.csv": (",".join(["甲"] * 40_000) + "\n").encode() * 20,
        "quotes.csv": b'"' * 2_000_000,
        "long.html": b"<html><body><p>" + "渡口停渡，".encode() * 300_000,
    }


# ---------------------------------------------------------------- reading them


def make_files(times: int, seed: int, folder: Path, suffixes: Sequence[str] = tuple(MAKERS)) -> None:
    """So many files in the folder; the same seed makes the same."""
    for number in range(times):
        chance = random.Random(f"{seed}-{number}")
        suffix = suffixes[number % len(suffixes)]
        data = MAKERS[suffix](number)
        for change in chance.sample(CHANGES, chance.choice((1, 1, 2))):
            data = change(data, chance)[:6_000_000]
        (folder / f"{number:05}{suffix}").write_bytes(data)


def read_folder(folder: Path, limit: float = LIMIT) -> Outcome:
    """What became of the folder's files, and of a good one that is read last. `limit`: seconds a file; more on a busy machine."""
    (folder / "~.txt").write_text("青石桥通车\n\n青石桥昨日建成通车。\n", "utf-8")
    outcome, took = Outcome(), dict[str, float]()
    begun = time.perf_counter()

    def done(name: str) -> None:
        nonlocal begun
        took[name], begun = time.perf_counter() - begun, time.perf_counter()

    loaded = load_articles([folder], advance=done)
    lines: dict[str, list[str]] = defaultdict(list)
    for problem in loaded.problems:
        lines[problem.zh.partition(" ")[0]].append(problem.zh)
    read = {article.source for article in loaded.articles}
    told = read | set(lines) | {out.source for out in loaded.left_out}
    for name in took:
        own = {source for source in told if source == name or source.startswith(f"{name}/")}
        outcome.read += bool(own & read)
        faults = [f"{took[name]:.1f} s"] if took[name] > limit else []
        faults += [f"{source}: {said}" for source in own if len(said := lines[source]) > 1 or "\n" in "".join(said)]
        faults += ["neither read nor refused"] if not own else []
        outcome.failed += [f"{name}: {fault}" for fault in faults]
        outcome.refused.update(said.partition(" ")[2][:14] for source in own for said in lines[source])
    outcome.slowest = max(took.values())
    if "~.txt" not in read:
        outcome.failed.append("the good file beside them is lost")
    return outcome


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz_formats", description="Malformed office files, read.")
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        make_files(options.times, options.seed, Path(made))
        for name, data in bombs().items():
            Path(made, name).write_bytes(data)
        outcome = read_folder(Path(made))
    print("\n".join(outcome.failed[:50]))
    print(outcome)
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main())
