"""Measures as pure functions of text and numbers; each names the source of its formula. No model, no file.

What an answer claims in figures, dates and names is in `eval.claims`; retrieval is measured by ir_measures.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eval.claims import quantities_in
from eval.results import Share

KEY_POINT_SHARE = 0.5  # of a key point's bigrams that must stand in the answer
GOLD_SHARE = 0.5  # of the shorter of two spans that must overlap for one to stand for the other
LIST_NUMBER = re.compile(r"^\s*\d+\s*[.、．)）]\s*(?!\d)")


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """NFKC, lower case, letters, digits, Han and % only: the SQuAD normalisation (Rajpurkar et al. 2016), for Chinese.

    A point between digits stays, so that 3.9 is not 39; other signs between digits become |, so that 3、90 is not 390;
    a thousands comma goes.
    """
    folded = re.sub(r"[|_]", "", unicodedata.normalize("NFKC", text).lower())
    whole = re.sub(r"(?<=\d),(?=\d{3}(?!\d))|\s", "", folded)
    kept_apart = re.sub(r"(?<=\d)[^\w.%]+(?=\d)", "|", whole)
    return re.sub(r"[^\w.%|]|(?<!\d)\.|\.(?!\d)", "", kept_apart)


def contains(text: str, wanted: str) -> bool:
    """Whether the normalised `wanted` stands in the normalised `text`.

    An answer that begins or ends with a digit does not match inside a longer number: 60 is not in 600.
    """
    needle = normalise(wanted)
    if not needle:
        return False
    before = r"(?<![\d.])" if needle[0].isdigit() else ""
    after = r"(?!\d|\.\d)" if needle[-1].isdigit() else ""
    return re.search(before + re.escape(needle) + after, normalise(text)) is not None


def contains_all(text: str, answers: Sequence[Sequence[str]]) -> bool:
    """Whether of each inner list one alternative stands in the text. No list at all is never right."""
    return bool(answers) and all(any(contains(text, option) for option in options) for options in answers)


def character_f1(answer: str, reference: str) -> float:
    """Harmonic mean of precision and recall over characters as a multiset: SQuAD's F1 (Rajpurkar et al. 2016) with
    characters for words, as CMRC 2018 counts Chinese (Cui et al. 2019)."""
    said, meant = Counter(normalise(answer)), Counter(normalise(reference))
    common = sum((said & meant).values())
    if not common:
        return 0.0
    precision, recall = common / said.total(), common / meant.total()
    return 2 * precision * recall / (precision + recall)


def longest_common_subsequence(a: str, b: str) -> int:
    row = [0] * (len(b) + 1)
    for x in a:
        diagonal = 0
        for j, y in enumerate(b, start=1):
            above = row[j]
            row[j] = diagonal + 1 if x == y else max(above, row[j - 1])
            diagonal = above
    return row[-1]


def rouge_l(answer: str, reference: str) -> float:
    """ROUGE-L by characters with beta = 1 (Lin 2004): the harmonic mean of LCS/|answer| and LCS/|reference|."""
    said, meant = normalise(answer), normalise(reference)
    if not said or not meant:
        return 0.0
    return 2 * longest_common_subsequence(said, meant) / (len(said) + len(meant))


def bigram_recall(text: str, wanted: str) -> float:
    """The share of the character bigrams of `wanted` that stand in `text` (ROUGE-2 recall, Lin 2004, over the set)."""
    said, meant = _bigrams(normalise(text)), _bigrams(normalise(wanted))
    return len(said & meant) / len(meant) if meant else 0.0


def key_points_found(answer: str, key_points: Sequence[str]) -> Share:
    """How many key points the answer states, of how many.

    The idea is RAGEval's completeness (Zhu et al. 2024, dragonball's paper), which asks a judge model; here a point is
    found when every figure of it stands in the answer, and at least half of its bigrams.
    """
    bare_points = [LIST_NUMBER.sub("", point) for point in key_points]
    return Share(float(sum(_states(answer, point) for point in bare_points)), float(len(bare_points)))


def _states(answer: str, point: str) -> bool:
    return quantities_in(point) <= quantities_in(answer) and bigram_recall(answer, point) >= KEY_POINT_SHARE


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(max(1, len(text) - 1))} if text else set()


class Range(NamedTuple):
    """A half-open range of positions in a normalised source text."""

    start: int
    end: int


def locate(needle: str, source: str) -> Range | None:
    """Where the needle stands in the source, both normalised (so a paragraph cut by a page's column is whole again)."""
    bare = normalise(needle)
    found = normalise(source).find(bare) if bare else -1
    return Range(found, found + len(bare)) if found >= 0 else None


def overlaps(a: Range, b: Range) -> bool:
    """Whether the two share at least half of the shorter one: one then stands for the other."""
    common = min(a.end, b.end) - max(a.start, b.start)
    return common > 0 and common >= GOLD_SHARE * min(a.end - a.start, b.end - b.start)


def citation_recall_precision(citations: Sequence[Range | None], gold: Sequence[Range]) -> tuple[float, list[float]]:
    """ALCE's citation recall of one sentence, and the precision of each of its citations (Gao et al. 2023, section 4).

    ALCE asks an NLI model whether the cited passages together support the sentence; here gold spans decide: a set of
    citations supports when one of them overlaps a gold span. Recall is 1 when all citations of the sentence together
    support it. A citation is precise when recall is 1 and it supports alone, or the others without it do not.
    """

    def supports(chosen: Sequence[Range | None]) -> bool:
        return any(c is not None and overlaps(c, g) for c in chosen for g in gold)

    recall = supports(citations)
    rest = [[*citations[:i], *citations[i + 1 :]] for i in range(len(citations))]
    precise = [
        float(recall and (supports([one]) or not supports(others))) for one, others in zip(citations, rest, strict=True)
    ]
    return float(recall), precise


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The chance that a positive scores above a negative, ties counted half (Mann-Whitney U; Hanley & McNeil 1982)."""
    positives = np.asarray([s for s, yes in zip(scores, labels, strict=True) if yes], dtype=np.float64)
    negatives = np.sort(np.asarray([s for s, yes in zip(scores, labels, strict=True) if not yes], dtype=np.float64))
    if not len(positives) or not len(negatives):
        return math.nan
    below = np.searchsorted(negatives, positives, side="left")
    upto = np.searchsorted(negatives, positives, side="right")
    return float((below + upto).sum() / (2 * len(positives) * len(negatives)))


def f1_of_decisions(decisions: Sequence[bool], labels: Sequence[bool]) -> float:
    """2 TP / (2 TP + FP + FN) (van Rijsbergen 1979)."""
    pairs = list(zip(decisions, labels, strict=True))
    right = sum(yes and truth for yes, truth in pairs)
    wrong = sum(yes != truth for yes, truth in pairs)
    return 2 * right / (2 * right + wrong) if right or wrong else 0.0


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a reliability diagram: the mean score said, the share that was true, and how many."""

    mean_score: float
    share_true: float
    count: int


def calibration(scores: Sequence[float], labels: Sequence[bool], bins: int = 10) -> list[Bin]:
    """Equal-width bins of scores in [0, 1], empty ones left out (Guo et al. 2017)."""
    filled: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for score, label in zip(scores, labels, strict=True):
        filled[min(bins - 1, max(0, int(score * bins)))].append((score, label))
    return [
        Bin(math.fsum(s for s, _ in group) / len(group), sum(y for _, y in group) / len(group), len(group))
        for group in filled
        if group
    ]


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """The mean distance of score and truth, weighted by how many (Guo et al. 2017)."""
    total = sum(b.count for b in bins)
    return sum(b.count * abs(b.mean_score - b.share_true) for b in bins) / total if total else 0.0


def risk_coverage(scores: Sequence[float], right: Sequence[bool]) -> tuple[list[float], list[float]]:
    """Coverage and risk when only the k best-scored are answered, k = 1..n (El-Yaniv & Wiener 2010)."""
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    wrong, coverage, risk = 0, [], []
    for k, i in enumerate(order, start=1):
        wrong += not right[i]
        coverage.append(k / len(order))
        risk.append(wrong / k)
    return coverage, risk


def percentile(values: Sequence[float], q: float) -> float:
    """Linear interpolation between order statistics (numpy's default; Hyndman & Fan 1996, type 7)."""
    return float(np.percentile(np.asarray(values, dtype=np.float64), q)) if values else math.nan


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measure before and after on the same questions, with the 95% interval of after - before."""

    before: float
    after: float
    low: float
    high: float
    count: int

    @property
    def difference(self) -> float:
        return self.after - self.before


def paired_bootstrap(
    before: Sequence[Share], after: Sequence[Share], resamples: int = 5000, seed: int = 0
) -> Comparison | None:
    """The percentile interval of the difference of two ratios of sums when the questions are drawn anew, the same draw
    for both (Efron & Tibshirani 1993; paired by test item as in Koehn 2004). None where either has nothing to divide by.
    """
    old, new = _table(before), _table(after)
    if len(old) != len(new):
        raise ValueError(f"{len(old)} questions before, {len(new)} after: not paired")
    if not len(old) or not old[:, 1].sum() or not new[:, 1].sum():
        return None
    draws = np.random.default_rng(seed).integers(0, len(old), size=(resamples, len(old)))
    with np.errstate(invalid="ignore", divide="ignore"):
        differences = _ratio(new[draws]) - _ratio(old[draws])
    differences = differences[np.isfinite(differences)]
    low, high = (float(x) for x in np.percentile(differences, [2.5, 97.5]))
    return Comparison(float(_ratio(old)), float(_ratio(new)), low, high, len(old))


def bootstrap_interval(
    quantity: Callable[[Sequence[int]], float], count: int, resamples: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """The 95% percentile interval of a figure of `count` questions when they are drawn anew: `quantity` takes the numbers of
    those drawn. Draws of which it makes no number are left out (Efron & Tibshirani 1993)."""
    draws = np.random.default_rng(seed).integers(0, count, size=(resamples, count))
    values = np.array([quantity(draw.tolist()) for draw in draws])
    low, high = (float(x) for x in np.percentile(values[np.isfinite(values)], [2.5, 97.5]))
    return low, high


def _table(shares: Sequence[Share]) -> NDArray[np.float64]:
    return np.asarray(shares, dtype=np.float64).reshape(-1, 2)


def _ratio(table: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = table.sum(axis=-2)
    return np.asarray(sums[..., 0] / sums[..., 1])


def best_of(score: Callable[[str, str], float], answer: str, references: Sequence[str]) -> float:
    """The best score over several references, as SQuAD takes it; 0 without any."""
    return max((score(answer, reference) for reference in references), default=0.0)
