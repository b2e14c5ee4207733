"""Suite citations: does each sentence rest on the right words (ALCE, by gold spans), and is the support check right?"""

from collections.abc import Sequence

from eval.answer_cache import Quote, Said
from eval.answers import Exchange, ask_everything
from eval.bench import Bench
from eval.data import Question, sample
from eval.data_sets import Pair, held_back, read_citecheck
from eval.metrics import (
    Range,
    auroc,
    calibration,
    citation_recall_precision,
    expected_calibration_error,
    f1_of_decisions,
    locate,
    overlaps,
)  # fmt: skip
from eval.page_sets import is_public
from eval.results import Curve, Measurement, NotRun, Scored, Share, SuiteResult

ANSWERED = ("pages", "real_page", "dragonball")  # those with gold spans
GROUPS = (*ANSWERED, "citecheck")
SUPPORTED = 0.5  # a support from here on says yes
PREFIX = "citations/citecheck"


def run(bench: Bench) -> SuiteResult:
    exchanges = ask_everything(bench, "citations", ANSWERED)
    scored = [score(exchange) for exchange in exchanges.all]
    if not bench.takes("citecheck"):
        return SuiteResult("citations", tuple(scored), not_run=exchanges.not_run)
    pairs = read_citecheck(bench.evaldata)
    if pairs is None:
        absent = NotRun(PREFIX, "the data set citecheck is absent")
        return SuiteResult("citations", tuple(scored), not_run=(*exchanges.not_run, absent))
    pairs = [pair for pair in pairs if held_back("citecheck", pair.group)]
    chosen = sample(pairs, bench.sizes.citecheck, bench.seed)
    supports = [bench.systems.support(p.statement, p.quote) for p in bench.progress(chosen, "checking support")]
    return SuiteResult(
        "citations",
        (*scored, *score_support(chosen, supports)),
        support_measurements(chosen, supports),
        exchanges.not_run,
        (reliability(chosen, supports),),
    )


def score(exchange: Exchange) -> Scored:
    """Citation recall over sentences, precision over citations, and the share of gold spans that are cited. A refusal
    cites nothing and has no part in them (suite answers counts it); a crash counts as 0."""
    question, asked = exchange.question, exchange.asked
    gold = [found for words in question.gold if (found := locate(words, question.source))]
    if not question.answerable or not gold or asked.refused:
        return Scored(f"citations:{asked.id}", {})
    cited = [[locate(quote.text, question.source) for quote in counted(said, gold, question)] for said in asked.said]
    results = [citation_recall_precision(places, gold) for places in cited]
    precise = [value for _, values in results for value in values]
    everything = [place for places in cited for place in places if place]
    reached = sum(any(overlaps(place, span) for place in everything) for span in gold)
    shares = {
        "citation_recall": Share(sum(recall for recall, _ in results), float(max(1, len(results)))),
        "citation_precision": Share(sum(precise), float(max(1, len(precise)))),
        "gold_cited": Share(reached / len(gold)),
    }
    shown = " | ".join(quote.text for quote in asked.quotes)
    return Scored(
        f"citations:{asked.id}",
        {f"citations/{exchange.group}/{name}": share for name, share in shares.items()},
        shown,
        is_public(question.dataset),
    )


def counted(said: Said, gold: Sequence[Range], question: Question) -> list[Quote]:
    """The sentence's citations but for those that only say who suggests it (市政协委员某某建议): gold spans hold what is
    suggested, and ALCE would call such a citation precise, since the sentence's attribution rests on it alone."""
    return [q for q in said.quotes if len(said.quotes) == 1 or not _only_attributes(q, said, gold, question)]


def _only_attributes(quote: Quote, said: Said, gold: Sequence[Range], question: Question) -> bool:
    if not quote.speaker or quote.speaker not in said.text or quote.speaker not in quote.text:
        return False
    place = locate(quote.text, question.source)
    return not (place and any(overlaps(place, span) for span in gold))


def score_support(pairs: Sequence[Pair], supports: Sequence[float]) -> list[Scored]:
    return [
        Scored(
            f"citecheck/{pair.id}",
            {f"{PREFIX}/accuracy": Share(float((support >= SUPPORTED) == pair.supported))},
            f"support {support:.3f}",
        )
        for pair, support in zip(pairs, supports, strict=True)
    ]


def support_measurements(pairs: Sequence[Pair], supports: Sequence[float]) -> tuple[Measurement, ...]:
    labels = [pair.supported for pair in pairs]
    values = {
        "f1": f1_of_decisions([support >= SUPPORTED for support in supports], labels),
        "auroc": auroc(supports, labels),
        "ece": expected_calibration_error(calibration(supports, labels)),
    }
    return tuple(Measurement(f"{PREFIX}/{name}", value, len(pairs)) for name, value in values.items())


def reliability(pairs: Sequence[Pair], supports: Sequence[float]) -> Curve:
    bins = calibration(supports, [pair.supported for pair in pairs])
    return Curve("reliability", "citecheck", tuple(b.mean_score for b in bins), tuple(b.share_true for b in bins))
