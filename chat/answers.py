"""A turn as HTML, as Markdown and as plain text. The parts stand apart because they are shown as they come:
sentences one by one, the rest at the end.

[n] is ours: wherever a text of a source is shown, its own bracketed numbers are set apart from our markers (`set_apart`).
Addresses are relative to the chat's own page, so that it may be served below a path."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice
from urllib.parse import quote as quote_url

from chat.sources import MAX_PLACES
from chat.texts import kind_name, refusal_words, say
from chat.turns import CitedPlace, Label, Said, Turn
from desk.plain import set_apart
from rag.answering.refusals import REFUSALS, date_words, refusal, title_marks
from rag.datatypes import Kind, Status

ICONS = {  # drawn here, so that no picture is fetched
    "copy": '<rect x="8" y="8" width="12" height="12" rx="2"/><path d="M4 16V6a2 2 0 0 1 2-2h10"/>',
    "share": '<circle cx="6" cy="12" r="2.5"/><circle cx="17" cy="6" r="2.5"/><circle cx="17" cy="18" r="2.5"/>'
    '<path d="M8.3 10.8l6.4-3.6M8.3 13.2l6.4 3.6"/>',
    "good": '<path d="M7 11v9H4v-9zM7 11l4-7c1.7 0 2.5 1 2.2 2.6L12.6 10H18a2 2 0 0 1 2 2.4l-1.3 6A2 2 0 0 1 16.7 20H7"/>',
    "bad": '<path d="M17 13V4h3v9zM17 13l-4 7c-1.7 0-2.5-1-2.2-2.6l.6-3.4H6a2 2 0 0 1-2-2.4l1.3-6A2 2 0 0 1 7.3 4H17"/>',
    "retry": '<path d="M5 12a7 7 0 1 0 2-5L4.5 9.5M4.5 4.5v5h5"/>',
}


# ---------------------------------------------------------------- parts


def sentence_html(said: Said, among: Sequence[CitedPlace], lang: str = "zh") -> str:
    """The sentence with its markers; `among` are the turn's sources so far."""
    markers = "".join(marker_html(source, among, lang) for source in said.sources)
    return f'<p class="sentence">{quoted_chip(lang) if said.quoted else ""}{plain_html(said.text)}{markers}</p>'


def plain_html(text: str) -> str:
    """The text as HTML in which nothing looks like a marker of ours."""
    return escape(set_apart(text))


def quoted_chip(lang: str = "zh") -> str:
    return f'<span class="chip quoted" title="{escape(say("quoted_title", lang))}">{say("quoted", lang)}</span>'


def marker_html(source: CitedPlace, among: Sequence[CitedPlace], lang: str = "zh") -> str:
    name = plain_html(say("marker", lang, number=source.number, title=title_marks(source.article.title)))
    return (
        f'<a class="marker" href="{escape(source_address(source, among))}" data-source="{source.number}" '
        f'data-title="{plain_html(source.article.title)}" data-quote="{plain_html(source.quote)}" aria-label="{name}">'
        f"[{source.number}]</a>"
    )


def source_address(source: CitedPlace, among: Sequence[CitedPlace]) -> str:
    """The address of the article, this place first, then the other places of it that the turn cites."""
    same = (
        other
        for other in among
        if other.article.article_id == source.article.article_id and other.number != source.number
    )
    places = "&".join(f"at={place.start}-{place.end}" for place in (source, *islice(same, MAX_PLACES - 1)))
    return f"{article_address(source.article.article_id)}?{places}"


def article_address(article_id: str) -> str:
    return f"article/{quote_url(article_id, safe='')}"


def facts_html(label: Label, lang: str = "zh") -> str:
    """What kind of article it is, who speaks or reports, and when."""
    who = label.speaker or (say("reporter", lang, name=label.reporter) if label.reporter else "")
    facts = " · ".join(filter(None, (who, date_words(label.published))))
    chip = f'<span class="chip {label.kind.value}">{kind_name(label.kind, lang)}</span>'
    return f'<span class="facts">{chip}{plain_html(facts)}</span>'


def sources_html(sources: Sequence[CitedPlace], lang: str = "zh") -> str:
    """The cited places by article, each a link with its number and words; empty where nothing is cited."""
    by_article: dict[str, list[CitedPlace]] = {}
    for source in sources:
        by_article.setdefault(source.article.article_id, []).append(source)
    items = "".join(
        f'<li class="card"><p class="card-title" lang="zh-CN">{plain_html(group[0].article.title)}</p>'
        f"{facts_html(group[0].article, lang)}{''.join(place_html(source, sources) for source in group)}</li>"
        for group in by_article.values()
    )
    return f'<h2>{say("sources", lang)}</h2><ul class="cards">{items}</ul>' if items else ""


def place_html(source: CitedPlace, among: Sequence[CitedPlace]) -> str:
    return (
        f'<a class="place" href="{escape(source_address(source, among))}" data-source="{source.number}" '
        f'data-title="{plain_html(source.article.title)}" data-quote="{plain_html(source.quote)}">'
        f'<span class="number">{source.number}</span><q lang="zh-CN">{plain_html(source.quote)}</q></a>'
    )


def articles_html(labels: Iterable[Label], lang: str = "zh") -> str:
    """Articles as a list of links."""
    items = "".join(
        f'<li><a class="card" href="{escape(article_address(label.article_id))}" data-source="" '
        f'data-title="{plain_html(label.title)}"><span class="card-title">{plain_html(label.title)}</span>'
        f"{facts_html(label, lang)}</a></li>"
        for label in labels
    )
    return f'<ul class="cards">{items}</ul>' if items else ""


def button(name: str, lang: str, icon: str = "", **data: str) -> str:
    """A button that the page's script knows by its `data-do`."""
    drawn = f'<svg viewBox="0 0 24 24" aria-hidden="true">{ICONS[icon]}</svg>' if icon else ""
    values = "".join(f' data-{key}="{escape(value)}"' for key, value in data.items())
    return f'<button type="button" class="{icon or "plain"}"{values}>{drawn}<span>{escape(say(name, lang))}</span></button>'


# ---------------------------------------------------------------- a whole turn


def turn_html(turn: Turn, lang: str = "zh", *, contact: str = "", rated: bool = False) -> str:
    """Question, sentences, and what stands under them. `rated`: answers are stored, so thumbs and links lead somewhere."""
    sentences = "".join(sentence_html(said, turn.sources, lang) for said in turn.said)
    only = say("asked_within", lang, title=title_marks(turn.within.title)) if turn.within else ""
    within = f'<p class="only">{plain_html(only)}</p>' if only else ""
    return (
        f'<section class="turn" data-turn><div class="question" lang="zh-CN">{within}<p>{escape(turn.question)}</p></div>'
        f'<div class="answer" lang="zh-CN">{sentences}</div>'
        f'<div class="end">{end_html(turn, lang, contact=contact, rated=rated)}</div></section>'
    )


def end_html(turn: Turn, lang: str = "zh", *, contact: str = "", rated: bool = False) -> str:
    """What stands under the sentences: what is missing or why there is no answer, a way on, the sources, the buttons."""
    refused = turn.status is not None and not turn.said
    parts = [note_html(turn, lang)]
    if any(source.article.kind is Kind.PROPOSAL for source in turn.sources):
        parts.append(suggestion_html(lang))
    parts.append(sources_html(turn.sources, lang))
    if refused and turn.nearest and turn.status is not Status.BLOCKED:
        parts.append(f"<h2>{say('nearest', lang)}</h2>{articles_html(turn.nearest, lang)}")
    if refused and not turn.nearest:
        parts.append(f'<p><a href="articles">{say("show_all", lang)}</a></p>')
    if contact and (refused or turn.status is Status.PARTIAL or turn.problem):
        parts.append(contact_html(contact, lang))
    parts.append(actions_html(turn, lang, rated))
    return "".join(parts)


def suggestion_html(lang: str = "zh") -> str:
    """A suggestion is not a rule: said wherever a proposal is cited."""
    chip = f'<span class="chip proposal">{kind_name(Kind.PROPOSAL, lang)}</span>'
    return f'<p class="suggestion">{chip}{escape(say("suggestion", lang))}</p>'


def note_html(turn: Turn, lang: str) -> str:
    """The line that says what is missing, why there is no answer, or that all of it is quoted."""
    if turn.problem:
        return f'<p class="note problem">{escape(turn.problem)}</p>'
    if turn.status is Status.PARTIAL:
        return f'<p class="note partial"><strong>{say("partial", lang)}</strong>{plain_html(turn.note)}</p>'
    if turn.status in REFUSALS:
        return f'<p class="note refusal">{plain_html(shown_refusal(turn, lang))}</p>'
    if turn.said and all(said.quoted for said in turn.said):
        return f'<p class="hint">{escape(say("all_quoted", lang))}</p>'
    return f'<p class="note">{plain_html(turn.note)}</p>' if turn.note else ""


def shown_refusal(turn: Turn, lang: str) -> str:
    """The refusal without the nearest titles at its end, which stand under it as links. What is not one of our own
    refusals is shown as it is."""
    assert turn.status is not None
    own = refusal(turn.status)
    return refusal_words(turn.status, lang) if turn.note in ("", own) or turn.note.startswith(own) else turn.note


def contact_html(contact: str, lang: str = "zh") -> str:
    """The operator's line; what looks like a telephone number can be tapped."""
    line = escape(say("contact", lang, contact=contact))
    line = re.sub(
        r"(?<![\w#;-])[0-9][0-9-]{3,14}[0-9](?!\w)", lambda m: f'<a href="tel:{m[0]}">{m[0]}</a>', line, flags=re.ASCII
    )
    return f'<p class="contact">{line}</p>'


def actions_html(turn: Turn, lang: str, rated: bool) -> str:
    """Retry where no answer came; copy, share and thumbs where one did."""
    if turn.problem or turn.status is Status.ERROR:
        return f'<p class="actions">{button("retry", lang, "retry", do="retry")}</p>'
    buttons = [button("copy", lang, "copy", do="copy", text=plain_text(turn))] if turn.said else []
    if rated and turn.answer_id:
        buttons.append(button("share", lang, "share", do="share", id=turn.answer_id))
        for thumb in ("good", "bad"):
            pressed = str(turn.rating == thumb).lower()
            made = button(thumb, lang, thumb, do=thumb, id=turn.answer_id)
            buttons.append(made.replace("<button ", f'<button aria-pressed="{pressed}" ', 1))
    return f'<p class="actions">{"".join(buttons)}</p>' if buttons else ""


# ---------------------------------------------------------------- to take away


def plain_text(turn: Turn) -> str:
    """Question, answer with markers, and the numbered sources: what is copied."""
    lines = [set_apart(turn.question), ""]
    lines += [set_apart(said.text) + "".join(f"[{s.number}]" for s in said.sources) for said in turn.said]
    lines += [set_apart(line) for line in (turn.problem or turn.note,) if line]
    if turn.sources:
        lines += ["", f"{say('sources')}："]
        lines += [f"[{s.number}] {source_line(s)}：“{set_apart(s.quote)}”" for s in turn.sources]
    return "\n".join(lines)


def source_line(source: CitedPlace) -> str:
    label = source.article
    who = label.speaker or (say("reporter", name=label.reporter) if label.reporter else "")
    facts = "，".join(filter(None, (kind_name(label.kind), who, date_words(label.published))))
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
        if turn.sources:
            lines += [f"{say('sources')}：", ""]
            for s in turn.sources:
                lines += [f"{s.number}. {markdown_text(source_line(s))}", f"   > {markdown_text(s.quote)}", ""]
    return "\n".join(lines).rstrip() + "\n"


def markdown_text(text: str) -> str:
    """One line in which no sign of Markdown or HTML, and no bracketed number, has a meaning."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&])", r"\\\1", " ".join(set_apart(text).split()))
