"""Files -> drafts: what was understood of an upload, and what staff made of it. Knows no web."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from rag.datatypes import NOT_TOLD, Article, Kind, PageStart, Span
from rag.errors import UserError
from rag.reading.article_json import article_from_json, article_to_json
from rag.reading.files import LoadedArticles, make_article_id, read_files

RULED = ("effective", "expires")  # days on which staff rule, whatever the text tells
FACTS = (
    "kicker",
    "subtitle",
    "section",
    "speaker",
    "speaker_role",
    "reporter",
    "published",
    "issuer",
    "number",
    *RULED,
)
LONGEST_FACT = 300
ARTICLE_DATE = re.compile(r"(?:\d{4}|-)-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


def read_uploads(files: Iterable[tuple[str, bytes]], published: str = "") -> LoadedArticles:
    """The articles of uploaded files, given by name and bytes; what cannot be read is told. UserError where the date is none."""
    return read_files(((name, lambda data=data: data) for name, data in files), published or None)  # type: ignore[misc]


def correct_article(article: Article, fields: Mapping[str, str]) -> Article:
    """The article with the fields of a form: facts, and `text` with a paragraph on each line.

    Its id is made of all of it, so that a corrected fact is another article and the old one stays as it was cited.
    UserError where the title or the text is empty, or the date or the kind is none.
    """
    title = " ".join(fields.get("title", "").split())
    paragraphs = [line.strip() for line in fields.get("text", "").splitlines() if line.strip()]
    if not title or not paragraphs:
        raise UserError("标题和正文不能为空。", "The title and the text must not be empty.")
    if fields.get("kind") not in set(Kind):
        raise UserError("请选择类别。", "Choose a kind.")
    facts = {name: " ".join(fields.get(name, "").split())[:LONGEST_FACT] or None for name in FACTS}
    if facts["published"] and not ARTICLE_DATE.fullmatch(facts["published"]):
        raise UserError(
            "日期请写成 2026-01-20，不知道年份时写成 --01-20。",
            "Write the date as 2026-01-20, without a year as --01-20.",
        )
    for name in RULED:
        facts[name] = ruled_day(facts[name])
    if facts["effective"] and facts["expires"] and NOT_TOLD != facts["expires"] < facts["effective"]:
        raise UserError("有效期早于施行日期。", "It would end before it begins.")
    spans: list[Span] = []
    start = 0
    for paragraph in paragraphs:
        spans.append(Span(start, start + len(paragraph)))
        start += len(paragraph) + 1
    text = "\n".join(paragraphs)
    values = article_to_json(article) | facts
    values |= {"title": title, "kind": fields["kind"], "text": text, "paragraphs": spans}
    values |= {"pages": list(pages_kept(article, paragraphs, spans))}
    values |= {"uncertain": list(uncertain_kept(article, paragraphs, spans))}
    corrected = article_from_json(values)
    if corrected == article:
        raise UserError("内容没有改动。", "Nothing was changed.")
    content = [str(value) for name, value in article_to_json(corrected).items() if name not in ("id", "title")]
    return replace(corrected, id=make_article_id(title, *content))


def ruled_day(typed: str | None) -> str | None:
    """The day on which staff have ruled, or that the text tells none; None where they have not. UserError for what is no day."""
    if not typed or typed in ("无", NOT_TOLD):
        return typed and NOT_TOLD
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        raise UserError(
            f"日期“{typed}”无法识别：请写成 2026-04-01，文中没有就写“无”，照正文就留空。",
            f"{typed!r} is no day: write 2026-04-01, - where there is none, nothing to go by the text.",
        ) from None


def uncertain_kept(article: Article, paragraphs: Sequence[str], spans: Sequence[Span]) -> Iterator[Span]:
    """What is still uncertain in a corrected text: what was so in a paragraph that is as it was; the others a person has read."""
    known = {article.text[span.start : span.end]: span.start for span in article.paragraphs}
    for words, span in zip(paragraphs, spans, strict=True):
        if words in known:
            by = span.start - known[words]
            for start, end in article.uncertain:
                if span.start <= start + by and end + by <= span.end:
                    yield Span(start + by, end + by)


def pages_kept(article: Article, paragraphs: Sequence[str], spans: Sequence[Span]) -> Iterator[PageStart]:
    """Where the pages begin in a corrected text: a paragraph that is as it was stands on its page, another on that of the one
    above it."""
    known = {article.text[span.start : span.end]: article.page_at(span.start) for span in article.paragraphs}
    last = None
    for words, span in zip(paragraphs, spans, strict=True):
        page = known.get(words)
        if page is not None and page != last:
            yield PageStart(span.start, page)
            last = page
