"""What the judge is measured by while it learns: held-back questions and statements, small enough for every checkpoint."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eval.data import Question, sample
from eval.data_sets import held_back, read_citecheck, read_policy, read_reading, read_squad2
from eval.metrics import auroc
from eval.training.judge.pairs import Pair
from eval.training.judge.train import Encoded, encode_pair, score
from rag.models.judge_model import JudgeModel
from rag.text.normalization import normalize

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SEED = 5


def question_pairs(questions: Sequence[Question]) -> list[Pair]:
    return [Pair("answers", normalize(q.text), normalize(q.source), float(q.answerable)) for q in questions]


def statement_pairs(root: Path) -> list[Pair]:
    pairs = [p for p in read_citecheck(root) or () if held_back("citecheck", p.group)]
    return [Pair("supports", normalize(p.statement), normalize(p.quote), float(p.supported)) for p in pairs]


def dev_sets(root: Path) -> dict[str, list[Pair]]:
    """By name: squad2 and checklist (does the passage answer?), citecheck (does the quote support?)."""
    squad = read_squad2(root) or []
    halves = [sample([q for q in squad if q.answerable is kind], 150, SEED) for kind in (True, False)]
    return {
        "squad2": question_pairs([*halves[0], *halves[1]]),
        "checklist": question_pairs(read_reading(root, "dureader_checklist", "demo.json") or []),
        "citecheck": statement_pairs(root),
    }


def rerank_sets(root: Path, count: int, near: int = 8) -> list[tuple[list[Pair], list[bool]]]:
    """Policy questions, each with its `near` nearest passages by BM25 and whether each holds the answer."""
    import bm25s

    from rag.models.encoder import searched_title
    from rag.reading.passages import split_articles
    from rag.search.terms import searched_terms
    from rag.text.normalization import alnum_only, bigrams

    policy = read_policy(root)
    if policy is None:
        return []
    passages = split_articles(policy.articles)
    terms = bm25s.BM25()
    terms.index([searched_terms(p) for p in passages], show_progress=False)
    sets = []
    for question in sample(policy.answerable, count, SEED):
        best = terms.get_scores(bigrams(question.text)).argsort()[::-1][:near]
        own = [passages[i] for i in best]
        texts = [normalize(f"{searched_title(p)}\n{p.text}") for p in own]
        holds = [alnum_only(question.answers[0][0]) in alnum_only(p.text) for p in own]
        sets.append(([Pair("answers", normalize(question.text), text, 0.0) for text in texts], holds))
    return sets


def make_measure(root: Path, tokenizer: "Tokenizer", reranked: int = 60) -> Callable[[JudgeModel, int], dict[str, float]]:  # fmt: skip
    sets = {name: [encode_pair(tokenizer, p) for p in pairs] for name, pairs in dev_sets(root).items()}
    ranked = [([encode_pair(tokenizer, p) for p in pairs], holds) for pairs, holds in rerank_sets(root, reranked)]
    ranked = [(pairs, holds) for pairs, holds in ranked if any(holds)]

    def measure(model: JudgeModel, _: int) -> dict[str, float]:
        figures: dict[str, float] = {}
        for name, pairs in sets.items():
            values = score(model, pairs)
            labels = [bool(e.label) for e in pairs]
            figures[f"{name}_auroc"] = round(auroc(values, labels), 4)
            if name == "citecheck":
                right = [(value > 0) == label for value, label in zip(values, labels, strict=True)]
                figures["citecheck_accuracy"] = round(sum(right) / len(right), 4)
        flat: list[Encoded] = [e for pairs, _ in ranked for e in pairs]
        values = score(model, flat)
        first, at = 0, 0
        for pairs, holds in ranked:
            own = values[at : at + len(pairs)]
            first += holds[own.index(max(own))]
            at += len(pairs)
        if ranked:
            figures["policy_hit1"] = round(first / len(ranked), 4)
            figures["policy_hit1_bm25"] = round(sum(holds[0] for _, holds in ranked) / len(ranked), 4)
        return figures

    return measure
