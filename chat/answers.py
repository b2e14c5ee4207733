"""A turn as Markdown and as plain text, and what is said of it and its sources wherever it is shown.

Addresses are relative to the chat's own page, so that it may be served below a path."""

import re
from collections.abc import Sequence
from itertools import islice
from urllib.parse import quote as quote_url

from chat.sources import MAX_PLACES
from chat.texts import kind_name, refusal_words, say
from chat.turns import CitedPlace, Label, Said, Turn
from desk.plain import set_apart
from rag.answering.refusals import date_words, refusal, state_facts, state_name, title_marks


def source_address(source: CitedPlace, among: Sequence[CitedPlace]) -> str:
    """The address of the article, this place first, then the other places of it that the turn cites."""
    same = (
        other
        for other in among
        if other.article.article_id == source.article.article_id and other.number != source.number
    )
    places = "&".join(f"at={place.start}-{place.end}" for place in (source, *islice(same, MAX_PLACES - 1)))
    return f"{article_address(source.article.article_id)}?{places}"


def short_answer_over(said: Said, before: Sequence[Said]) -> str:
    """The words of the short answer that the quoted sentence stands beneath; empty where there is none."""
    over = next((one for one in reversed(before) if not one.quoted), None)
    rests = over is not None and said.quoted and said.sources and set(said.sources) <= set(over.sources)
    return over.text if over is not None and rests else ""


def parted(text: str, short: str) -> list[str]:
    """The text cut where the words of the short answer stand in it: what stands between them."""
    words = short_words(short)
    return text.split(words) if words else [text]


def short_words(short: str) -> str:
    """The short answer without the stop at its end."""
    return short.rstrip("。；，")


def article_address(article_id: str) -> str:
    return f"article/{quote_url(article_id, safe='')}"


def facts_of(label: Label, lang: str = "zh") -> str:
    """Who speaks or reports, when, and the days on which a cited rule's state rests."""
    who = label.speaker or (say("reporter", lang, name=label.reporter) if label.reporter else "")
    told = state_facts(label.standing, lang) if label.standing else []
    return " · ".join(filter(None, (who, date_words(label.published), *told)))


def by_article(sources: Sequence[CitedPlace]) -> list[list[CitedPlace]]:
    """The cited places by article, in the order in which they are first cited."""
    found: dict[str, list[CitedPlace]] = {}
    for source in sources:
        found.setdefault(source.article.article_id, []).append(source)
    return list(found.values())


def shown_refusal(turn: Turn, lang: str) -> str:
    """The refusal without the nearest titles at its end, which stand under it as links. What is not one of our own
    refusals is shown as it is."""
    assert turn.status is not None
    own = refusal(turn.status)
    return refusal_words(turn.status, lang) if turn.note in ("", own) or turn.note.startswith(own) else turn.note


# ---------------------------------------------------------------- to take away


def plain_text(turn: Turn) -> str:
    """Question, answer with markers, and the numbered sources: what is copied."""
    lines = [set_apart(turn.question), ""]
    lines += [set_apart(said.text) + "".join(f"[{s.number}]" for s in said.sources) for said in turn.said]
    lines += [set_apart(line) for line in (turn.problem or turn.note,) if line]
    lines += [f"· {set_apart(choice.label)}" for choice in turn.choices]
    if turn.sources:
        lines += ["", f"{say('sources')}："]
        lines += [f"[{s.number}] {source_line(s)}：“{set_apart(s.quote)}”" for s in turn.sources]
    return "\n".join(lines)


def source_line(source: CitedPlace) -> str:
    label = source.article
    who = label.speaker or (say("reporter", name=label.reporter) if label.reporter else "")
    page = say("page", number=source.page) if source.page else ""
    states = [state_name(label.standing.state), *state_facts(label.standing)] if label.standing else []
    facts = "，".join(filter(None, (kind_name(label.kind), who, date_words(label.published), *states, page)))
    return set_apart(f"{title_marks(label.title)}（{facts}）")


def conversation_markdown(title: str, turns: Sequence[Turn], day: str) -> str:
    """The conversation with numbered sources under each answer. Signs that Markdown would read are kept as text."""
    lines = [f"# {markdown_text(title)}", "", say("exported", day=day), ""]
    for turn in turns:
        lines += [f"## {markdown_text(turn.question)}", ""]
        if turn.within:
            lines += [markdown_text(say("asked_within", title=title_marks(turn.within.title))), ""]
        for said in turn.said:
            quoted = f"{say('quoted')}：" if said.quoted else ""
            marks = "".join(f"\\[{s.number}\\]" for s in said.sources)
            lines += [f"{quoted}{markdown_text(said.text)}{marks}", ""]
        if words := turn.problem or turn.note:
            lines += [f"> {markdown_text(words)}", ""]
        if turn.choices:
            lines += [*(f"- {markdown_text(choice.label)}" for choice in turn.choices), ""]
        if turn.sources:
            lines += [f"{say('sources')}：", ""]
            for s in turn.sources:
                lines += [f"{s.number}. {markdown_text(source_line(s))}", f"   > {markdown_text(s.quote)}", ""]
    return "\n".join(lines).rstrip() + "\n"


def markdown_text(text: str) -> str:
    """One line in which no sign of Markdown or HTML, and no bracketed number, has a meaning."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&])", r"\\\1", " ".join(set_apart(text).split()))
