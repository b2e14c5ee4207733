"""Articles as plain values, as the index, the desk's database and `python -m rag articles --json` keep them."""

from collections.abc import Mapping
from typing import Any

from rag.datatypes import Article, Kind, PageStart, Span


def article_to_json(article: Article) -> dict[str, Any]:
    """The article as plain values without its structure, spans as [start, end] pairs; `article_from_json` is its inverse. What
    only some articles have stands there only where it is known: the others keep the digest that they had."""
    extra = {
        "issuer": article.issuer,
        "number": article.number,
        "effective": article.effective,
        "expires": article.expires,
        "pages": [list(page) for page in article.pages] or None,
        "copies": list(article.copies) or None,
        "uncertain": [list(span) for span in article.uncertain] or None,
    }
    return {
        "id": article.id,
        "title": article.title,
        "kicker": article.kicker,
        "subtitle": article.subtitle,
        "section": article.section,
        "kind": article.kind.value,
        "speaker": article.speaker,
        "speaker_role": article.speaker_role,
        "reporter": article.reporter,
        "published": article.published,
        "source": article.source,
        "text": article.text,
        "paragraphs": [list(span) for span in article.paragraphs],
        **{name: value for name, value in extra.items() if value is not None},
    }


def article_from_json(values: Mapping[str, Any]) -> Article:
    fields = dict(values)
    fields["kind"] = Kind(fields["kind"])
    fields["paragraphs"] = tuple(Span(*pair) for pair in fields["paragraphs"])
    fields["pages"] = tuple(PageStart(*pair) for pair in fields.get("pages", ()))
    fields["copies"] = tuple(fields.get("copies", ()))
    fields["uncertain"] = tuple(Span(*pair) for pair in fields.get("uncertain", ()))
    return Article(**fields)
