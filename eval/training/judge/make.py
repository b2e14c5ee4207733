"""All training pairs of the judge: (question, passage) that answers or does not, (statement, quote) that supports or not."""

import random
from pathlib import Path

from eval.data_sets import held_back, read_citecheck
from eval.training.judge.asked import ask_news, read_asked
from eval.training.judge.pairs import Pair
from eval.training.judge.question_pairs import question_pairs
from eval.training.judge.statement_pairs import news_statements, statement_pairs
from rag.text.normalization import normalize

NEWS_KEPT = {"answers": 0.30, "supports": 0.36}


def make_pairs(root: Path, seed: int) -> list[Pair]:
    """All training pairs, shuffled. `root` holds the evaluation data."""
    rng = random.Random(seed)
    asked = [*read_asked(root), *ask_news(root, rng)]
    pairs = [*question_pairs(asked, rng), *statement_pairs(asked, rng), *news_statements(root, rng)]
    # What news gives is thinned: it would be two thirds of all.
    pairs = [p for p in pairs if not p.source.startswith("crud_news") or rng.random() < NEWS_KEPT[p.task]]
    for pair in read_citecheck(root) or ():
        if not held_back("citecheck", pair.group):
            made = Pair("supports", normalize(pair.statement), normalize(pair.quote)[:600], float(pair.supported), source="citecheck")  # fmt: skip
            pairs += [made, made]
    rng.shuffle(pairs)
    return pairs
