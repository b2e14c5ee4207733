"""The judge's calibration: Platt's scaling of its logits, fitted on held-back questions and statements.

`python -m eval.training.judge.fit` fits rag.answering.support' TOGETHER_WEIGHTS with the judge that is shipped, and prints them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from eval.data import evaldata_root
from eval.data_sets import held_back, read_citecheck
from eval.metrics import auroc
from eval.training.judge.dev import dev_sets
from eval.training.judge.train import encode_pair, score
from rag.answering.support import OVERLAP_WEIGHTS, overlap_features
from rag.models.judge import load_judge, log_odds, logistic
from rag.models.judge_model import JudgeModel
from rag.text.normalization import alnum_only
from rag.text.quantity_check import normalize_quantities

if TYPE_CHECKING:
    from tokenizers import Tokenizer


# Squad2 and the checklist stand for questions, citecheck for statements.
CALIBRATED_ON = {"answers": ("squad2", "checklist"), "supports": ("citecheck",)}


def fit_calibration(model: JudgeModel, tokenizer: "Tokenizer", root: Path) -> dict[str, dict[str, float]]:
    """Scale and shift of each task's logit."""
    model.eval()
    sets = dev_sets(root)
    values: dict[str, tuple[list[float], list[bool]]] = {}
    with torch.inference_mode():
        for task, names in CALIBRATED_ON.items():
            pairs = [encode_pair(tokenizer, pair) for name in names for pair in sets[name]]
            values[task] = (score(model, pairs), [bool(pair.label) for pair in pairs])
    return {task: platt(*found) for task, found in values.items()}


def platt(logits: Sequence[float], labels: Sequence[bool]) -> dict[str, float]:
    """scale and shift of probability = 1 / (1 + e^-(scale * logit + shift)) (Platt 1999), by maximum likelihood."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e6).fit([[value] for value in logits], labels)
    return {"scale": round(float(fitted.coef_[0][0]), 4), "shift": round(float(fitted.intercept_[0]), 4)}


def fit_together(root: Path) -> None:
    """Weights of the overlap's and the judge's log-odds on held-back statements, and how well they do in ten folds."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    pairs = [p for p in read_citecheck(root) or () if held_back("citecheck", p.group)]
    labels = [p.supported for p in pairs]
    overlap = [
        logistic(
            OVERLAP_WEIGHTS,
            (*overlap_features(alnum_only(normalize_quantities(p.statement)), normalize_quantities(p.quote)), 1.0),
        )
        for p in pairs
    ]
    judged = load_judge().supports([(p.statement, p.quote) for p in pairs])
    features = [[log_odds(a), log_odds(b)] for a, b in zip(overlap, judged, strict=True)]
    model = LogisticRegression(C=10.0)
    together = cross_val_predict(model, features, labels, cv=10, method="predict_proba")[:, 1].tolist()
    for name, scores in (("overlap", overlap), ("judge", judged), ("together, ten folds", together)):
        right = sum((score >= 0.5) == label for score, label in zip(scores, labels, strict=True)) / len(labels)
        print(f"{name:20} accuracy {right:.3f} AUROC {auroc(scores, labels):.3f} n={len(labels)}")
    fitted = model.fit(features, labels)
    print("TOGETHER_WEIGHTS", [round(float(w), 3) for w in (*fitted.coef_[0], fitted.intercept_[0])])


if __name__ == "__main__":
    fit_together(evaldata_root())
