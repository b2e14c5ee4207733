"""The gate: measurements against hard floors, and against the accepted baseline by a paired bootstrap over questions.

A measure is red when it breaks its floor, has no value although its data is there, or fell significantly: the whole
95% interval of the difference lies on the worse side. A measure that was not run is named, and is neither.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from eval.data import HERE, broken, read_json, read_text
from eval.metrics import Comparison, paired_bootstrap
from eval.results import Measurement, NotRun, Scored, Share, SuiteResult, is_lower_better, worst_share

THRESHOLDS = HERE / "thresholds.toml"
BASELINE = HERE / "baselines" / "gate.json"
MIN_PAIRED = 6  # with fewer questions one changed answer would already be "significant"
SHOWN_MAX = 400
SAME = 1e-9  # what sums of floats may differ by


@dataclass(frozen=True, slots=True)
class Floor:
    """A hard bound on a measure: at least `low`, at most `high`."""

    measure: str
    low: float | None = None
    high: float | None = None

    def breach(self, value: float) -> str | None:
        if self.low is not None and not value >= self.low:
            return f"{value:.4g} is under its floor {self.low:.4g}"
        if self.high is not None and not value <= self.high:
            return f"{value:.4g} is over its ceiling {self.high:.4g}"
        return None


@dataclass(frozen=True, slots=True)
class Baseline:
    """The last accepted run: its questions' shares, and what was said where that may be kept."""

    commit: str
    settings: str
    scored: tuple[Scored, ...]


class State(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of one measure."""

    measure: str
    state: State
    value: float | None = None
    reason: str = ""
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A question that is worth more or less than in the baseline. `difference` adds up its measures."""

    id: str
    difference: float
    measures: tuple[str, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Outcome:
    verdicts: tuple[Verdict, ...]
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if verdict.state is State.FAILED)

    @property
    def red(self) -> bool:
        return bool(self.failed)


# ---- files -------------------------------------------------------------------------------------------------------


def read_thresholds(path: Path) -> list[Floor]:
    """`[answers.pages]` `correct = { min = 0.6 }` is a floor of the measure answers/pages/correct."""
    try:
        whole = tomllib.loads(read_text(path))
        return _floors(whole, ())
    except tomllib.TOMLDecodeError as error:
        raise broken(path, None, str(error)) from error
    except (TypeError, ValueError) as error:
        raise broken(path, None, str(error)) from error


def _floors(table: Mapping[str, Any], place: tuple[str, ...]) -> list[Floor]:
    floors = []
    for name, value in table.items():
        measure = "/".join((*place, name))
        if not isinstance(value, dict):
            raise TypeError(f"{measure} must be {{ min = …, max = … }}, not {value!r}")
        if value.keys() & {"min", "max"}:
            if value.keys() - {"min", "max"}:
                raise ValueError(f"{measure} knows only min and max")
            floors.append(Floor(measure, value.get("min"), value.get("max")))
        else:
            floors += _floors(value, (*place, name))
    return floors


def read_baseline(path: Path) -> Baseline | None:
    """None where no run has been accepted yet."""
    return read_json(path, _baseline) if path.is_file() else None


def _baseline(whole: Any) -> Baseline:
    scored = tuple(
        Scored(line["id"], {name: Share(*pair) for name, pair in line["shares"].items()}, line.get("shown", ""))
        for line in whole["scored"]
    )
    return Baseline(whole["commit"], whole["settings"], scored)


def write_baseline(result: SuiteResult, commit: str, settings: str, path: Path) -> None:
    """Texts of the data sets and of the real page stay out: their digest alone is kept."""
    lines = [
        json.dumps(
            {
                "id": one.id,
                "shown": shown_in_repository(one),
                "shares": {name: list(share) for name, share in sorted(one.shares.items())},
            },
            ensure_ascii=False,
        )
        for one in sorted(result.scored, key=lambda one: one.id)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    head = f'{{"commit": {json.dumps(commit)}, "settings": {json.dumps(settings)}, "scored": [\n'
    path.write_text(head + ",\n".join(lines) + "\n]}\n", "utf-8")


def shown_in_repository(one: Scored) -> str:
    if one.public or not one.shown:
        return one.shown[:SHOWN_MAX]
    status = one.shown.partition("]")[0] + "] " if one.shown.startswith("[") else ""
    return f"{status}text not kept, sha256 {hashlib.sha256(one.shown.encode()).hexdigest()[:12]}"


# ---- the verdict -------------------------------------------------------------------------------------------------


def judge(result: SuiteResult, floors: Sequence[Floor], baseline: Baseline | None, partial: bool = False) -> Outcome:
    """The verdict on every measure that has a floor or stands in the baseline.

    `partial`: only a part of the sample was run (--limit); the baseline's other questions are then left out in place
    of counting as 0.
    """
    measurements = {measurement.name: measurement for measurement in result.measurements}
    bounds = {floor.measure: floor for floor in floors}
    before = _by_id(baseline.scored) if baseline else {}
    after = _by_id(result.scored)
    kept = sorted(before.keys() & after.keys() if partial else before.keys())
    measures = sorted({*bounds, *(name for id in kept for name in before[id].shares if not _is_detail(name))})
    verdicts = [
        _judge_measure(
            measure,
            measurements.get(measure),
            bounds.get(measure),
            _paired(measure, before, after, kept),
            result.not_run,
        )
        for measure in measures
    ]
    notes = []
    if baseline is None:
        verdicts.append(
            Verdict("baseline", State.FAILED, reason="no run has been accepted: python -m eval gate --accept")
        )
    if new := after.keys() - before.keys():
        notes.append(f"{len(new)} questions are not in the baseline and were compared with floors only")
    return Outcome(tuple(verdicts), changes_between(before, after, kept, result.not_run), tuple(notes))


def _judge_measure(
    measure: str,
    measurement: Measurement | None,
    floor: Floor | None,
    pairs: tuple[list[Share], list[Share]],
    not_run: Sequence[NotRun],
) -> Verdict:
    if why := _why_not_run(measure, not_run):
        return Verdict(measure, State.NOT_RUN, reason=why)
    comparison = paired_bootstrap(*pairs) if len(pairs[0]) >= MIN_PAIRED else None
    reasons = []
    if measurement is None and floor:
        reasons.append("it has no value: no question gave a result")
    elif measurement and floor and (breach := floor.breach(measurement.value)):
        reasons.append(breach)
    if comparison and fell(measure, comparison):
        reasons.append(
            f"fell from {comparison.before:.4f} to {comparison.after:.4f} on the same {comparison.count} questions, "
            f"95% interval of the difference [{comparison.low:+.4f}, {comparison.high:+.4f}]"
        )
    state = State.FAILED if reasons else State.PASSED
    return Verdict(measure, state, measurement.value if measurement else None, "; ".join(reasons), comparison)


def fell(measure: str, comparison: Comparison) -> bool:
    return comparison.low > SAME if is_lower_better(measure) else comparison.high < -SAME


def _paired(
    measure: str, before: Mapping[str, Scored], after: Mapping[str, Scored], kept: Sequence[str]
) -> tuple[list[Share], list[Share]]:
    """The measure's shares of the questions that have a part in it before or after. A question of the baseline without
    any result now counts as the worst; one with a result but no part in this measure (a refusal has no figures)
    weighs nothing."""
    old, new = [], []
    for id in kept:
        was = before[id].shares.get(measure)
        now = after[id].shares.get(measure) if id in after else (worst_share(measure) if was else None)
        if was is not None or now is not None:
            old.append(was or Share(0.0, 0.0))
            new.append(now or Share(0.0, 0.0))
    return old, new


def changes_between(
    before: Mapping[str, Scored],
    after: Mapping[str, Scored],
    kept: Sequence[str],
    not_run: Sequence[NotRun],
    top: int = 10,
) -> tuple[Change, ...]:
    """The questions whose measures changed most, the largest change first."""
    changes = []
    for id in kept:
        was, now = before[id], after.get(id)
        names = [n for n in was.shares if not _why_not_run(n, not_run)]
        changed = {name: step for name in names if (step := _gain(name, was.shares[name], now))}
        if changed:
            shown = now.shown[:SHOWN_MAX] if now else "(no result)"
            changes.append(Change(id, sum(changed.values()), tuple(sorted(changed)), was.shown, shown))
    return tuple(sorted(changes, key=lambda c: (-abs(c.difference), c.id))[:top])


def _gain(measure: str, was: Share, now: Scored | None) -> float:
    share = worst_share(measure) if now is None else now.shares.get(measure)
    if share is None or not share.whole or not was.whole:
        return 0.0
    step = share.part / share.whole - was.part / was.whole
    return 0.0 if abs(step) < SAME else -step if is_lower_better(measure) else step


def _why_not_run(measure: str, not_run: Sequence[NotRun]) -> str | None:
    return next((n.reason for n in not_run if measure == n.name or measure.startswith(n.name + "/")), None)


def _is_detail(measure: str) -> bool:
    """Parts of the search are shown, but only all of it together, ranked by the judge, is what users get."""
    return measure.startswith("retrieval/") and "/judged/" not in measure


def _by_id(scored: Sequence[Scored]) -> dict[str, Scored]:
    return {one.id: one for one in scored}
