"""Suite answers: is what is said right, is silence kept where it should be, and is every figure, date and name backed?"""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.answer_cache import Asked
from eval.bench import Bench, key_of
from eval.claims import Claims, unbacked
from eval.data import Corpus, Question, sample  # fmt: skip
from eval.data_sets import read_dragonball, read_policy, read_reading, read_squad2
from eval.metrics import auroc, best_of, character_f1, contains_all, key_points_found, risk_coverage, rouge_l
from eval.page_sets import SAMPLE_PAGE, is_public, read_page_sets
from eval.parse import FAMILIES, family
from eval.results import Curve, Measurement, NotRun, Scored, Share, SuiteResult
from eval.retrieval import chosen_pages, policy_corpus


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what became of it. `group` names its data set in measures."""

    group: str
    question: Question
    asked: Asked


@dataclass(frozen=True, slots=True)
class Exchanges:
    """All that was asked, and which groups could not be."""

    all: tuple[Exchange, ...]
    not_run: tuple[NotRun, ...] = ()


def run(bench: Bench) -> SuiteResult:
    exchanges = ask_everything(bench, "answers")
    scored = tuple(score(exchange) for exchange in exchanges.all)
    return SuiteResult(
        "answers", scored, confidence_measurements(exchanges.all), exchanges.not_run, confidence_curves(exchanges.all),
        tuple(f"{e.group}: {e.asked.id} crashed: {e.asked.error}" for e in exchanges.all if e.asked.error),
    )  # fmt: skip


# ---- asking ------------------------------------------------------------------------------------------------------


def ask_everything(bench: Bench, suite: str, groups: Sequence[str] | None = None) -> Exchanges:
    """The chosen questions of the data sets (of `groups`, or of all) with their answers."""
    wanted = [group for group in groups or ALL_GROUPS if bench.takes(group)]
    parts = [_ask_pages(bench, wanted)]
    parts += [ask(bench) for group, ask in GROUPS.items() if group in wanted]
    return Exchanges(
        tuple(exchange for part in parts for exchange in part.all),
        tuple(NotRun(f"{suite}/{missing.name}", missing.reason) for part in parts for missing in part.not_run),
    )


def _ask_pages(bench: Bench, wanted: Sequence[str]) -> Exchanges:
    page_sets, absent = read_page_sets()
    found: list[Exchange] = []
    for page_set in chosen_pages(page_sets, bench):
        group = family(page_set.name)
        if group in wanted:
            corpus = Corpus(page_set.name, tuple(bench.systems.parse(page_set.path)))
            sizes = (bench.sizes.pages_answerable, bench.sizes.pages_unanswerable)
            found += _ask(bench, group, corpus, split_sample(page_set.questions, *sizes, bench.seed))
    missing = [name for name in absent if family(name) in wanted]
    return Exchanges(tuple(found), tuple(NotRun(family(name), f"the page {name} is absent") for name in missing))


def _ask_policy(bench: Bench) -> Exchanges:
    policy = read_policy(bench.evaldata)
    if policy is None:
        return _absent("ncp_policy")
    corpus, answerable = policy_corpus(policy, bench)
    sizes = (bench.sizes.policy_answerable, bench.sizes.policy_unanswerable)
    questions = split_sample((*answerable, *policy.unanswerable), *sizes, bench.seed)
    return Exchanges(tuple(_ask(bench, "ncp_policy", corpus, questions)))


def _ask_dragonball(bench: Bench) -> Exchanges:
    sizes = (bench.sizes.dragonball_answerable, bench.sizes.dragonball_unanswerable)
    return _ask_over(bench, "dragonball", read_dragonball(bench.evaldata), *sizes)


def _ask_checklist(bench: Bench) -> Exchanges:
    questions = read_reading(bench.evaldata, "dureader_checklist", "demo.json")
    return _ask_over(bench, "dureader_checklist", questions, *_halves(bench.sizes.checklist))


def _ask_squad2(bench: Bench) -> Exchanges:
    return _ask_over(bench, "squad2_zh", read_squad2(bench.evaldata), *_halves(bench.sizes.squad2))


GROUPS = {
    "ncp_policy": _ask_policy,
    "dragonball": _ask_dragonball,
    "dureader_checklist": _ask_checklist,
    "squad2_zh": _ask_squad2,
}
ALL_GROUPS = (*FAMILIES, *GROUPS)


def _ask_over(
    bench: Bench, group: str, questions: Sequence[Question] | None, answerable: int | None, unanswerable: int | None
) -> Exchanges:
    if questions is None:
        return _absent(group)
    chosen = split_sample(questions, answerable, unanswerable, bench.seed)
    corpus = Corpus(SAMPLE_PAGE.stem, tuple(bench.systems.parse(SAMPLE_PAGE)))  # ask_over reads nothing of it
    return Exchanges(tuple(_ask(bench, group, corpus, chosen)))


def _ask(bench: Bench, group: str, corpus: Corpus, questions: Sequence[Question]) -> list[Exchange]:
    asked = bench.ask(lambda: bench.systems.asker(corpus), questions, group)
    return [Exchange(group, question, asked[key_of(question)]) for question in questions]


def _absent(group: str) -> Exchanges:
    return Exchanges((), (NotRun(group, f"the data set {group} is absent"),))


def _halves(size: int | None) -> tuple[int | None, int | None]:
    return (None, None) if size is None else (size - size // 2, size // 2)


def split_sample(
    questions: Sequence[Question], answerable: int | None, unanswerable: int | None, seed: int
) -> list[Question]:
    """So many of the answerable and so many of the others: a small sample then always holds both."""
    return [
        *sample([q for q in questions if q.answerable], answerable, seed),
        *sample([q for q in questions if not q.answerable], unanswerable, seed),
    ]


# ---- scoring -----------------------------------------------------------------------------------------------------


def score(exchange: Exchange) -> Scored:
    """Every measure that the question has a part in. A crash counts as wrong, and as a false refusal."""
    question, asked = exchange.question, exchange.asked
    measures = {
        **(_answerable(question, asked) if question.answerable else {"refusal_recall": Share(float(asked.refused))}),
        "refusal_precision": Share(float(not question.answerable), 1.0) if asked.refused else Share(0.0, 0.0),
        "crashed": Share(float(asked.error is not None)),
        **_unsupported(question, asked),
    }
    shown = f"[{asked.status}] {asked.text or asked.note or asked.error or ''}"
    return Scored(
        asked.id,
        {f"answers/{exchange.group}/{name}": share for name, share in measures.items()},
        shown,
        is_public(question.dataset),
    )


def _answerable(question: Question, asked: Asked) -> dict[str, Share]:
    text = asked.text if asked.answered else ""
    shares = {"false_refusals": Share(float(asked.refused or asked.error is not None))}
    if question.answers:
        right = Share(float(contains_all(text, question.answers)))
        shares["correct"] = right
        if question.history:
            shares["follow_ups"] = right
    if question.key_points:
        found = key_points_found(text, question.key_points)
        shares["key_points"] = Share(found.part / found.whole)
    if question.references:
        shares["f1"] = Share(best_of(character_f1, text, _whole(question)))
        shares["rouge_l"] = Share(best_of(rouge_l, text, _whole(question)))
    return shares


def _whole(question: Question) -> Sequence[str]:
    """What the answer is compared with: on a page the gold spans together, elsewhere the best of the references."""
    return ("".join(question.gold),) if question.references == question.gold else question.references


def is_right(exchange: Exchange) -> bool:
    """Right, for the risk-coverage curve: answerable and correct (for key points: more than half of them found)."""
    question, asked = exchange.question, exchange.asked
    if not question.answerable or not asked.answered:
        return False
    if question.key_points:
        found = key_points_found(asked.text, question.key_points)
        return 2 * found.part > found.whole
    return contains_all(asked.text, question.answers)


def claims_without_backing(question: Question, asked: Asked) -> list[Claims]:
    """For each sentence what it states that its citations do not bear out. Names known from the cited articles count
    wherever they occur."""
    known = {line for quote in asked.quotes for line in quote.head.split("\n") if 2 <= len(line) <= 4}
    return [
        unbacked(said.text, [text for quote in said.quotes for text in (quote.text, quote.head)], question.text, known)
        for said in asked.said
    ]


def _unsupported(question: Question, asked: Asked) -> dict[str, Share]:
    """The share of sentences with a figure, date or name that is not their source's."""
    if not asked.answered:
        return {}
    claims = claims_without_backing(question, asked)
    total = float(len(claims))
    return {
        "unsupported_figures": Share(float(sum(bool(c.quantities) for c in claims)), total),
        "unsupported_dates": Share(float(sum(bool(c.dates) for c in claims)), total),
        "unsupported_names": Share(float(sum(bool(c.names) for c in claims)), total),
    }


# ---- confidence --------------------------------------------------------------------------------------------------


def confidence_measurements(exchanges: Sequence[Exchange]) -> tuple[Measurement, ...]:
    """How well the best evidence's score tells answerable from unanswerable, by group."""
    measurements = []
    for group, own in _by_group(exchanges).items():
        labels = [e.question.answerable for e in own]
        if any(labels) and not all(labels):
            value = auroc([e.asked.confidence for e in own], labels)
            measurements.append(Measurement(f"answers/{group}/evidence_auroc", value, len(own)))
    return tuple(measurements)


def confidence_curves(exchanges: Sequence[Exchange]) -> tuple[Curve, ...]:
    """Risk against coverage, were only the questions with the best evidence answered."""
    curves = []
    for group, own in _by_group(exchanges).items():
        coverage, risk = risk_coverage([e.asked.confidence for e in own], [is_right(e) for e in own])
        curves.append(Curve("risk_coverage", group, tuple(coverage), tuple(risk)))
    return tuple(curves)


def _by_group(exchanges: Sequence[Exchange]) -> dict[str, list[Exchange]]:
    groups: dict[str, list[Exchange]] = {}
    for exchange in exchanges:
        groups.setdefault(exchange.group, []).append(exchange)
    return groups
