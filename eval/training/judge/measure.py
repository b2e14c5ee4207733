"""`python -m eval.training.judge.measure`: the shipped judge beside what it replaced and beside shared bigrams, with intervals.

All on data that it was not trained on: questions and statements held back (eval.training.judge.dev), ncp_policy. The intervals are
95% of 2,000 bootstrap draws of the questions (Efron & Tibshirani 1993); a difference is drawn with the same questions for
both. A quarter of an hour on two cores.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from eval.answers import split_sample
from eval.bench import SEED
from eval.data import Corpus, Question, evaldata_root, sample
from eval.data_sets import Policy, read_policy
from eval.metrics import auroc, bootstrap_interval
from eval.retrieval import relevant_passages
from eval.systems import Method, Product
from eval.training.judge.dev import dev_sets
from eval.training.judge.pairs import Pair
from eval.training.thresholds import chatbot
from rag.answering.answerability import p_answerable
from rag.answering.context import keep_named
from rag.answering.support import coverage, score_support
from rag.models.judge import load_judge
from rag.question.analysis import analyse
from rag.text.normalization import alnum_only, bigrams, share_held

RANKED, ABSENT = 250, 150  # policy questions searched for; answerable and absent ones told apart
RANKINGS: tuple[tuple[str, Method], ...] = (("bigrams", "lexical"), ("before", "fused"), ("judge", "judged"))
Statistic = Callable[[Sequence[float], Sequence[bool]], float]


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: the values of each method by question, in one order, and what makes a figure of them."""

    name: str
    labels: Sequence[bool]
    values: Mapping[str, Sequence[float]]  # by "bigrams", "before", "judge", "together"
    statistic: Statistic


def mean(values: Sequence[float], _: Sequence[bool]) -> float:
    return float(np.mean(values))


def accuracy(values: Sequence[float], labels: Sequence[bool]) -> float:
    """Of what is said from one half on."""
    return float(np.mean([(value >= 0.5) == label for value, label in zip(values, labels, strict=True)]))


def write_row(row: Row) -> list[str]:
    """A line for each method, and one for what the last of them gains over `before`."""

    def figure(name: str, draw: Sequence[int]) -> float:
        return row.statistic([row.values[name][i] for i in draw], [row.labels[i] for i in draw])

    count, everything = len(row.labels), range(len(row.labels))
    lines = [f"{row.name} (n={count})"]
    for name in row.values:
        low, high = bootstrap_interval(partial(figure, name), count)
        lines.append(f"  {name:10} {figure(name, everything):.3f} [{low:.3f}, {high:.3f}]")
    if "before" in row.values:
        last = list(row.values)[-1]
        low, high = bootstrap_interval(lambda draw: figure(last, draw) - figure("before", draw), count)
        gained = figure(last, everything) - figure("before", everything)
        lines.append(f"  {last} - before {gained:+.3f} [{low:+.3f}, {high:+.3f}]")
    return lines


def statement_rows(pairs: Sequence[Pair]) -> list[Row]:
    labels = [bool(pair.label) for pair in pairs]
    scored = [(pair.first, pair.second) for pair in pairs]
    judged = load_judge().supports(scored)
    values = {
        "bigrams": [coverage(alnum_only(statement), alnum_only(quote), 2) for statement, quote in scored],
        "before": [score_support(statement, quote, None) for statement, quote in scored],
        "judge": judged,
        "together": [score_support(*pair, value) for pair, value in zip(scored, judged, strict=True)],
    }
    return [Row("citecheck accuracy", labels, values, accuracy), Row("citecheck AUROC", labels, values, auroc)]


def question_row(name: str, pairs: Sequence[Pair]) -> Row:
    judge = load_judge()
    values = {
        "before": [share_held(bigrams(pair.first), alnum_only(pair.second)) for pair in pairs],
        "judge": [judge.answerable(pair.first, pair.second) for pair in pairs],
    }
    return Row(f"{name} AUROC", [bool(pair.label) for pair in pairs], values, auroc)


def ranking_rows(product: Product, policy: Policy) -> list[Row]:
    """Whether a passage that holds the answer is the first, or among the first five."""
    searcher = product.searcher(Corpus("ncp_policy", policy.articles))
    questions = sample(policy.answerable, RANKED, SEED)
    held = [frozenset(relevant_passages(question, searcher.passages)) for question in questions]

    def found(question: Question, relevant: frozenset[str], method: Method) -> list[bool]:
        return [hit.passage.id in relevant for hit in searcher.search(question.text, 5, method)]

    ranked = {
        name: [found(question, own, method) for question, own in zip(questions, held, strict=True)]
        for name, method in RANKINGS
    }
    return [
        Row(f"ncp_policy hit@{depth}", [True] * len(questions), {name: [float(any(hits[:depth])) for hits in lists] for name, lists in ranked.items()}, mean)
        for depth in (1, 5)
    ]  # fmt: skip


def absent_row(product: Product, policy: Policy) -> Row:
    """Whether an article tells it at all. `together` is what the product asks before the local model; its weights were
    fitted on 240 questions of this set, of the same seed."""
    bot = chatbot(product, Corpus("ncp_policy", policy.articles))
    questions = split_sample((*policy.answerable, *policy.unanswerable), ABSENT, ABSENT, SEED)
    found = [(analyse(question.text), bot.find(question.text)) for question in questions]
    values = {
        "bigrams": [one.passage_coverage for _, one in found],
        "before": [one.cosine for _, one in found],
        "judge": [max((h.reading.probability for h in one.hits if h.reading), default=0.0) for _, one in found],
        "together": [p_answerable(asked, one, keep_named(asked, one.hits)) for asked, one in found],
    }
    return Row("ncp_policy absent AUROC", [question.answerable for question in questions], values, auroc)


def main() -> int:
    root = evaldata_root()
    sets = dev_sets(root)
    product = Product()
    for row in (*statement_rows(sets["citecheck"]), question_row("squad2_zh", sets["squad2"]), question_row("dureader_checklist", sets["checklist"])):  # fmt: skip
        print("\n".join(write_row(row)), flush=True)
    policy = read_policy(root)
    if policy is None:
        print("not run: the data set ncp_policy is absent")
        return 0
    for row in (*ranking_rows(product, policy), absent_row(product, policy)):
        print("\n".join(write_row(row)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
