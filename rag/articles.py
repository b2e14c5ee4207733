"""Files -> articles. Knows how a newspaper page reads as plain text; knows nothing of passages, models or indexes.

A page's text is a run of lines: headlines, bylines, credits and paragraphs that the columns cut anywhere, even inside
a word. Three steps make articles of it:

    text --lines, hard wraps undone--> blocks, and what each looks like (`rag.blocks`) --one pass (`rag.page`)--> articles

A text file with one article is a page with one headline; a Markdown file brings its facts in its front matter.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rag.blocks import IMPRINT
from rag.datatypes import Article, Kind, Span
from rag.draft_article import DraftArticle, kind_of, take_imprint
from rag.errors import UserError
from rag.page import parse_page

MAX_BYTES = 20_000_000
SUFFIXES = {".txt", ".md", ".markdown", ".text"}
ISO_DATE = re.compile(r"(\d{4})(?:-(\d{2})-(\d{2}))?")


@dataclass(frozen=True, slots=True)
class LoadedArticles:
    """What the files held, and one error for each file that could not be read."""

    articles: tuple[Article, ...]
    problems: tuple[UserError, ...]


def load_articles(
    paths: Iterable[str | Path], published: str | None = None, advance: Callable[[Path], object] = lambda _: None
) -> LoadedArticles:
    """Articles of the files and folders in `paths`, in order; the same article twice counts once.

    `published` (`2026` or `2026-01-20`) is the page's own date: it gives a year to dates that have none, and a date
    to articles without one. A file that cannot be read becomes a problem, and the rest is loaded.
    """
    if published is not None and not ISO_DATE.fullmatch(published):
        raise UserError(
            f"日期“{published}”无法识别，请写成 2026 或 2026-01-20。",
            f"The date {published!r} is not understood; write 2026 or 2026-01-20.",
        )
    articles: dict[str, Article] = {}
    problems: list[UserError] = []
    for path in _files(paths, problems):
        try:
            for article in read_articles(decode(path.read_bytes(), path.name), path.name):
                dated = replace(article, published=complete_date(article.published, published))
                articles.setdefault(dated.id, dated)
        except UserError as error:
            problems.append(error)
        except OSError as error:
            problems.append(UserError(f"无法读取 {path}：{error.strerror}。", f"Cannot read {path}: {error.strerror}."))
        advance(path)
    return LoadedArticles(tuple(articles.values()), tuple(problems))


def _files(paths: Iterable[str | Path], problems: list[UserError]) -> list[Path]:
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES)
        elif path.exists():
            found.append(path)
        else:
            problems.append(UserError(f"找不到 {path}，请检查路径。", f"{path} does not exist; check the path."))
    return found


def decode(data: bytes, name: str) -> str:
    """The file's text: UTF-8, UTF-16 with its mark, or GB18030. UserError where it is none, empty or enormous."""
    if not data.strip():
        raise UserError(f"{name} 是空文件，已跳过。", f"{name} is empty; skipped.")
    if len(data) > MAX_BYTES:
        raise UserError(
            f"{name} 有 {len(data) / 1e6:.0f} MB，超过 {MAX_BYTES / 1e6:.0f} MB，请拆分后再试；已跳过。",
            f"{name} has {len(data) / 1e6:.0f} MB, more than {MAX_BYTES / 1e6:.0f} MB; split it. Skipped.",
        )
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not utf16 and b"\0" in data:
        raise UserError(f"{name} 是二进制文件，不是文本；已跳过。", f"{name} is a binary file, not text; skipped.")
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(c < " " and c not in "\t\r\n\f\v" for c in text) + sum("\ue000" <= c <= "\uf8ff" for c in text)
        if strange <= len(text) // 100:
            return text
    raise UserError(
        f"{name} 既不是 UTF-8 也不是 GB18030 编码的文本，请另存为 UTF-8；已跳过。",
        f"{name} is neither UTF-8 nor GB18030 text; save it as UTF-8. Skipped.",
    )


def read_articles(text: str, source: str) -> list[Article]:
    """The articles of one file's text. `source` names the file in them. UserError where the text holds none."""
    front, body_start = split_front_matter(text)
    if front is not None or source.lower().endswith((".md", ".markdown")):
        drafts = [_markdown_article(front or {}, text, body_start)]
    else:
        drafts = parse_page(text)
    articles = [_finish(draft, text, source) for draft in drafts if draft.paragraphs]
    if not articles:
        raise UserError(
            f"{source} 中没有找到文章正文；已跳过。",
            f"{source} holds no paragraph that belongs to an article; skipped.",
        )
    return articles


def _finish(draft: DraftArticle, source_text: str, source: str) -> Article:
    parts = [join_pieces(source_text, pieces) for pieces in draft.paragraphs]
    spans: list[Span] = []
    start = 0
    for part in parts:
        spans.append(Span(start, start + len(part)))
        start += len(part) + 1
    text = "\n".join(parts)
    title = draft.title or derive_title(parts[0])
    return Article(
        id=make_article_id(title, text),
        title=title,
        kind=draft.kind,
        source=source,
        text=text,
        paragraphs=tuple(spans),
        kicker=draft.kicker,
        subtitle=draft.subtitle,
        section=draft.section,
        speaker=draft.speaker,
        speaker_role=draft.speaker_role,
        reporter=draft.reporter,
        published=draft.published,
    )


def make_article_id(title: str, *content: str) -> str:
    """A readable id that the content decides: the title's first characters and a digest of all."""
    digest = hashlib.sha256("\0".join((title, *content)).encode()).hexdigest()[:8]
    return f"{''.join(c for c in title if c.isalnum())[:12]}-{digest}"


def join_pieces(text: str, pieces: Sequence[Span]) -> str:
    """A paragraph whole again. Chinese needs nothing between two pieces; two Latin words need their space."""
    joined = ""
    for piece in pieces:
        more = text[piece.start : piece.end]
        latin = joined[-1:].isascii() and joined[-1:].isalpha() and more[:1].isascii() and more[:1].isalpha()
        joined += (" " if latin else "") + more
    return joined


def derive_title(paragraph: str) -> str:
    """A title for an article that has none (most captions): its first clause, without 图为."""
    after = paragraph.split("图为", 1)[-1] if "图为" in paragraph else paragraph
    clause = re.split(r"[。！？；\n]", after)[0]
    if len(clause) > 30:
        clause = re.split(r"[，,、]", clause)[0][:30]
    return clause.strip() or paragraph[:20]


def complete_date(found: str | None, page_date: str | None) -> str | None:
    """`--01-16` with the page's date or year -> `2026-01-16`; no date -> the page's, where it is a whole date.
    A day later in the year than the page belongs to the year before."""
    if page_date is None or (found is not None and not found.startswith("--")):
        return found
    if found is None:
        return page_date if len(page_date) == 10 else None
    year = int(page_date[:4])
    if len(page_date) == 10 and found[2:] > page_date[5:]:
        year -= 1
    return f"{year}-{found[2:]}"


FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
FRONT_LINE = re.compile(r"([A-Za-z_]+)\s*:\s*(.*)")


def split_front_matter(text: str) -> tuple[dict[str, str] | None, int]:
    """The `key: value` lines between two `---` at the top, and where the body begins; (None, 0) without them."""
    match = FRONT_MATTER.match(text)
    if not match:
        return None, 0
    lines = filter(None, (FRONT_LINE.fullmatch(line.strip()) for line in match[1].splitlines()))
    return {m[1].lower(): m[2].strip().strip("\"'") for m in lines}, match.end()


HEADING = re.compile(r"#{1,6}[ \t]+(?P<words>(?:.*[^ \t#])?)[ \t#]*$")
LIST_MARK = re.compile(r"(?:>[ \t]?|[-*+][ \t]+)")


def _markdown_article(front: dict[str, str], text: str, start: int) -> DraftArticle:
    """One article: facts from the front matter, paragraphs between blank lines, the first heading as its title."""
    article = DraftArticle(title=front.get("title", ""))
    fresh = True
    for match in re.finditer(r"[^\n]*\n?", text[start:]):
        line = match[0].strip()
        begin = start + match.start() + match[0].find(line) if line else 0
        heading = HEADING.fullmatch(line)
        if not line:
            fresh = True
        elif heading and not article.title:
            article.title = heading["words"]
        elif heading:
            article.paragraphs.append([Span(begin + heading.start("words"), begin + heading.end("words"))])
            fresh = True
        elif not article.paragraphs and IMPRINT.fullmatch(line):
            take_imprint(article, line)
        else:
            mark = LIST_MARK.match(line)
            piece = Span(begin + (mark.end() if mark else 0), begin + len(line))
            if fresh or mark:
                article.paragraphs.append([piece])
            else:
                article.paragraphs[-1].append(piece)
            fresh = False
    for name in ("kicker", "subtitle", "section", "speaker", "speaker_role", "reporter", "published"):
        setattr(article, name, front.get(name) or getattr(article, name))
    article.published = front.get("published") or front.get("date") or article.published
    kind = front.get("kind", "")
    if kind and kind not in set(Kind):
        raise UserError(
            f"kind: {kind} 无法识别，应为 {'、'.join(Kind)} 之一。", f"kind: {kind} is not one of {', '.join(Kind)}."
        )
    texts = [join_pieces(text, pieces) for pieces in article.paragraphs]
    article.kind = Kind(kind) if kind else kind_of(article, texts) if texts else Kind.NEWS
    return article
