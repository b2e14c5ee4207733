"""The whole pages. Each is complete as the server sends it; scripts add the conversation, the source panel and larger
text. Nothing comes from another host, and no script or style stands inside a page (the content security policy says so).

Every address is relative, so that the chat works below a path (https://host/wence/) without a setting: `Look.root` leads
from a page to where the chat's own page is."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from chat.answers import (
    article_address,
    articles_html,
    contact_html,
    facts_html,
    note_html,
    plain_html,
    quoted_chip,
    sentence_html,
    suggestion_html,
    turn_html,
)
from chat.sources import article_html, text_html
from chat.texts import kind_name, say, script_texts
from chat.turns import Label, Turn, label_of, said_of
from desk.log import StoredAnswer, StoredCitation, StoredSentence
from rag.answering.refusals import date_words
from rag.datatypes import Article, Kind, Match, Span, Status

PER_PAGE = 30
MAX_QUESTION = 500  # characters, as the chatbot takes them


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


def page(title: str, body: str, look: Look, here: str = "", scripts: Sequence[str] = ("page",)) -> str:
    """A whole page in the common frame; `here` is the address of the door it stands behind."""
    lang = look.lang
    home = "?" if here == "/" else look.home  # itself, without what was asked of it in the address
    doors = {
        "/": (home, "nav_chat"),
        "/articles": (f"{look.root}articles", "nav_articles"),
        "/me": (f"{look.root}me", "nav_me"),
    }
    links = "".join(
        f'<a href="{address}"{" aria-current=page" if door == here else ""}>{say(name, lang)}</a>'
        for door, (address, name) in doors.items()
    )
    name = say("name", lang)
    loaded = "".join(f'<script src="{look.root}static/{script}.js" defer></script>' for script in scripts)
    other = "zh" if lang == "en" else "en"
    return (
        f'<!doctype html><html lang="{"en" if lang == "en" else "zh-CN"}"{" class=big" if look.big else ""}><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="same-origin">'
        f"<title>{escape(title)}{'' if title == name else ' · ' + name}</title>"
        f'<link rel="icon" href="{look.root}static/icon.svg" type="image/svg+xml">'
        f'<link rel="stylesheet" href="{look.root}static/style.css">'
        f'{loaded}</head><body data-root="{look.home}">'
        f'<a class="skip" href="#main">{say("skip", lang)}</a>'
        f'<header class="top"><a class="brand" href="{home}">{name}</a><nav aria-label="{say("nav", lang)}">{links}</nav>'
        f'<div class="looks"><button type="button" id="big" aria-pressed="{str(look.big).lower()}">{say("big", lang)}'
        f'</button><a id="language" href="?lang={other}" hreflang="{other}" lang="{"zh-CN" if other == "zh" else "en"}">'
        f"{say('other_language', lang)}</a></div></header>"
        f'{body}{source_dialog(lang, home, "back" if here == "/" else "back_list")}<p id="toast" role="status"></p>'
        f'<script type="application/json" id="texts">{script_json(script_texts(lang))}</script></body></html>'
    )


def script_json(values: object) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(values, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")


def source_dialog(lang: str, home: str, back: str) -> str:
    """Where a source opens: beside the page on a wide screen, over it on a phone. `back` names the way out."""
    return (
        f'<dialog id="source" aria-labelledby="source-place"><div class="head"><h2 id="source-place">{say("source", lang)}</h2>'
        f'<div class="steps"><button type="button" id="source-previous">{say("previous", lang)}</button>'
        f'<button type="button" id="source-next">{say("next", lang)}</button></div>'
        f'<button type="button" id="source-close">{say(back, lang)}</button></div>'
        f'<div id="source-body" tabindex="0" role="region" aria-labelledby="source-place"></div>'
        f'<footer><a class="button" id="source-ask" href="{home}">{say("ask_within", lang)}</a></footer></dialog>'
    )


# ---------------------------------------------------------------- the chat


def chat_page(
    look: Look, count: int, examples: Sequence[str], within: Article | None = None, without_model: bool = False
) -> str:
    """`without_model`: the local model could not be loaded, and the page says what that means for answers."""
    lang = look.lang
    buttons = "".join(
        f'<li><button type="button" class="example" lang="zh-CN">{escape(question)}</button></li>'
        for question in examples
    )
    listed = f'<h2>{say("examples", lang)}</h2><ul class="examples">{buttons}</ul>' if examples else ""
    limits = f'<p class="limits" role="status">{say("without_model", lang)}</p>' if without_model else ""
    chosen = f' data-id="{escape(within.id)}" data-title="{escape(within.title)}"' if within else ""
    body = (
        '<div class="layout">'
        f'<nav id="conversations" aria-label="{say("conversations", lang)}"><button type="button" id="new">'
        f'{say("new", lang)}</button><ul id="list"></ul><p class="hint">{say("kept_here", lang)}</p></nav>'
        f'<main id="main" tabindex="-1"><header class="conversation"><button type="button" id="drawer" aria-expanded="false" '
        f'aria-controls="conversations">{say("conversations", lang)}</button><h1 id="title">{say("untitled", lang)}</h1>'
        f"{menu_html(lang)}</header>"
        f'<section id="welcome"><h2 class="big-line">{say("welcome", lang)}</h2>'
        f"<p>{escape(say('tagline', lang, count=count))}</p>{listed}"
        f"<noscript><p>{say('needs_script', lang)}</p></noscript></section>"
        f"{limits}"
        '<div id="turns"></div>'
        f'<form id="composer"><div id="within" hidden{chosen}><span id="within-title"></span>'
        f'<button type="button" id="within-off">{say("within_off", lang)}</button></div>'
        f'<label class="unseen" for="question">{say("question", lang)}</label>'
        f'<textarea id="question" rows="1" maxlength="{MAX_QUESTION}" placeholder="{escape(say("placeholder", lang))}" '
        'autocomplete="off" enterkeyhint="send"></textarea>'
        f'<button type="submit" id="send">{say("send", lang)}</button>'
        f'<button type="button" id="stop" hidden>{say("stop", lang)}</button></form></main></div>'
        f"{rename_dialog(lang)}{reason_dialog(lang)}{pending_template(lang)}"
        '<p id="announcer" class="unseen" role="status" aria-live="polite"></p>'
    )
    return page(say("name", lang), body, look, here="/", scripts=("page", "chat"))


def menu_html(lang: str) -> str:
    """What can be done with the whole conversation. Export and print are forms: the server makes the file."""
    return (
        f'<details id="menu" hidden><summary>{say("menu", lang)}</summary><div><button type="button" id="rename">'
        f'{say("rename", lang)}</button><form method="post" action="export" class="take"><input type="hidden" '
        f'name="conversation"><button>{say("markdown", lang)}</button></form><form method="post" action="print" '
        f'target="_blank" class="take"><input type="hidden" name="conversation"><button>{say("print", lang)}</button>'
        f'</form><button type="button" id="delete">{say("delete", lang)}</button></div></details>'
    )


def rename_dialog(lang: str) -> str:
    return (
        f'<dialog id="rename-dialog" class="small" aria-labelledby="rename-label"><form method="dialog">'
        f'<label id="rename-label" for="rename-name">{say("rename_label", lang)}</label>'
        f'<input id="rename-name" maxlength="60" autocomplete="off"><p class="choices"><button value="save" class="main">'
        f'{say("save", lang)}</button><button value="" formnovalidate>{say("cancel", lang)}</button></p></form></dialog>'
    )


def reason_dialog(lang: str) -> str:
    choices = "".join(
        f'<label><input type="radio" name="reason" value="{say(name)}"> {say(name, lang)}</label>'
        for name in ("reason_off", "reason_wrong", "reason_old", "reason_refused")
    )
    return (
        f'<dialog id="reason-dialog" class="small" aria-labelledby="reason-label"><form method="dialog"><fieldset>'
        f'<legend id="reason-label">{say("reason", lang)}</legend>{choices}</fieldset>'
        f'<label for="reason-more">{say("reason_more", lang)}</label><input id="reason-more" maxlength="200" '
        f'autocomplete="off"><p class="choices"><button value="send" class="main">{say("submit", lang)}</button>'
        f'<button value="" formnovalidate>{say("cancel", lang)}</button></p></form></dialog>'
    )


def pending_template(lang: str) -> str:
    """What stands at once under a question, before the server has said anything; and what stands where it fell silent."""
    return (
        '<template id="pending"><section class="turn" data-turn><div class="question" lang="zh-CN"><p class="only" hidden>'
        '</p><p class="asked"></p></div><div class="answer" lang="zh-CN"></div><div class="end">'
        f'<p class="working">{say("received", lang)}</p></div></section></template>'
    )


# ---------------------------------------------------------------- articles


def articles_page(look: Look, found: Sequence[Article], words: str, kind: Kind | None, number: int) -> str:
    """The list of articles. `found` are those that fit; `number` is the page of them, from 1."""
    lang = look.lang
    last = max(1, -(-len(found) // PER_PAGE))
    number = min(max(1, number), last)
    shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    options = "".join(
        f'<option value="{value}"{" selected" if value == (kind or "") else ""}>{name}</option>'
        for value, name in (("", say("all_kinds", lang)), *((k.value, kind_name(k, lang)) for k in Kind))
    )
    listed = articles_html(map(label_of, shown), lang) or (
        f'<p class="empty">{say("none_found", lang)} <a href="articles">{say("show_all", lang)}</a></p>'
    )
    steps = "".join(
        f'<a href="articles?{escape(urlencode({"q": words, "kind": kind or "", "page": to}))}">{say(name, lang)}</a>'
        for name, to in (("earlier", number - 1), ("later", number + 1))
        if 1 <= to <= last
    )
    body = (
        f'<main id="main" class="plain" tabindex="-1"><h1>{say("articles", lang)}</h1>'
        f'<form class="find" action="articles" role="search"><p><label for="q">{say("find_hint", lang)}</label>'
        f'<input id="q" name="q" type="search" value="{escape(words)}" maxlength="60"></p><p><label for="kind">'
        f'{say("kind", lang)}</label><select id="kind" name="kind">{options}</select></p><button class="main">{say("find", lang)}</button></form>'
        f'<p class="hint" role="status">{say("count", lang, count=len(found))}</p>{listed}<p class="paging">{steps}</p></main>'
    )
    return page(say("articles", lang), body, look, here="/articles")


def article_page(look: Look, article: Article | None, places: Sequence[Span] = ()) -> str:
    lang = look.lang
    if article is None:
        body = f'<main id="main" class="plain" tabindex="-1"><h1>{say("no_article", lang)}</h1>{list_link(look)}</main>'
        return page(say("no_article", lang), body, look, here="/articles")
    ask = f'<a class="button" href="{look.home}?{urlencode({"within": article.id})}">{say("ask_within", lang)}</a>'
    body = (
        f'<main id="main" class="plain" tabindex="-1">{article_html(article, places, lang, heading="h1")}'
        f'<p class="paging">{ask}{list_link(look)}</p></main>'
    )
    return page(article.title, body, look, here="/articles")


def list_link(look: Look) -> str:
    return f'<a href="{look.root}articles">{say("show_all", look.lang)}</a>'


# ---------------------------------------------------------------- what concerns me


def me_page(look: Look, description: str = "", matches: Sequence[Match] | None = None, problem: str = "") -> str:
    """The form, and under it what was found; `matches` is None before anything was asked."""
    lang = look.lang
    body = (
        f'<main id="main" class="plain" tabindex="-1"><h1>{say("me", lang)}</h1><p>{say("me_hint", lang)}</p>'
        f'<form class="me" method="post" action="me"><label for="about">{say("me_label", lang)}</label>'
        f'<textarea id="about" name="about" rows="3" maxlength="{MAX_QUESTION}" required '
        f'placeholder="{escape(say("me_example", lang))}">{escape(description)}</textarea>'
        f'<button class="main" data-busy>{say("me_find", lang)}</button></form>'
        f"{found_html(matches, look, problem)}</main>"
    )
    return page(say("nav_me", lang), body, look, here="/me")


def me_while_matching(look: Look, description: str) -> tuple[str, str]:
    """The page up to where what is found will stand, and the rest of it: it is sent as it comes."""
    before, _, after = me_page(look, description).rpartition("</main>")
    return before, "</main>" + after


def waiting_html(words: str) -> str:
    """What is being done; the next line like it, or what was found, takes its place."""
    return f'<p class="working passing" role="status">{escape(words)}</p>'


def found_html(matches: Sequence[Match] | None, look: Look, problem: str) -> str:
    lang = look.lang
    if problem:
        return f'<p class="note problem" role="status">{escape(problem)}</p>'
    if matches is None:
        return ""
    if not matches:
        contact = contact_html(look.contact, lang) if look.contact else ""
        return f'<section id="found"><p class="empty" role="status">{say("me_none", lang)}</p>{contact}</section>'
    items = "".join(match_html(match, lang) for match in matches)
    suggestion = any(match.article.kind is Kind.PROPOSAL for match in matches)
    hint = suggestion_html(lang) if suggestion else ""
    count = say("me_found", lang, count=len(matches))
    return f'<section id="found"><h2>{count}</h2><ol class="matches">{items}</ol>{hint}</section>'


def match_html(match: Match, lang: str) -> str:
    """The article and why it concerns the citizen, with markers that open the place that says so."""
    said, label = said_of(match.why), label_of(match.article)
    sources = Turn("", said=(said,)).sources
    return (
        f'<li class="card" data-turn><h3 lang="zh-CN">{plain_html(label.title)}</h3>{facts_html(label, lang)}'
        f'<div class="why" lang="zh-CN"><strong>{say("me_why", lang)}</strong>{sentence_html(said, sources, lang)}</div>'
        f'<p><a class="button" href="{escape(article_address(label.article_id))}" data-source="" '
        f'data-title="{escape(label.title)}">{say("whole_article", lang)}</a></p></li>'
    )


# ---------------------------------------------------------------- to share, to print


def shared_page(look: Look, stored: StoredAnswer | None) -> str:
    """A stored answer with its sources as they were, whole."""
    lang = look.lang
    if stored is None:
        title = say("not_shared", lang)
        body = (
            f'<main id="main" class="plain" tabindex="-1"><h1>{title}</h1><p><a class="button" href="{look.home}">'
            f"{say('ask_yourself', lang)}</a></p></main>"
        )
        return page(title, body, look)
    cited = {c.number: c for sentence in stored.sentences for c in sentence.citations}
    sentences = "".join(stored_sentence_html(sentence, lang) for sentence in stored.sentences)
    turn = Turn(stored.question, status=Status(stored.status), note=stored.note or "")
    sources = "".join(stored_source_html(cited[number], lang) for number in sorted(cited))
    listed = f"<h2>{say('sources', lang)}</h2>{sources}" if sources else ""
    proposal = any(c.kind == Kind.PROPOSAL for c in cited.values())
    hint = suggestion_html(lang) if proposal else ""
    body = (
        f'<main id="main" class="plain shared" tabindex="-1"><p class="hint">'
        f"{escape(say('shared_note', lang, day=date_words(stored.asked[:10])))}</p>"
        f'<h1 lang="zh-CN">{escape(stored.question)}</h1><div class="answer" lang="zh-CN">{sentences}</div>'
        f"{note_html(turn, lang)}{hint}{listed}"
        f'<p class="paging"><a class="button" href="{look.home}">{say("ask_yourself", lang)}</a></p></main>'
    )
    return page(say("shared_title", lang), body, look)


def stored_sentence_html(sentence: StoredSentence, lang: str) -> str:
    """The sentence with markers that lead to the sources under the answer."""
    markers = "".join(f'<a class="marker" href="#source-{c.number}">[{c.number}]</a>' for c in sentence.citations)
    return f'<p class="sentence">{quoted_chip(lang) if sentence.quoted else ""}{plain_html(sentence.text)}{markers}</p>'


def stored_source_html(citation: StoredCitation, lang: str) -> str:
    label = Label(
        citation.article_id,
        citation.title,
        Kind(citation.kind),
        citation.speaker or "",
        published=citation.published or "",
    )
    text, place = citation.article_text, Span(citation.start, citation.end)
    paragraphs = [Span(m, m + len(line)) for m, line in lines_at(text)]
    body = text_html(text, paragraphs, [place]).replace(' id="cited" tabindex="-1"', "")
    return (
        f'<section class="card" id="source-{citation.number}"><h3 lang="zh-CN"><span class="number">{citation.number}</span>'
        f'{plain_html(label.title)}</h3>{facts_html(label, lang)}<blockquote lang="zh-CN">{plain_html(citation.quote)}</blockquote>'
        f'<details><summary>{say("whole", lang)}</summary><div class="whole" lang="zh-CN">{body}</div></details></section>'
    )


def lines_at(text: str) -> list[tuple[int, str]]:
    """The lines that are not empty, each with where it starts."""
    at, lines = 0, []
    for line in text.split("\n"):
        if line:
            lines.append((at, line))
        at += len(line) + 1
    return lines


def printed_page(look: Look, title: str, turns: Sequence[Turn], day: str) -> str:
    """A conversation on paper: numbered sources with their words under each answer, nothing to press."""
    lang = look.lang
    body = (
        f'<main id="main" class="plain paper" tabindex="-1"><h1>{escape(title)}</h1><p class="hint">'
        f'{escape(say("exported", lang, day=day))}</p><p class="screen"><button type="button" id="print-now" '
        f'class="main">{say("print_now", lang)}</button></p>{"".join(turn_html(turn, lang) for turn in turns)}</main>'
    )
    return page(title, body, look)
