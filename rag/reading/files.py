"""Files -> articles. Knows how a newspaper page reads as plain text; knows nothing of passages, models or indexes.

A page's text is a run of lines: headlines, bylines, credits and paragraphs that the columns cut anywhere, even inside
a word. Three steps make articles of it:

    bytes --(`rag.reading.decoding`)--> text --page furniture left out (`rag.reading.furniture`), hard wraps undone--> blocks, and what each
    looks like (`rag.reading.lines`) --one pass (`rag.reading.page`)--> articles --what none of them holds put back or told (`rag.reading.leftovers`)

A Markdown file (`rag.reading.markdown`) brings its facts in its front matter. Nothing that a reader of the file would see is dropped: it is in an article, or among what is left out, and why.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from rag.datatypes import Article, Kind, LeftOut, PageStart, Span, Why
from rag.errors import UserError
from rag.reading.apart import Apart
from rag.reading.archive import files_in
from rag.reading.decoding import readable_name, too_large
from rag.reading.document import read_document
from rag.reading.doubles import without_doubles
from rag.reading.draft_article import POLICY_TITLE, DraftArticle, kind_of, take_imprint
from rag.reading.file_kind import kind_of_file
from rag.reading.formats import MAX_BYTES, OTHERS, SUFFIXES, read_format
from rag.reading.leftovers import account_for
from rag.reading.lines import DATELINE, IMPRINT, blocks, without_furniture
from rag.reading.markdown import read_markdown, split_front_matter
from rag.reading.marked import HALF, UNSEEN, MarkedText, code_points
from rag.reading.marked_article import marked_article, moved_spans, page_starts
from rag.reading.page import parse_page
from rag.text.normalization import LINE_ENDS, ends_sentence

ISO_DATE = re.compile(r"[1-9]\d{3}(?:-\d{2}-\d{2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class LoadedArticles:
    """What the files held, one error for each file that could not be read, one warning for each that is damaged, and what
    of the files is in no article."""

    articles: tuple[Article, ...]
    problems: tuple[UserError, ...]
    warnings: tuple[UserError, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """What one file holds. `warnings`: what of it could not be read."""

    articles: tuple[Article, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[UserError, ...] = ()


def is_iso_date(text: str) -> bool:
    """Whether the text is a year or a day of the calendar: 2026, 2026-01-20."""
    if not ISO_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text if len(text) > len("2026") else f"{text}-01-01")
    except ValueError:
        return False
    return True


def load_articles(
    paths: Iterable[str | Path],
    published: str | None = None,
    advance: Callable[[str], object] = lambda _: None,
    recognised: Path | None = None,
) -> LoadedArticles:
    """Articles of the files and folders in `paths`, in order; the same article twice counts once.

    `published` (`2026` or `2026-01-20`) is the page's own date: it gives a year to dates that have none, and a date
    to articles without one. A file that cannot be read becomes a problem, and the rest is loaded.
    """
    problems: list[UserError] = []
    files = _files(paths, problems)
    named = ((readable_name(path.name), partial(read_bytes, path)) for path in files)
    loaded = read_files(named, published, advance, recognised)
    return replace(loaded, problems=(*problems, *loaded.problems))


def read_files(
    files: Iterable[tuple[str, Callable[[], bytes]]],
    published: str | None = None,
    advance: Callable[[str], object] = lambda _: None,
    recognised: Path | None = None,
) -> LoadedArticles:
    """Articles of files given by their names and what reads their bytes, as `load_articles` gives them."""
    if published is not None and not is_iso_date(published):
        raise UserError(
            f"日期“{published}”无法识别，请写成 2026 或 2026-01-20。",
            f"The date {published!r} is not understood; write 2026 or 2026-01-20.",
        )
    articles: list[Article] = []
    problems: list[UserError] = []
    warnings: list[UserError] = []
    left_out: list[LeftOut] = []
    given = [*files]
    for (name, _), loaded in zip(given, read_each(given, published, recognised), strict=True):
        articles += loaded.articles
        problems += loaded.problems
        warnings += loaded.warnings
        left_out += loaded.left_out
        advance(name)
    return LoadedArticles(tuple(without_doubles(articles)), tuple(problems), tuple(warnings), tuple(left_out))


def read_each(
    files: Iterable[tuple[str, Callable[[], bytes]]], published: str | None = None, recognised: Path | None = None
) -> Iterator[LoadedArticles]:
    """What each of the files holds, one after the other. `recognised`: where the pages of scans are kept once they are read."""
    with Apart(recognised=recognised) as apart:
        for name, read in files:
            yield _read_one(name, read, apart, published)


def _read_one(name: str, read: Callable[[], bytes], apart: Apart, published: str | None) -> LoadedArticles:
    articles: dict[str, Article] = {}
    problems: list[UserError] = []
    warnings: list[UserError] = []
    left_out: list[LeftOut] = []
    for inner, data in _inner_files(name, read):
        try:
            if isinstance(data, UserError):
                raise data
            contents = read_file(data, inner, apart, published)
        except UserError as error:
            problems.append(error)
            continue
        for article in contents.articles:
            articles.setdefault(article.id, article)
        left_out += contents.left_out
        warnings += contents.warnings
    return LoadedArticles(tuple(articles.values()), tuple(problems), tuple(warnings), tuple(left_out))


def _inner_files(name: str, read: Callable[[], bytes]) -> Iterator[tuple[str, bytes | UserError]]:
    """The file, or those in it; what cannot be opened as its error."""
    try:
        yield from files_in(read(), name)
    except UserError as error:
        yield name, error


def _files(paths: Iterable[str | Path], problems: list[UserError]) -> list[Path]:
    """The files to read. In a folder: all whose suffix is a document's; what they are their content tells."""
    found: list[Path] = []
    for path in paths:
        if not str(path):
            problems.append(
                UserError("路径是空的，请写出文件或文件夹。", "The path is empty; name a file or a folder.")
            )
        elif Path(path).is_dir():
            found += texts_of(Path(path), problems)
        else:
            found.append(Path(path))
    return found


def texts_of(folder: Path, problems: list[UserError]) -> list[Path]:
    """The files of the folder that are documents by their suffix, in order; that there is none becomes a problem."""
    inside = sorted((p for p in folder.rglob("*") if not p.is_dir()), key=os.fsencode)
    texts = [p for p in inside if p.suffix.lower() in SUFFIXES | OTHERS]
    if not texts:
        where, kinds_read = readable_name(folder), "、".join(sorted(SUFFIXES))
        problems.append(
            UserError(f"{where} 里没有可读的文件（{kinds_read}）。", f"{where} holds no file to read ({kinds_read}).")
        )
    return texts


def read_bytes(path: Path) -> bytes:
    """The file's bytes. UserError where it is no regular file (a pipe, a device: it may never end), or enormous."""
    where = readable_name(path)
    if not path.exists():
        raise UserError(f"找不到 {where}，请检查路径。", f"{where} does not exist; check the path.")
    if not path.is_file():
        raise UserError(f"{where} 不是普通文件；已跳过。", f"{where} is no regular file; skipped.")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise too_large(readable_name(path.name), path.stat().st_size, MAX_BYTES)
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"无法读取 {where}：{error.strerror}。", f"Cannot read {where}: {error.strerror}.") from None


def read_file(data: bytes, name: str, apart: Apart, published: str | None = None) -> Contents:
    """The articles of one file of any format, its page dated `published` (as in `load_articles`). UserError where it cannot be
    read, or holds no article."""
    marked = read_format(data, name, apart)
    unmarked = not marked.marks and not marked.facts  # the format says no more than plain text does
    lines = marked.flat or unmarked
    contents = read_contents(marked.text, name, marked.pages, marked.uncertain) if lines else read_marked(marked, name)
    told = tuple(LeftOut(name, *out) for out in marked.left_out) if lines else ()
    dated = (replace(article, published=complete_date(article.published, published)) for article in contents.articles)
    return Contents(tuple(dated), (*told, *contents.left_out), (*marked.warnings, *contents.warnings))


def read_articles(text: str, source: str) -> list[Article]:
    """The articles of one file's text. `source` names the file in them. UserError where the text holds none."""
    return list(read_contents(text, source).articles)


LINE_END = re.compile(f"\r\n|[{LINE_ENDS.replace(chr(12), '')}]")  # a form feed ends a page too


def read_contents(text: str, source: str, pages: Sequence[PageStart] = (), uncertain: Sequence[Span] = ()) -> Contents:
    """The articles of one file's text, and what of it is in none. UserError where the text holds no article."""
    text = HALF.sub("\ufffd", LINE_END.sub("\n", text.removeprefix("\ufeff")))
    left_out = [
        LeftOut(source, number, code_points("".join(found)), Why.UNSEEN)
        for number, line in enumerate(re.split(r"[\n\f]", text), start=1)
        if (found := UNSEEN.findall(line))
    ]
    text = UNSEEN.sub("", text)
    front, body = split_front_matter(text)
    if front is not None or source.lower().endswith((".md", ".markdown")):
        draft, shown, more = _markdown_article(front or {}, text, body)
        drafts = [draft] if draft.paragraphs else []
        left_out += [LeftOut(source, line, words, why) for line, words, why in more]
    else:
        shown = text
        drafts, rests = account_for(text, *_read_text(text))
        left_out += [LeftOut(source, rest.line, rest.text, why) for rest, why in rests]
    if not drafts:
        raise _no_article(source)
    return Contents(tuple(_finish(draft, shown, source, pages, uncertain) for draft in drafts), tuple(left_out))


def read_marked(marked: MarkedText, source: str) -> Contents:
    """The article of a text whose paragraphs are known. UserError where it holds none."""
    draft, left_out = marked_article(marked)
    if draft is None:
        raise _no_article(source)
    return Contents(
        (_finish(draft, marked.text, source, marked.pages, marked.uncertain),),
        tuple(LeftOut(source, *out) for out in left_out),
    )


def _no_article(source: str) -> UserError:
    return UserError(
        f"{source} 中没有找到文章正文；已跳过。",
        f"{source} holds no paragraph that belongs to an article; skipped.",
    )


def _read_text(text: str) -> tuple[list[DraftArticle], Mapping[int, Why]]:
    """The articles of a text by what kind of file it is, and by where they begin the lines that it is known to leave out."""
    if kind_of_file(blocks(text)).is_one_text:
        read = read_document(text)
        if read.article.paragraphs:
            return [read.article], read.left_out
    return parse_page(text), {}


def _finish(
    draft: DraftArticle, source_text: str, source: str, pages: Sequence[PageStart], uncertain: Sequence[Span]
) -> Article:
    parts = [join_pieces(source_text, pieces) for pieces in draft.paragraphs]
    spans: list[Span] = []
    start = 0
    for part in parts:
        spans.append(Span(start, start + len(part)))
        start += len(part) + 1
    text = "\n".join(parts)
    title = draft.title or derive_title(parts[0])
    ruled = not draft.title and draft.kind is Kind.NEWS and POLICY_TITLE.search(title) and not DATELINE.match(parts[0])
    return Article(
        id=make_article_id(title, text),
        title=title,
        kind=Kind.POLICY if ruled else draft.kind,
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
        issuer=draft.issuer,
        number=draft.number,
        pages=tuple(page_starts(draft.paragraphs, spans, pages)),
        uncertain=tuple(moved_spans(draft.paragraphs, spans, uncertain)),
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


# What a text on one line begins with: 某部 某局关于……的通知, or words that a blank sets apart.
_DOCUMENT = r"(?:通知|公告|通告|通报|意见|决定|办法|细则|规定|方案|条例|批复|命令|报告|请示|函)"
LEADING_TITLE = re.compile(
    rf"(?:[^。！？；，,\s]{{1,30}}[ \u3000]){{0,4}}[^。！？；，,\s“《]{{0,40}}?关于[^。！？；\n]{{2,80}}?的{_DOCUMENT}(?![》”的])|"
    r"(?:【[^】]{1,20}】)?[^。！？；，,：:\s]{6,45}(?=[ \u3000])"
)


BEGINS_RULES = re.compile(r"[ \u3000](?:第一[条章]|一、)")
UNMARKED_TITLE = re.compile(
    r"[^。！？；，：!?;,:\n]{4,60}"
)  # of a Markdown text: its first line, where no heading is marked


def derive_title(paragraph: str) -> str:
    """A title for an article that has none: of a text on one line the words that lead it, otherwise (most captions) its first
    clause, without 图为."""
    on_one_line = len(paragraph) > 100 or BEGINS_RULES.search(paragraph)
    if on_one_line and not DATELINE.match(paragraph) and (leading := LEADING_TITLE.match(paragraph)):
        return leading[0]
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


FACTS = ("kicker", "subtitle", "section", "speaker", "speaker_role", "reporter", "published", "issuer", "number")


def _markdown_article(
    front: dict[str, str], text: str, start: int
) -> tuple[DraftArticle, str, list[tuple[int, str, Why]]]:
    """One article with its facts from the front matter, the plain text that its paragraphs are spans of, and what is left out
    as (line, words, why)."""
    above = text.count("\n", 0, start) + 1
    lines, furniture = without_furniture(text[start:])
    plain = read_markdown("\n".join(line for _, line in lines), front.get("title", ""))
    left_out = [(number + above, words, Why.PAGE) for number, words in furniture]
    left_out += [(lines[line][0] + above, words, why) for line, words, why in plain.left_out]
    article = DraftArticle(title=plain.title)
    paragraphs = plain.paragraphs
    if not paragraphs and ends_sentence(plain.title):  # the whole article in one heading
        article.title, paragraphs = "", [plain.title]
    elif not plain.title and len(paragraphs) > 1 and UNMARKED_TITLE.fullmatch(paragraphs[0]):
        article.title = paragraphs.pop(0)
    while paragraphs and IMPRINT.fullmatch(paragraphs[0]):
        take_imprint(article, paragraphs[0])
        left_out.append((above, paragraphs.pop(0), Why.CREDIT))
    end = -1
    for paragraph in paragraphs:
        article.paragraphs.append([Span(end + 1, end := end + 1 + len(paragraph))])
    for name in FACTS:
        setattr(article, name, front.get(name) or getattr(article, name))
    article.published = front.get("published") or front.get("date") or article.published
    unknown = front.keys() - {"title", "kind", "date", *FACTS}
    left_out += [(1, f"{key}: {front[key]}", Why.FIELD) for key in sorted(unknown) if front[key]]
    kind = front.get("kind", "")
    if kind and kind not in set(Kind):
        raise UserError(
            f"kind: {kind} 无法识别，应为 {'、'.join(Kind)} 之一。", f"kind: {kind} is not one of {', '.join(Kind)}."
        )
    article.kind = Kind(kind) if kind else kind_of(article, paragraphs) if paragraphs else Kind.NEWS
    return article, "\n".join(paragraphs), left_out
