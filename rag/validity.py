"""From when to when a rule holds: what its own text and the other articles of its index tell of it, and its state at a day.

Only what is told is kept, each fact with the words that tell it. What nobody tells stays None, and the state is then unknown:
that a rule is old does not make it expired, and that it is new does not put it in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from rag.spans import Span


class State(StrEnum):
    """What an article is worth at a day, to whoever goes by it."""

    IN_FORCE = "in_force"  # 现行
    NOT_YET = "not_yet"  # 未施行
    EXPIRED = "expired"  # 已失效
    SUPERSEDED = "superseded"  # 被替代
    SUGGESTION = "suggestion"  # 建议: it never was a rule
    REPORT = "report"  # 报道: it tells of rules and is none
    UNKNOWN = "unknown"  # 不明

    @property
    def is_past(self) -> bool:
        return self in (State.EXPIRED, State.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Told:
    """A day, and the words of the article's text that tell it; `span` is None where the article's own date tells it."""

    day: date
    span: Span | None


@dataclass(frozen=True, slots=True)
class Named:
    """Another document as a text names it: its title without 《》, its number (柳政发〔2020〕3号), "" where it has none."""

    title: str
    number: str
    span: Span


class Why(StrEnum):
    """Which words of a later article put an earlier one out of force."""

    REPEALED = "repealed"  # 《……》同时废止: all of it
    REPLACED = "replaced"  # 原标准同时停止执行, 以本办法为准: as far as the later one tells the same matter
    NEXT_YEAR = "next_year"  # the same notice for a later year


@dataclass(frozen=True, slots=True)
class Superseded:
    """That a later article stands in this one's place: from which day (None where that is not told), which article, the words
    of that article's text which say so (None where its title does)."""

    why: Why
    day: date | None
    article_id: str
    title: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Validity:
    """What is told of an article's validity. `expires` is the last day on which it holds. `unread`: words on its end that give no
    day. `withdrawn`: its own words that it holds no more. `former`: its words that end what held before without naming it.
    `nature`: State.REPORT or State.SUGGESTION of what is no rule."""

    nature: State | None = None
    issued: Told | None = None
    effective: Told | None = None
    expires: Told | None = None
    unread: Span | None = None
    trial: bool = False
    withdrawn: Span | None = None
    repeals: tuple[Named, ...] = ()
    amends: tuple[Named, ...] = ()
    former: Span | None = None
    superseded: Superseded | None = None

    @property
    def begins(self) -> Told | None:
        """The first day on which it may hold: the day it takes effect, else the day it was issued."""
        return self.effective or self.issued

    def state_on(self, day: date) -> State:
        """The state at a day. Over the days it only goes forward: not yet, in force or unknown, past."""
        if self.nature:
            return self.nature
        if self.withdrawn:
            return State.EXPIRED
        if self.begins and day < self.begins.day:
            return State.NOT_YET
        if self.superseded and (self.superseded.day is None or day >= self.superseded.day):
            return State.SUPERSEDED
        if self.expires and day > self.expires.day:
            return State.EXPIRED
        return State.UNKNOWN if self.effective is None or self.unread else State.IN_FORCE

    def held_in(self, first: date, last: date) -> bool:
        """Whether it may have held on some day of the stretch."""
        if self.state_on(first).is_past:
            return False
        return self.state_on(last) is not State.NOT_YET


NOTHING_TOLD = Validity()


class Standing(NamedTuple):
    """What is shown of a rule's validity beside a citation: its state, since and until when (ISO), the title of what stands in its
    place; "" where that is not told."""

    state: State
    since: str = ""
    until: str = ""
    by: str = ""


def standing_of(validity: Validity | None, state: State | None) -> Standing | None:
    """None where there is no state, or the kind of article says it already: a report, a suggestion."""
    if validity is None or state is None or validity.nature:
        return None
    return Standing(
        state,
        validity.effective.day.isoformat() if validity.effective else "",
        validity.expires.day.isoformat() if validity.expires else "",
        validity.superseded.title if validity.superseded else "",
    )


# ---------------------------------------------------------------- as plain values


def validity_to_json(validity: Validity) -> dict[str, Any]:
    """As plain values, days as ISO texts, spans as [start, end]; `validity_from_json` is its inverse."""
    superseded = validity.superseded
    return {
        "nature": validity.nature,
        "issued": _told_to_json(validity.issued),
        "effective": _told_to_json(validity.effective),
        "expires": _told_to_json(validity.expires),
        "unread": validity.unread,
        "trial": validity.trial,
        "withdrawn": validity.withdrawn,
        "repeals": [(named.title, named.number, named.span) for named in validity.repeals],
        "amends": [(named.title, named.number, named.span) for named in validity.amends],
        "former": validity.former,
        "superseded": superseded
        and {
            "why": superseded.why,
            "day": superseded.day and superseded.day.isoformat(),
            "article_id": superseded.article_id,
            "title": superseded.title,
            "span": superseded.span,
        },
    }


def standing_to_json(validity: Validity | None, state: State | None) -> dict[str, Any]:
    """What a citation says of its article: its state, since when, until when, what stands in its place; None where not told."""
    effective, expires, superseded = (
        (validity.effective, validity.expires, validity.superseded) if validity else (None, None, None)
    )
    return {
        "state": state and state.value,
        "effective": effective and effective.day.isoformat(),
        "expires": expires and expires.day.isoformat(),
        "superseded_by": superseded
        and {
            "article_id": superseded.article_id,
            "title": superseded.title,
            "since": superseded.day and superseded.day.isoformat(),
        },
    }


def standing_from_json(values: Mapping[str, Any]) -> Standing | None:
    """What `standing_to_json` gave, as it is shown; None where it was kept before there were states."""
    state = values.get("state")
    if not state or State(state) in (State.REPORT, State.SUGGESTION):
        return None
    later = values["superseded_by"] or {}
    return Standing(State(state), values["effective"] or "", values["expires"] or "", later.get("title", ""))


def validity_from_json(values: Mapping[str, Any]) -> Validity:
    nature, superseded = values["nature"], values["superseded"]
    return Validity(
        nature=State(nature) if nature else None,
        issued=_told(values["issued"]),
        effective=_told(values["effective"]),
        expires=_told(values["expires"]),
        unread=_span(values["unread"]),
        trial=values["trial"],
        withdrawn=_span(values["withdrawn"]),
        repeals=tuple(Named(title, number, Span(*span)) for title, number, span in values["repeals"]),
        amends=tuple(Named(title, number, Span(*span)) for title, number, span in values["amends"]),
        former=_span(values["former"]),
        superseded=superseded
        and Superseded(
            why=Why(superseded["why"]),
            day=superseded["day"] and date.fromisoformat(superseded["day"]),
            article_id=superseded["article_id"],
            title=superseded["title"],
            span=_span(superseded["span"]),
        ),
    )


def _told_to_json(told: Told | None) -> tuple[str, Span | None] | None:
    return (told.day.isoformat(), told.span) if told else None


def _told(values: Any) -> Told | None:
    return values and Told(date.fromisoformat(values[0]), _span(values[1]))


def _span(values: Any) -> Span | None:
    return None if values is None else Span(*values)
