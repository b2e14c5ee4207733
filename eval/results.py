"""What a suite hands on: per-question shares first, measurements derived from them, and what was not run.

Every measure that the gate compares is a ratio of sums over questions (for a mean, each `whole` is 1). So one paired
bootstrap serves them all, whether the measure is a mean (recall@5) or a ratio whose bottom moves (refusal precision).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from eval.intervals import Interval, ratio_interval

LOWER_IS_BETTER = frozenset(
    {"false_refusals", "unsupported_figures", "unsupported_dates", "unsupported_names", "crashed", "seconds"}
    | {"characters", "characters_to_gold", "unsupported"}
)


class Share(NamedTuple):
    """One question's part in a measure: the measure is the sum of `part` over the sum of `whole`."""

    part: float
    whole: float = 1.0


@dataclass(frozen=True, slots=True)
class Scored:
    """One question with its share in each measure, by the measure's full name (`suite/data set/measure`).

    `shown` is what the system said, for people to compare; `public` tells whether it may be kept in the repository
    (the data sets of ../shared/evaldata and the real page may not). `held`: it is scored only, and no report may show
    its part, lest somebody develops on it.
    """

    id: str
    shares: Mapping[str, Share]
    shown: str = ""
    public: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class Measurement:
    """One line of a summary. `count`: over how many questions, pairs or passages. `interval`: of 95%, where the figure is a
    ratio of questions' shares."""

    name: str
    value: float
    count: int
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class NotRun:
    """Measures that could not be taken; never a pass. `name` is a prefix of measure names (`answers/squad2_zh`)."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Points to plot. `plot` chooses the axes: "risk_coverage", "reliability" or "latency"."""

    plot: str
    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SuiteResult:
    suite: str
    scored: tuple[Scored, ...] = ()
    derived: tuple[Measurement, ...] = ()  # no ratio of sums: AUROC, percentiles
    not_run: tuple[NotRun, ...] = ()
    curves: tuple[Curve, ...] = ()
    notes: tuple[str, ...] = ()
    measurements: tuple[Measurement, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "measurements", tuple(sorted((*measurements_of(self.scored), *self.derived), key=_name))
        )


def measurements_of(scored: Iterable[Scored]) -> list[Measurement]:
    """Each measure as its ratio of sums; a measure whose bottom is 0 has no value and is left out."""
    shares: dict[str, list[Share]] = defaultdict(list)
    for one in scored:
        for name, share in one.shares.items():
            if share.whole > 0:
                shares[name].append(share)
    return [
        Measurement(name, sum(s.part for s in own) / sum(s.whole for s in own), len(own), ratio_interval(own))
        for name, own in shares.items()
    ]


def is_lower_better(measure: str) -> bool:
    return measure.rsplit("/", 1)[-1] in LOWER_IS_BETTER or "/wrong/" in measure


def worst_share(measure: str) -> Share:
    """What a question without a result counts as: 0, or 1 where lower is better."""
    return Share(1.0 if is_lower_better(measure) else 0.0)


def _name(measurement: Measurement) -> str:
    return measurement.name
