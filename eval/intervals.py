"""95% intervals of a measure, from the shares that its questions have in it. Knows nothing of questions."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Z = 1.959964  # the normal distribution's two-sided 95%
RESAMPLES = 2000


class Interval(NamedTuple):
    low: float
    high: float


def wilson(hits: float, count: int) -> Interval:
    """The score interval of a proportion (Wilson 1927): also of use where all of few hit, or none."""
    share, square = hits / count, Z * Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = Z * math.sqrt(share * (1 - share) / count + square / (4 * count * count)) / (1 + square / count)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def ratio_interval(shares: Sequence[tuple[float, float]], seed: int = 0) -> Interval:
    """Of the sum of the parts over the sum of the wholes, each whole above 0: Wilson's where every question is a hit or none,
    otherwise the percentiles of the ratio when the questions are drawn anew (Efron & Tibshirani 1993)."""
    table = np.asarray(shares, dtype=np.float64)
    parts, wholes = table[:, 0], table[:, 1]
    if bool(np.all(wholes == 1) and np.all((parts == 0) | (parts == 1))):
        return wilson(float(parts.sum()), len(table))
    draws = np.random.default_rng(seed).integers(0, len(table), size=(RESAMPLES, len(table)))
    ratios = parts[draws].sum(axis=1) / wholes[draws].sum(axis=1)
    low, high = (float(x) for x in np.percentile(ratios, [2.5, 97.5]))
    return Interval(low, high)
