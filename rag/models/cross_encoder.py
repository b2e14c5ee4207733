"""Any sentence-transformers CrossEncoder in the judge's place (WENCE_JUDGE), where a hub or a GPU is at hand.

It gives one logit for two texts where rag.models.judge's own gives three answers. So that logit is calibrated twice, for
questions and for statements (`python -m eval.training.judge.calibrate MODEL` fits both and keeps them), and an answer's place is
the sentence with the highest one.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rag.datatypes import Reading, Span
from rag.errors import UserError
from rag.models.judge import Calibration, log_odds
from rag.text.normalization import normalize, split_sentences

Pairs = Sequence[tuple[str, str]]
MOST_TOKENS = 512  # of a pair, where the model sets no limit of its own


class CrossEncoderJudge:
    """Reads pairs of texts; an `EvidenceJudge`. `score`: a logit for each pair."""

    def __init__(
        self, score: Callable[[Pairs], Sequence[float]], identity: str, answers: Calibration, supports: Calibration
    ) -> None:
        self.identity = identity
        self._score = score
        self._answers = answers
        self._supports = supports

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """For each passage whether it answers the question, and which of its sentences does best. Its first line is the
        article's title, which is no answer's place."""
        places = [_sentences(passage) for passage in passages]
        texts = [(question, passage) for passage in passages]
        texts += [(question, p[s.start : s.end]) for p, spans in zip(passages, places, strict=True) for s in spans]
        probabilities = [self._answers.probability(logit) for logit in self._logits(texts)]
        readings: list[Reading] = []
        at = len(passages)
        for probability, spans in zip(probabilities, places, strict=False):
            own = probabilities[at : at + len(spans)]
            at += len(spans)
            best = max(range(len(spans)), key=own.__getitem__, default=None)
            readings.append(
                Reading(probability, Span(0, 0), 0.0)
                if best is None
                else Reading(probability, spans[best], log_odds(own[best]))
            )
        return readings

    def supports(self, pairs: Pairs) -> list[float]:
        """Probability, for each (statement, quote), that the quote supports the statement."""
        return [self._supports.probability(logit) for logit in self._logits(pairs)]

    def _logits(self, pairs: Pairs) -> Sequence[float]:
        """Of the texts as they were when the calibration was fitted: normalised."""
        return self._score([(normalize(one), normalize(other)) for one, other in pairs]) if pairs else []


def _sentences(passage: str) -> list[Span]:
    spans = split_sentences(passage)
    below = [span for span in spans if span.start > passage.find("\n") >= 0]
    return below or spans


def calibration_file(home: Path, model: str) -> Path:
    """Where the calibration of a model is kept; its name says which, its digest tells alike names apart."""
    digest = hashlib.sha256(model.encode()).hexdigest()[:8]
    return home / "judges" / f"{re.sub(r'[^A-Za-z0-9.-]+', '-', model)[-40:]}-{digest}.json"


def load_cross_encoder_judge(model: str, calibration: Path) -> CrossEncoderJudge:
    """The CrossEncoder in a local folder or under a hub id. UserError where there is none, or no calibration of it."""
    try:
        kept = json.loads(calibration.read_text("utf-8"))
    except FileNotFoundError:
        raise UserError(
            f"判断模型 {model} 还没有校准。请先运行：python -m eval.training.judge.calibrate {model}",
            f"The judge {model} has no calibration yet. Run: python -m eval.training.judge.calibrate {model}",
        ) from None
    answers, supports = (Calibration(**kept[task]) for task in ("answers", "supports"))
    return CrossEncoderJudge(load_scorer(model), model, answers, supports)


def load_scorer(model: str) -> Callable[[Pairs], list[float]]:
    """What gives a logit for each pair of texts. UserError where the model cannot be loaded or gives more than one."""
    import torch
    from sentence_transformers import CrossEncoder

    from rag.models.int8 import quantize_module

    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        loaded: Any = CrossEncoder(model, device=device)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"无法载入判断模型 {model}：{reason}。WENCE_JUDGE 应为本地目录或可访问的模型编号；不设就用自带的。",
            f"Cannot load the judge {model}: {reason}. WENCE_JUDGE takes a local folder or a hub id that this machine "
            "reaches; unset, the judge shipped with the package is used.",
        ) from error
    if loaded.num_labels != 1:
        raise UserError(
            f"判断模型 {model} 每对给出 {loaded.num_labels} 个分数，应为 1 个（相关与否）。",
            f"The judge {model} gives {loaded.num_labels} scores for a pair; one (relevant or not) is needed.",
        )
    loaded.max_seq_length = min(loaded.max_seq_length or MOST_TOKENS, MOST_TOKENS)
    if device == "cpu":
        quantize_module(loaded)

    def score(pairs: Pairs) -> list[float]:
        logits = loaded.predict(list(pairs), activation_fn=torch.nn.Identity(), show_progress_bar=False)
        return [float(logit) for logit in logits]

    return score
