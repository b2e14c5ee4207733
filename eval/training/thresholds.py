"""Fits rag.answering.answerability's weights: `python -m eval.training.thresholds` ANSWERABLE_WEIGHTS, `python -m eval.training.thresholds --model 25` READER_WEIGHTS.

The signals of dev questions, answerable or not, on the corpora that they are asked of; a logistic regression with each
group of questions weighing the same, cross-validated in ten folds. Only with --model is the local model asked.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.answers import split_sample
from eval.bench import SEED
from eval.data import Corpus, Question, evaldata_root
from eval.data_sets import read_dragonball, read_policy, read_reading, read_squad2
from eval.metrics import auroc
from eval.page_sets import read_page_sets
from eval.systems import Product
from rag.answering.answerability import answerability_signals, p_answerable
from rag.answering.context import keep_named
from rag.chatbot import Chatbot
from rag.models.judge import log_odds
from rag.question.analysis import analyse

NAMES = ("cosine", "passage", "article", "missing", "size", "judge", "certainty", "expected")
Vector = NDArray[np.float64]
FALSE_REFUSALS = 0.06  # of the answerable questions: what the threshold is set to


@dataclass(frozen=True, slots=True)
class Case:
    group: str
    answerable: bool
    signals: tuple[float, ...]


def collect(product: Product) -> list[Case]:
    root = evaldata_root()
    cases: list[Case] = []
    for page_set in read_page_sets()[0]:
        bot = chatbot(product, Corpus(page_set.name, tuple(product.parse(page_set.path))))
        cases += [case_of(bot, q, "page") for q in page_set.questions if not q.history]
    policy = read_policy(root)
    if policy is not None:
        bot = chatbot(product, Corpus("ncp_policy", policy.articles))
        asked = split_sample((*policy.answerable, *policy.unanswerable), 120, 120, SEED)
        cases += [case_of(bot, q, "ncp_policy") for q in asked]
    given = {
        "squad2_zh": read_squad2(root),
        "dureader_checklist": read_reading(root, "dureader_checklist", "demo.json"),
        "dragonball": read_dragonball(root),
    }
    bot = chatbot(product, Corpus(read_page_sets()[0][0].name, tuple(product.parse(read_page_sets()[0][0].path))))
    for name, questions in given.items():
        cases += [case_of(bot, q, name) for q in split_sample(questions or (), 60, 60, SEED)]
    return cases


def chatbot(product: Product, corpus: Corpus) -> Chatbot:
    bot = product.asker(corpus)
    assert isinstance(bot, Chatbot)  # the signals are the product's own
    return bot


def case_of(bot: Chatbot, question: Question, group: str) -> Case:
    found = bot.find(question.text, question.passages)
    kind = f"{group}/{question.kind}" if group == "page" and not question.answerable else group
    analysed = analyse(question.text)
    return Case(kind, question.answerable, answerability_signals(analysed, found, keep_named(analysed, found.hits)))


def fit(cases: Sequence[Case], weights: Vector) -> Vector:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0, max_iter=2000)
    model.fit([c.signals for c in cases], [c.answerable for c in cases], sample_weight=weights)
    return np.array([*model.coef_[0], model.intercept_[0]])


def predict(weights: Vector, cases: Sequence[Case]) -> Vector:
    values = np.array([[*c.signals, 1.0] for c in cases])
    probabilities: Vector = 1 / (1 + np.exp(-values @ weights))
    return probabilities


def balance(cases: Sequence[Case]) -> Vector:
    """Each set of questions weighs the same, and in it those that are told as much as those that are not."""
    keys = [(c.group.partition("/")[0], c.answerable) for c in cases]
    counts = {key: keys.count(key) for key in set(keys)}
    return np.array([100 / counts[key] for key in keys])


def ask_model(product: Product, count: int) -> None:
    """Fits READER_WEIGHTS on the pages that measure nothing and `count` of each kind of the other sets; a line of JSON for each."""
    root = evaldata_root()
    values: list[tuple[str, bool, float, float]] = []
    asked: list[tuple[Corpus, Sequence[Question], str]] = []
    for page_set in read_page_sets(fitted=True)[0]:
        corpus = Corpus(page_set.name, tuple(product.parse(page_set.path)))
        asked.append((corpus, [q for q in page_set.questions if not q.history], "page"))
    policy = read_policy(root)
    if policy is not None:
        chosen = split_sample((*policy.answerable, *policy.unanswerable), count, count, SEED)
        asked.append((Corpus("ncp_policy", policy.articles), chosen, "ncp_policy"))
    for name, given in (
        ("squad2_zh", read_squad2(root)),
        ("dureader_checklist", read_reading(root, "dureader_checklist", "demo.json")),
    ):
        asked.append((asked[0][0], split_sample(given or (), count, count, SEED), name))
    for corpus, questions, group in asked:
        bot = chatbot(product, corpus)
        for question in questions:
            found = bot.find(question.text, question.passages)
            analysed = analyse(question.text)
            hits = keep_named(analysed, found.hits)
            kind = f"{group}/{question.kind}" if group == "page" and not question.answerable else group
            read = bot.read_log_odds(question.text, hits)
            if read is not None:
                values.append((kind, question.answerable, p_answerable(analysed, found, hits), read))
                print(json.dumps(values[-1]), flush=True)
    fit_asked(values)


def fit_asked(values: Sequence[tuple[str, bool, float, float]]) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    features = np.array([[log_odds(told), read] for _, _, told, read in values])
    labels = np.array([told for _, told, _, _ in values])
    keys = [(group.partition("/")[0], told) for group, told, _, _ in values]
    weights = np.array([100 / keys.count(key) for key in keys])
    model = LogisticRegression(C=10.0)
    together = cross_val_predict(
        model, features, labels, cv=10, method="predict_proba", params={"sample_weight": weights}
    )[:, 1]
    fitted = model.fit(features, labels, sample_weight=weights)
    print("READER_WEIGHTS", [round(float(w), 3) for w in (*fitted.coef_[0], fitted.intercept_[0])])
    alone = np.array([told for _, _, told, _ in values])
    told_scores = sorted(together[labels])
    for share in (0.04, 0.06, 0.08, 0.1, 0.12):
        threshold = told_scores[int(share * len(told_scores))]
        print(f"false refusals {share}: threshold {threshold:.3f}")
        for group in sorted({group for group, *_ in values}):
            base = group.partition("/")[0]
            own = np.array([g == group and not t for g, t, _, _ in values])
            told = np.array([g == base and t for g, t, _, _ in values])
            if own.any() and told.any():
                both = own | told
                areas = [auroc(s[both].tolist(), labels[both].tolist()) for s in (alone, features[:, 1], together)]
                print(f"  {group:28} refused {np.mean(together[own] < threshold):.2f} wrongly {np.mean(together[told] < threshold):.2f} AUROC without the model, it alone, together: {areas[0]:.3f} {areas[1]:.3f} {areas[2]:.3f}")  # fmt: skip


def main() -> int:
    if sys.argv[1:2] == ["--model"]:
        ask_model(Product(), int(sys.argv[2]))
        return 0
    cases = collect(Product())
    weights = balance(cases)
    predicted = np.zeros(len(cases))
    for fold in range(10):
        train = [i for i in range(len(cases)) if i % 10 != fold]
        test = [i for i in range(len(cases)) if i % 10 == fold]
        fitted = fit([cases[i] for i in train], weights[train])
        predicted[test] = predict(fitted, [cases[i] for i in test])
    told = sorted(p for p, c in zip(predicted, cases, strict=True) if c.answerable)
    threshold = told[int(FALSE_REFUSALS * len(told))]
    print("weights", dict(zip((*NAMES, "intercept"), fit(cases, weights).round(3).tolist(), strict=True)))
    print(f"threshold {threshold:.3f} (cross-validated)")
    groups = sorted({c.group for c in cases})
    for group in groups:
        base = group.partition("/")[0]
        own = [i for i, c in enumerate(cases) if c.group == group and not c.answerable]
        answerable = [i for i, c in enumerate(cases) if c.group == base and c.answerable]
        if own and answerable:
            both = [*answerable, *own]
            area = auroc([float(predicted[i]) for i in both], [cases[i].answerable for i in both])
            judge = auroc([cases[i].signals[5] for i in both], [cases[i].answerable for i in both])
            refused = float(np.mean(predicted[own] < threshold))
            wrongly = float(np.mean(predicted[answerable] < threshold))
            print(f"{group:28} AUROC {area:.3f} (judge alone {judge:.3f}) refused {refused:.2f}, wrongly {wrongly:.2f}, n={len(own)}+{len(answerable)}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
