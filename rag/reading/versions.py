"""Which article stands in the place of which: links between the articles of one index, each resting on words of the later one.

Three kinds of words count. A repeal that names the earlier document by title or number (《……》同时废止). An end of what held before that
names nothing (原标准同时停止执行, 以本办法为准), where both are of one place and their titles of one matter. And a year: the same notice for a
later year, of the same place. That one is newer than another, or likelier, is no reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.datatypes import Article, Kind
from rag.reading.document_names import Identity, identity_of, number_key, same_number, same_place, short_name
from rag.reading.validity import read_validity
from rag.validity import Named, Superseded, Validity, Why


@dataclass(frozen=True, slots=True)
class _Version:
    article: Article
    validity: Validity
    identity: Identity

    @property
    def dated(self) -> date | None:
        """The day that tells which of two came later."""
        told = self.validity.issued or self.validity.effective
        return told.day if told else None


def with_validity(articles: Sequence[Article]) -> list[Article]:
    """The articles together with what is told of their validity, by themselves and by each other."""
    return [replace(article, validity=validity) for article, validity in zip(articles, link(articles), strict=True)]


def link(articles: Sequence[Article]) -> list[Validity]:
    """The validity of each article, in the order given."""
    read = [_Version(article, _told(article), identity_of(article)) for article in articles]
    rules = [version for version in read if version.article.kind is Kind.POLICY]
    known = _by_what_they_are_known(rules)
    found: dict[str, Superseded] = {}
    for later in rules:
        for earlier in _may_be_superseded(later, known):
            superseded = _superseded(earlier, later)
            if superseded and _comes_before(superseded, found.get(earlier.article.id)):
                found[earlier.article.id] = superseded
    return [replace(version.validity, superseded=found.get(version.article.id)) for version in read]


def _told(article: Article) -> Validity:
    """What the article tells of itself, read once."""
    return replace(article.validity, superseded=None) if article.validity else read_validity(article)


Known = dict[tuple[str, str], list[_Version]]


def _by_what_they_are_known(rules: Sequence[_Version]) -> Known:
    known: Known = {}
    for version in rules:
        own = version.identity
        keys = {("name", name) for name in own.names} | {("number", number_key(own.number)), ("matter", own.matter)}
        for key in {*keys, ("edition", own.edition)}:
            known.setdefault(key, []).append(version)
    return known


def _may_be_superseded(later: _Version, known: Known) -> list[_Version]:
    """The articles that this one may stand in the place of, each once."""
    keys = [("name", short_name(named.title)) for named in later.validity.repeals if named.title]
    keys += [("number", number_key(named.number)) for named in later.validity.repeals if named.number]
    keys += [("matter", later.identity.matter)] if later.validity.former and later.identity.matter else []
    keys += [("edition", later.identity.edition)] if later.identity.year else []
    found = {version.article.id: version for key in keys for version in known.get(key, ())}
    found.pop(later.article.id, None)
    return list(found.values())


def _comes_before(one: Superseded, other: Superseded | None) -> bool:
    """Of two that stand in one's place, the first in time counts; a repeal before what only replaces a part."""
    if other is None:
        return True
    return (one.day or date.max, one.why) < (other.day or date.max, other.why)


def _superseded(earlier: _Version, later: _Version) -> Superseded | None:
    if earlier.dated and later.dated and earlier.dated > later.dated:
        return None
    begins = later.validity.begins
    day = begins.day if begins else None
    for named in later.validity.repeals:
        if _is_named(earlier, named, later):
            return Superseded(Why.REPEALED, day, later.article.id, later.article.title, named.span)
    here, there = earlier.identity, later.identity
    if not same_place(here.place, there.place):
        return None
    is_older = bool(earlier.dated and later.dated and earlier.dated < later.dated)
    if later.validity.former and here.matter and here.matter == there.matter and is_older:
        return Superseded(Why.REPLACED, day, later.article.id, later.article.title, later.validity.former)
    if here.year and there.year and here.year < there.year and here.edition == there.edition:
        # A notice for a year that is issued in the year before tells nothing of that one.
        begun = max(filter(None, (day, date(there.year, 1, 1))))
        return Superseded(Why.NEXT_YEAR, begun, later.article.id, later.article.title, None)
    return None


def _is_named(earlier: _Version, named: Named, later: _Version) -> bool:
    """Whether a repeal means this article: by its number; by its title where neither number nor issuer nor place differs."""
    own = earlier.identity
    if named.number and own.number:
        return same_number(own.number, named.number)
    if not named.title or short_name(named.title) not in own.names:
        return False
    places = (own.place, later.identity.place)
    return not all(places) or same_place(*places) or short_name(named.title).startswith(own.place)
