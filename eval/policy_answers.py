"""Suite policies: questions as citizens type them about real policies, and follow-ups, by kind: told, told whole, cited at the
right place, in how many characters and seconds; refused where it is not told, and only there.

A measure is `policies/GROUP/KIND/NAME`, with the kind `all` for a whole group. Of the halves that are scored only no report
shows a question, an answer or which of them were right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from eval.answer_cache import Asked
from eval.answers import claims_without_backing
from eval.bench import Bench, key_of
from eval.data import sample
from eval.metrics import Range, contains, normalise, overlaps, percentile
from eval.policy_cases import (
    CONVERSATIONS,
    GROUPS,
    POLICIES,
    Case,
    Cases,
    Library,
    Place,
    conversation_cases,
    policy_cases,
)
from eval.results import Measurement, NotRun, Scored, Share, SuiteResult
from eval.systems import Asker
from rag.datatypes import Status

PREFIX = "policies"
# Why a question that is told was not answered rightly: no article was thought to be about it, or none to tell it; it was out of
# scope, blocked or crashed; another place was quoted; only a part of the places; or the places, but not the words that were asked for.
CAUSES = ("refused_no_article", "refused_not_told", "refused_otherwise", "elsewhere", "in_part", "words")
IN_PARTS = frozenset({"list", "condition", "procedure"})  # kinds of which an answer may tell a part


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case and what became of it."""

    case: Case
    asked: Asked
    library: Library


def run(bench: Bench) -> SuiteResult:
    outcomes: list[Outcome] = []
    not_run: tuple[NotRun, ...] = ()
    if wanted := _wanted(bench, POLICIES):
        cases = policy_cases(bench.evaldata, bench.systems.parse)
        if cases is None:
            not_run = tuple(NotRun(f"{PREFIX}/{group}", "the policies' documents are absent") for group in wanted)
        else:
            outcomes += _ask(bench, cases, wanted)
    if wanted := _wanted(bench, CONVERSATIONS):
        outcomes += _ask(bench, conversation_cases(bench.systems.parse), wanted)
    return SuiteResult(
        PREFIX, tuple(score(outcome) for outcome in outcomes), seconds(outcomes), not_run, notes=crashes(outcomes)
    )


def _wanted(bench: Bench, names: Sequence[str]) -> list[str]:
    return [group for group in GROUPS if group.partition("/")[0] in names and bench.takes(group)]


def _ask(bench: Bench, cases: Cases, wanted: Sequence[str]) -> Iterator[Outcome]:
    @cache
    def asker() -> Asker:
        return bench.systems.asker(cases.library.corpus)

    for group in wanted:
        own = sample([case for case in cases.all if case.group == group], bench.sizes.policies, bench.seed)
        asked = bench.ask(asker, [case.question for case in own], group)
        yield from (Outcome(case, asked[key_of(case.question)], cases.library) for case in own)


# ---- scoring -----------------------------------------------------------------------------------------------------


def score(outcome: Outcome) -> Scored:
    """Every measure that the case has a part in, for its kind and for all of its group. A crash is never right."""
    case, asked = outcome.case, outcome.asked
    measures = {
        **(_told(outcome) if case.question.answerable else {"refused": Share(float(asked.refused))}),
        "crashed": Share(float(asked.error is not None)),
    }
    if asked.answered:
        claims = claims_without_backing(case.question, asked)
        unsupported = sum(bool(c.quantities or c.dates or c.names) for c in claims)
        measures["unsupported"] = Share(float(unsupported), float(len(claims)))
    shares = {
        f"{PREFIX}/{case.group}/{kind}/{name}": share
        for kind in ("all", case.question.kind)
        for name, share in measures.items()
    }
    shown = "" if case.held else f"[{asked.status}] {asked.text or asked.note or asked.error or ''}"
    return Scored(f"{PREFIX}:{asked.id}", shares, shown, case.question.dataset in CONVERSATIONS, case.held)


def _told(outcome: Outcome) -> dict[str, Share]:
    case, asked = outcome.case, outcome.asked
    text = asked.text if asked.answered else ""
    items = [any(contains(text, option) for option in options) for options in case.question.answers]
    shares = {"right": Share(float(all(items))), "false_refusals": Share(float(not asked.answered))}
    if case.question.kind in IN_PARTS:
        shares["items_told"] = Share(sum(items) / len(items))
    cited: list[bool] = []
    if asked.answered:
        cited = [any(is_cited(place, asked, outcome.library) for place in places) for places in case.gold]
        shares |= {
            "right_of_answered": shares["right"],
            "gold_cited": Share(float(any(cited))),
            "gold_cited_whole": Share(float(all(cited))),
            "characters": Share(float(len(text))),
            "characters_to_gold": Share(float(len(text)), float(sum(map(len, case.question.gold)))),
        }
    why = "" if all(items) else why_wrong(asked, cited)
    return shares | {f"wrong/{name}": Share(float(name == why)) for name in CAUSES}


def why_wrong(asked: Asked, cited: Sequence[bool]) -> str:
    """The step at which an answer that is not right went wrong; one of CAUSES. `cited`: of every place of the gold whether it is."""
    if not asked.answered:
        refusals = {Status.NO_EVIDENCE: "refused_no_article", Status.INSUFFICIENT: "refused_not_told"}
        return refusals.get(Status(asked.status), "refused_otherwise")
    if not any(cited):
        return "elsewhere"
    return "words" if all(cited) else "in_part"


def is_cited(place: Place, asked: Asked, library: Library) -> bool:
    """Whether a citation of the place's document shares at least half of the shorter one with it. A quote that stands there
    more than once counts wherever it stands."""
    gold = range_of(place, library.texts[place.document])
    return any(
        overlaps(found, gold)
        for quote in asked.quotes
        if place.document in library.read_from.get(quote.article, ())
        for found in occurrences(quote.text, library.texts[place.document])
    )


def range_of(place: Place, text: str) -> Range:
    """The place in the normalised text: of the occurrences of its words the one nearest to where it stands."""
    before = len(normalise(text[: place.span.start]))
    found = occurrences(text[place.span.start : place.span.end], text)
    return min(found, key=lambda own: abs(own.start - before))


def occurrences(words: str, text: str) -> list[Range]:
    """Where the words stand in the text, both normalised."""
    bare, source = normalise(words), normalise(text)
    found: list[Range] = []
    start = source.find(bare) if bare else -1
    while start >= 0:
        found.append(Range(start, start + len(bare)))
        start = source.find(bare, start + 1)
    return found


# ---- of a whole group --------------------------------------------------------------------------------------------


def seconds(outcomes: Sequence[Outcome]) -> tuple[Measurement, ...]:
    """To the first sentence shown and to the whole answer, by group."""
    figures = []
    for group in dict.fromkeys(outcome.case.group for outcome in outcomes):
        own = [outcome.asked for outcome in outcomes if outcome.case.group == group]
        first = [asked.first_sentence for asked in own if asked.first_sentence is not None]
        for name, values in (("first_sentence", first), ("whole_answer", [asked.seconds for asked in own])):
            figures += [
                Measurement(f"{PREFIX}/{group}/all/{name}_p{q}_seconds", percentile(values, q), len(values))
                for q in (50, 95)
                if values
            ]
    return tuple(figures)


def crashes(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """What crashed; of what is scored only the kind of error alone."""
    return tuple(
        f"{o.case.group}: crashed: {o.asked.error.partition(':')[0]}"
        if o.case.held
        else f"{o.case.group}: {o.asked.id} crashed: {o.asked.error}"
        for o in outcomes
        if o.asked.error
    )
