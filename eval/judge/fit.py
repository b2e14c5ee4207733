"""The judge's calibration: Platt's scaling of its logits, fitted on held-back questions and statements."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from eval.judge.dev import dev_sets
from eval.judge.train import encode_pair, score
from rag.judge_model import JudgeModel

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def fit_calibration(model: JudgeModel, tokenizer: "Tokenizer", root: Path) -> dict[str, dict[str, float]]:
    """Scale and shift of each task's logit. Squad2 and the checklist stand for questions, citecheck for statements."""
    model.eval()
    sets = dev_sets(root)
    values: dict[str, tuple[list[float], list[bool]]] = {}
    with torch.inference_mode():
        for task, names in (("answers", ("squad2", "checklist")), ("supports", ("citecheck",))):
            pairs = [encode_pair(tokenizer, pair) for name in names for pair in sets[name]]
            values[task] = (score(model, pairs), [bool(pair.label) for pair in pairs])
    return {task: platt(*found) for task, found in values.items()}


def platt(logits: Sequence[float], labels: Sequence[bool]) -> dict[str, float]:
    """scale and shift of probability = 1 / (1 + e^-(scale * logit + shift)) (Platt 1999), by maximum likelihood."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e6).fit([[value] for value in logits], labels)
    return {"scale": round(float(fitted.coef_[0][0]), 4), "shift": round(float(fitted.intercept_[0]), 4)}
