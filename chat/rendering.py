"""The chat's templates, and the fragments that its pages and its script are sent. Everything in them is escaped, and a
name that is not there is an error.

[n] is ours: wherever a text of a source is shown, its own bracketed numbers are set apart from our markers (`apart`)."""

import re
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from chat.answers import (
    article_address,
    by_article,
    facts_of,
    parted,
    plain_text,
    short_answer_over,
    short_words,
    shown_refusal,
    source_address,
)
from chat.sources import byline, marked
from chat.texts import kind_name, say, script_texts
from chat.turns import CitedPlace, Said, Turn, label_of, said_of
from desk.plain import set_apart
from rag.answering.refusals import REFUSALS, date_words, state_name, title_marks
from rag.datatypes import Article, Match, Span


def contact_line(contact: str, lang: str = "zh") -> Markup:
    """The operator's line; what looks like a telephone number can be tapped."""
    line = str(escape(say("contact", lang, contact=contact)))
    telephone = r"(?<![\w#;-])[0-9][0-9-]{3,14}[0-9](?!\w)"
    return Markup(re.sub(telephone, lambda m: f'<a href="tel:{m[0]}">{m[0]}</a>', line, flags=re.ASCII))


# What the templates may call, each by its name.
KNOWN = (
    article_address, by_article, byline, contact_line, facts_of, kind_name, label_of, marked, parted, plain_text, said_of,
    say, state_name, script_texts, short_answer_over, short_words, shown_refusal, source_address, title_marks,
)  # fmt: skip


@cache
def templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.filters |= {"apart": set_apart, "day": date_words}
    environment.globals |= {function.__name__: function for function in KNOWN}
    environment.globals["refusals"] = REFUSALS
    return environment


def render(template: str, lang: str, **values: Any) -> str:
    """A whole page; in it, `t` says the interface's words in the reader's language."""
    return templates().get_template(template).render(lang=lang, t=partial(say, lang=lang), **values)


def fragment(macro: str, lang: str, *values: Any) -> str:
    """One part of a page: a macro of parts.html with its values."""
    parts = templates().get_template("parts.html").make_module({"lang": lang, "t": partial(say, lang=lang)})
    return str(getattr(parts, macro)(*values))


def sentence_html(said: Said, among: Sequence[CitedPlace], lang: str = "zh", before: Sequence[Said] = ()) -> str:
    """The sentence with its markers; `among` are the turn's sources so far, `before` what has been said."""
    return fragment("sentence", lang, said, among, short_answer_over(said, before))


def turn_html(turn: Turn, lang: str = "zh", *, contact: str = "", rated: bool = False) -> str:
    """Question, sentences, and what stands under them. `rated`: answers are stored, so thumbs and links lead somewhere."""
    return fragment("turn", lang, turn, contact, rated)


def end_html(turn: Turn, lang: str = "zh", *, contact: str = "", rated: bool = False) -> str:
    """What stands under the sentences: what is missing or why there is no answer, a way on, the sources, the buttons."""
    return fragment("end", lang, turn, contact, rated)


def article_html(article: Article, places: Sequence[Span] = (), lang: str = "zh") -> str:
    """The whole article; the first place is marked as the one meant, the others as cited too."""
    return fragment("article", lang, article, places)


def found_html(matches: Sequence[Match] | None, contact: str, lang: str, problem: str = "") -> str:
    """What concerns a citizen; nothing before anything was asked (None)."""
    return fragment("found", lang, matches, contact, problem)


def waiting_html(words: str) -> str:
    """What is being done; the next line like it, or what was found, takes its place."""
    return fragment("working", "zh", words)
