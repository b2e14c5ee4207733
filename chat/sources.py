"""An article with its cited words marked, and the list of articles with its search."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

from chat.texts import kind_name, say
from rag.answering.refusals import date_words
from rag.datatypes import Article, Kind, Span

MAX_PLACES = 40  # marked in one article


def places_from(values: Iterable[str], length: int) -> list[Span]:
    """The spans written `start-end` that lie in a text of this length; anything else is passed over."""
    spans: list[Span] = []
    for value in list(values)[:MAX_PLACES]:
        match = re.fullmatch(r"([0-9]{1,9})-([0-9]{1,9})", value)
        if match and int(match[1]) < int(match[2]) <= length:
            spans.append(Span(int(match[1]), int(match[2])))
    return spans


def article_html(article: Article, places: Sequence[Span] = (), lang: str = "zh", *, heading: str = "h2") -> str:
    """The whole article; the first place is marked as the one meant, the others as cited too."""
    kicker = f'<p class="kicker">{escape(article.kicker)}</p>' if article.kicker else ""
    subtitle = f'<p class="subtitle">{escape(article.subtitle)}</p>' if article.subtitle else ""
    return (
        f'<article class="whole" lang="zh-CN" data-id="{escape(article.id)}" data-title="{escape(article.title)}">'
        f"<header>{kicker}<{heading}>{escape(article.title)}</{heading}>{subtitle}{byline_html(article, lang)}</header>"
        f"{text_html(article.text, article.paragraphs, places)}"
        f'<footer><p class="hint">{escape(say("from_file", lang, source=article.source))}</p></footer></article>'
    )


def byline_html(article: Article, lang: str = "zh") -> str:
    """Kind, section, who speaks and who reports, and when: all that is known."""
    speaker = f"{article.speaker_role or ''}{article.speaker}" if article.speaker else ""
    reporter = say("reporter", lang, name=article.reporter) if article.reporter else ""
    facts = " · ".join(
        filter(
            None, (article.section, speaker, reporter, article.issuer, article.number, date_words(article.published))
        )
    )
    chip = f'<span class="chip {article.kind.value}">{kind_name(article.kind, lang)}</span>'
    return f'<p class="facts">{chip}{escape(facts)}</p>'


def text_html(text: str, paragraphs: Sequence[Span], places: Sequence[Span]) -> str:
    """The text in its paragraphs with the places marked, each character once however the places overlap."""
    whole = paragraphs or (Span(0, len(text)),)
    lines = "".join(f"<p>{marked_html(text, Span(*paragraph), places)}</p>" for paragraph in whole)
    # The first mark of the place meant is where the page scrolls to.
    return lines.replace('<mark class="here">', '<mark class="here" id="cited" tabindex="-1">', 1)


def marked_html(text: str, part: Span, places: Sequence[Span]) -> str:
    edges = {part.start, part.end}
    edges |= {edge for place in places for edge in place if part.start < edge < part.end}
    cuts = sorted(edges)
    pieces: list[str] = []
    for start, end in pairwise(cuts):
        covering = [number for number, place in enumerate(places) if place.start <= start and end <= place.end]
        piece = escape(text[start:end])
        if covering:
            piece = f'<mark class="here">{piece}</mark>' if covering[0] == 0 else f"<mark>{piece}</mark>"
        pieces.append(piece)
    return "".join(pieces)


def find_articles(articles: Iterable[Article], words: str, kind: Kind | None) -> list[Article]:
    """Those of the kind that hold every word; titles and names before texts, else in the order given, newest first."""
    wanted = words.casefold().split()
    ranked: list[tuple[int, Article]] = []
    for article in sorted(articles, key=lambda article: article.published or "", reverse=True):
        if kind is not None and article.kind is not kind:
            continue
        named = " ".join(
            filter(None, (article.title, article.kicker, article.subtitle, article.speaker, article.reporter))
        ).casefold()
        if all(word in named for word in wanted):
            ranked.append((0, article))
        elif all(word in named or word in article.text.casefold() for word in wanted):
            ranked.append((1, article))
    return [article for _, article in sorted(ranked, key=lambda pair: pair[0])]
