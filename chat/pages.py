"""The whole pages. Each is complete as the server sends it; scripts add the conversation, the source panel and larger
text. What they look like stands in `chat/templates`, one file a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from chat.rendering import render
from chat.service import MAX_QUESTION
from chat.sources import Piece, Table, marked
from chat.turns import Label, Turn, label_of
from desk.log import StoredAnswer, StoredCitation
from rag.datatypes import Article, Kind, Match, Span, Status

PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Look:
    """How a reader wants pages, and what the operator wants on them."""

    lang: str = "zh"
    big: bool = False
    contact: str = ""
    root: str = ""  # "../" on a page one step below

    @property
    def home(self) -> str:
        """The address of the chat's own page."""
        return self.root or "./"

    def page(self, template: str, **values: Any) -> str:
        return render(template, self.lang, look=self, max_question=MAX_QUESTION, **values)


def chat_page(
    look: Look, count: int, examples: Sequence[str], within: Article | None = None, without_model: bool = False
) -> str:
    """`without_model`: the local model could not be loaded, and the page says what that means for answers."""
    return look.page("chat.html", count=count, examples=examples, within=within, without_model=without_model)


def articles_page(look: Look, found: Sequence[Article], words: str, kind: Kind | None, number: int) -> str:
    """The list of articles. `found` are those that fit; `number` is the page of them, from 1."""
    last = max(1, -(-len(found) // PER_PAGE))
    number = min(max(1, number), last)
    shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    steps = [
        (name, urlencode({"q": words, "kind": kind or "", "page": to}))
        for name, to in (("earlier", number - 1), ("later", number + 1))
        if 1 <= to <= last
    ]
    labels = [*map(label_of, shown)]
    return look.page("articles.html", labels=labels, words=words, kind=kind, kinds=Kind, count=len(found), steps=steps)


def article_page(look: Look, article: Article | None, places: Sequence[Span] = ()) -> str:
    return look.page("article.html", article=article, places=places)


def me_page(look: Look, description: str = "", matches: Sequence[Match] | None = None, problem: str = "") -> str:
    """The form, and under it what was found; `matches` is None before anything was asked."""
    return look.page("me.html", description=description, matches=matches, problem=problem)


def me_while_matching(look: Look, description: str) -> tuple[str, str]:
    """The page up to where what is found will stand, and the rest of it: it is sent as it comes."""
    before, _, after = me_page(look, description).rpartition("</main>")
    return before, "</main>" + after


def api_page(look: Look, described: Mapping[str, Any], problems: Mapping[str, object]) -> str:
    """The interface for programs as people read it. `described`: its OpenAPI; `problems`: what may go wrong, by code."""
    return look.page("api.html", described=described, problems=problems)


@dataclass(frozen=True, slots=True)
class StoredSource:
    """A source as it was when the answer was stored."""

    number: int
    label: Label
    quote: str
    paragraphs: list[list[Piece] | Table]


def shared_page(look: Look, stored: StoredAnswer | None) -> str:
    """A stored answer with its sources as they were, whole; None where there is none."""
    if stored is None:
        return look.page("shared.html", stored=None)
    cited = {citation.number: citation for sentence in stored.sentences for citation in sentence.citations}
    turn = Turn(stored.question, status=Status(stored.status), note=stored.note or "")
    sources = [_stored_source(cited[number]) for number in sorted(cited)]
    return look.page("shared.html", stored=stored, turn=turn, cited=sources)


def _stored_source(citation: StoredCitation) -> StoredSource:
    kind, published = Kind(citation.kind), citation.published or ""
    label = Label(
        citation.article_id,
        citation.title,
        kind,
        citation.speaker or "",
        published=published,
        standing=citation.standing,
    )
    text, place = citation.article_text, Span(citation.start, citation.end)
    paragraphs = marked(text, lines_of(text), [place], scrolls=False)
    return StoredSource(citation.number, label, citation.quote, paragraphs)


def lines_of(text: str) -> list[Span]:
    """The lines that are not empty."""
    at, lines = 0, []
    for line in text.split("\n"):
        if line:
            lines.append(Span(at, at + len(line)))
        at += len(line) + 1
    return lines


def printed_page(look: Look, title: str, turns: Sequence[Turn], day: str) -> str:
    """A conversation on paper: numbered sources with their words under each answer, nothing to press."""
    return look.page("printed.html", heading=title, turns=turns, day=day)
