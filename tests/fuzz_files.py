"""Malformed files, read: `python -m tests.fuzz_files [--times 1000] [--seed 1]` prints what became of them, and exits 1 where one was
neither read nor refused in one line, took longer than LIMIT, or held words that are in no article and not told as left out.

Each file is made from pages of our own: cut, doubled, shuffled, in mixed encodings, with lines of a megabyte, nested marks, random
bytes; three such changes at most, one upon the other.
"""

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.reading.decoding import decode_file
from rag.reading.draft_article import iso_date
from rag.reading.files import Contents, load_articles, read_contents
from rag.reading.passages import MAX_CHARACTERS, split_articles
from rag.text.normalization import LINE_ENDS, normalize

LIMIT = 5.0  # seconds a file
PAGES = tuple(
    sorted((Path(__file__).parent.parent / "eval" / "pages").glob("*.txt"))
    + sorted((Path(__file__).parent.parent / "index" / "articles").glob("*.txt"))
)
GUIDE = """# 柳林市老年人助餐指南

## 联系方式
1. 电话：0300-8600123
2. 地点：柳林路**6号**

| 餐别 | 补贴 |
|---|---|
| 午餐 | 5元 |
| 晚餐 | 3元 |

> 详见[办法](https://example.invalid/a)。<!-- 待核 -->
"""
ODD = "\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e\u200b\u00ad\u2060\ufeff\u202e\U000e0041\ufe0f\u0301⻓⻔𠀀👨‍👩‍👧\0\x07"
MARKS = (
    "> ",
    "- ",
    "1. ",
    "#",
    "*",
    "**",
    "[",
    "](",
    "<!--",
    "-->",
    "<div>",
    "`",
    "|",
    "【",
    "（",
    "“",
    "《",
    "— 2 —",
    "---\n",
)


@dataclass
class Outcome:
    """What became of the files."""

    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def __str__(self) -> str:
        causes = "，".join(f"{cause} {n}" for cause, n in self.refused.most_common())
        return f"{self.read} read, {self.refused.total()} refused ({causes}), {len(self.failed)} failed, slowest {self.slowest:.1f} s"


def fuzz(times: int, seed: int, folder: Path) -> Outcome:
    """Make and read so many files. The same seed makes the same files."""
    outcome = Outcome()
    for number in range(times):
        chance = random.Random(f"{seed}-{number}")
        suffix = chance.choice((".txt", ".txt", ".md"))
        path = folder / f"{number}{suffix}"
        path.write_bytes(make_file(chance))
        (folder / "good.txt").write_text("青石桥通车\n\n青石桥昨日建成通车。\n", "utf-8")
        judge(path, f"seed {seed}, file {number}{suffix}", outcome)
        path.unlink()
    return outcome


def judge(path: Path, name: str, outcome: Outcome) -> None:
    begun = time.perf_counter()
    try:
        loaded = load_articles([path, path.parent / "good.txt"])
        passages = split_articles(loaded.articles)
    except Exception as error:
        outcome.failed.append(f"{name}: {type(error).__name__}: {error}")
        return
    seconds = time.perf_counter() - begun
    outcome.slowest = max(outcome.slowest, seconds)
    lines = [problem.zh for problem in loaded.problems]
    faults = []
    if seconds > LIMIT:
        faults.append(f"{seconds:.1f} s")
    if loaded.articles[-1].title != "青石桥通车":
        faults.append("the good file beside it is lost")
    if len(lines) > 1 or any("\n" in line for line in lines):
        faults.append(f"{len(lines)} lines")
    if bool(lines) == (len(loaded.articles) > 1):
        faults.append("neither read nor refused")
    if any(len(passage.text) > MAX_CHARACTERS for passage in passages):
        faults.append("a passage is too long")
    for article in loaded.articles:
        article.text.encode()
        if any(article.text[s.start : s.end].strip() != article.text[s.start : s.end] for s in article.paragraphs):
            faults.append("a paragraph has blanks at its ends")
    if not lines and (gone := lost_words(path)):
        faults.append(f"lost: {gone[:5]}")
    outcome.failed += [f"{name}: {fault}" for fault in faults]
    outcome.refused.update(re.sub(r"^\S+ |\d+ MB", "", line)[:12] for line in lines)
    outcome.read += not lines


def lost_words(path: Path) -> list[str]:
    """Words of a plain text that are neither in an article nor among what is left out."""
    if path.suffix == ".md":
        return []
    text = decode_file(path.read_bytes(), path.name).text
    return [] if text.startswith("---") else missing_words(text, read_contents(text, path.name))


def missing_words(text: str, contents: Contents) -> list[str]:
    """The runs of letters and digits of `text` that nothing in `contents` holds. (A date alone on a line is the article's.)"""
    told = [out.text for out in contents.left_out]
    for a in contents.articles:
        told += [
            a.text,
            a.title,
            *(
                fact or ""
                for fact in (a.kicker, a.subtitle, a.section, a.speaker, a.speaker_role, a.reporter, a.issuer, a.number)
            ),
        ]
    held = re.sub(r"[\W_]+", "", normalize("\n".join(told)))
    dated = {article.published for article in contents.articles}
    lines = [line for line in re.split(f"[{LINE_ENDS}]", text) if iso_date(line) not in dated - {None}]
    return [run for run in re.findall(r"[^\W_]+", normalize("\n".join(lines))) if run not in held]


# ---------------------------------------------------------------- making files


def make_file(chance: random.Random) -> bytes:
    text = chance.choice((*[page.read_text("utf-8") for page in PAGES], GUIDE, GUIDE * 20))
    data = text.encode()
    for change in chance.sample(CHANGES, chance.randint(1, 3)):
        data = change(data, chance)[:6_000_000]
    return data


def cut(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[start : start + chance.randrange(len(data) + 1)]


def double(data: bytes, chance: random.Random) -> bytes:
    return data * chance.choice((2, 3, 40))


def shuffle_lines(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


def shuffle_characters(data: bytes, chance: random.Random) -> bytes:
    characters = list(data.decode("utf-8", "replace"))[:200_000]
    chance.shuffle(characters)
    return "".join(characters).encode()


def recode(data: bytes, chance: random.Random) -> bytes:
    encoding = chance.choice(("gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "big5"))
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def mix(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    return b"\n".join(
        line if chance.random() < 0.5 else line.decode("utf-8", "replace").encode("gb18030", "replace")
        for line in lines
    )


def damage(data: bytes, chance: random.Random) -> bytes:
    raw = bytearray(data)
    for _ in range(chance.choice((1, 3, 50)) if raw else 0):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw)


def one_line(data: bytes, chance: random.Random) -> bytes:
    """All on one line of a megabyte or less."""
    joined = data.replace(b"\n", chance.choice((b"", b" ", "　".encode())))
    return (joined * (1_000_000 // (len(joined) + 1) + 1))[: chance.choice((20_000, 1_000_000))]


def without_marks(data: bytes, chance: random.Random) -> bytes:
    return re.sub(r"[，。；：、！？]", "", data.decode("utf-8", "replace")).encode()


def nest(data: bytes, chance: random.Random) -> bytes:
    marks = "".join(chance.choice(MARKS) for _ in range(chance.choice((5, 100, 2000))))
    place = chance.randrange(len(data) + 1)
    return data[:place] + (marks * chance.choice((1, 50))).encode()[:200_000] + data[place:]


def sow(data: bytes, chance: random.Random) -> bytes:
    """Odd characters between any two."""
    text = list(data.decode("utf-8", "replace"))
    for _ in range(chance.choice((3, 300))):
        text.insert(chance.randrange(len(text) + 1), chance.choice(ODD))
    return "".join(text).encode()


def random_bytes(data: bytes, chance: random.Random) -> bytes:
    raw = chance.randbytes(chance.choice((10, 1000, 100_000)))
    return raw if chance.random() < 0.5 else data + raw


def repeat_line(data: bytes, chance: random.Random) -> bytes:
    line = chance.choice(data.split(b"\n"))[:200]
    return data + b"\n" + (line + b"\n") * chance.choice((10, 3000))


def front(data: bytes, chance: random.Random) -> bytes:
    return (
        b"---\ntitle: "
        + chance.randbytes(4)
        + b"\nkind: "
        + chance.choice((b"policy", b"poem", b""))
        + b"\n---\n"
        + data
    )


CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    cut, double, shuffle_lines, shuffle_characters, recode, mix, damage, one_line, without_marks, nest, sow, random_bytes, repeat_line,
    front,
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz_files", description="Malformed files, read.")
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        outcome = fuzz(options.times, options.seed, Path(folder))
    print("\n".join(outcome.failed[:50]))
    print(outcome)
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main())
