"""The command line: `python -m eval SUITE [--full] [--only GROUP,…] [--limit N] [--seed S] [--out DIR] [--accept]`.

Exit code 0: done, or the gate is green; 1: the gate is red; 2: something that the user can mend, said in one line.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from eval import answers, citations, documents, gate, parse, policy_answers, policy_cases, retrieval, speed
from eval.answer_cache import AnswerCache, Key, name_commit
from eval.bench import DEV, FULL, GATE, SEED, Bench, Sizes
from eval.data import HERE, evaldata_root
from eval.gate import judge, read_baseline, read_thresholds, write_baseline
from eval.report import Header, console, measurement_rows, write_reports
from eval.results import SuiteResult
from eval.systems import Product, Systems
from rag.errors import UserError

SUITES = ("parse", "documents", "retrieval", "answers", "citations", "policies", "speed", "gate", "all")
GATED = {"parse": parse.run, "retrieval": retrieval.run, "answers": answers.run, "citations": citations.run}
PARTS = {**GATED, "policies": policy_answers.run}
GROUPS = {
    "retrieval": retrieval.GROUPS,
    "answers": answers.ALL_GROUPS,
    "citations": citations.GROUPS,
    "documents": documents.GROUPS,
    "policies": policy_cases.GROUPS,
}  # for --only


class _Parser(argparse.ArgumentParser):
    """argparse, saying what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"参数有误：{message}", f"bad arguments: {message}")


def main(arguments: Sequence[str] | None = None, systems: Systems | None = None) -> int:
    """`systems` stands for the product in tests."""
    try:
        options = _read_options(arguments)
        return _run(options, systems or Product())
    except UserError as error:
        print(f"eval: {error.message('en')}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("eval: stopped; the same command goes on from here", file=sys.stderr)
        return 130


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _Parser(prog="python -m eval", description="Measure the system, or block a worse build (gate).")
    parser.add_argument("suite", choices=SUITES, metavar="SUITE", help=", ".join(SUITES))
    parser.add_argument("--full", action="store_true", help="everything (hours)")
    parser.add_argument("--only", type=_names, metavar="GROUP,…", help=f"these data sets: {_groups_told()}")
    parser.add_argument("--limit", type=_positive, metavar="N", help="at most N of each data set")
    parser.add_argument("--seed", type=int, help="of the samples; the gate's is fixed")
    parser.add_argument("--out", type=Path, default=HERE / "runs", metavar="DIR", help="reports and answers kept")
    parser.add_argument("--accept", action="store_true", help="gate: make this run the baseline")
    options = parser.parse_args(arguments)
    if options.accept and (options.suite != "gate" or options.limit):
        parser.error("--accept goes with a whole gate, without --limit")
    if options.suite == "gate" and (options.full or options.seed is not None):
        parser.error("the gate's sample is fixed: no --full, no --seed")
    if unknown := [name for name in options.only or () if name not in GROUPS.get(options.suite, ())]:
        parser.error(f"--only knows no {', '.join(unknown)} of {options.suite}; it knows {_groups_told()}")
    return options


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def _groups_told() -> str:
    return "; ".join(f"{suite}: {', '.join(groups)}" for suite, groups in GROUPS.items())


def _positive(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"must be a whole number above 0, not {text}")
    return int(text)


def _run(options: argparse.Namespace, systems: Systems) -> int:
    seed_everything(SEED)
    started = time.perf_counter()
    commit = name_commit()
    answer_cache = AnswerCache(options.out / f"asked-{commit}.jsonl", Key(commit, systems.settings))
    seed = SEED if options.seed is None else options.seed
    quiet = not sys.stderr.isatty() and "WENCE_PROGRESS" not in os.environ
    bench = Bench(systems, answer_cache, evaldata_root(), _sizes(options), seed, quiet)
    floors = (
        read_thresholds(gate.THRESHOLDS) if options.suite == "gate" else []
    )  # a broken file is told before the long part
    baseline = read_baseline(gate.BASELINE) if options.suite == "gate" and not options.accept else None
    result = run_suite(options.suite, bench, options.full)
    flags = ", ".join(f"{name}={value}" for name, value in vars(options).items() if name not in ("out", "suite"))
    made = datetime.now(UTC).isoformat(timespec="seconds")
    name = "-".join([options.suite, *(options.only or ())]).replace("/", "-")  # a part is filed under a name of its own
    header = Header(name, commit, systems.settings, flags, made, time.perf_counter() - started)
    if options.suite != "gate":
        for path in write_reports(options.out, header, result):
            print(path)
        _print_measurements(result)
        return 0
    if options.accept:
        write_baseline(result, commit, systems.settings, gate.BASELINE)
        baseline = read_baseline(gate.BASELINE)
    outcome = judge(result, floors, baseline, partial=options.limit is not None)
    for path in write_reports(options.out, header, result, outcome):
        print(path)
    print(console(outcome))
    return int(outcome.red)


def seed_everything(seed: int) -> None:
    """Decoding is greedy; this is for whatever a library might still draw."""
    import numpy as np

    random.seed(seed)
    np.random.seed(seed)


def _sizes(options: argparse.Namespace) -> Sizes:
    sizes = GATE if options.suite == "gate" else FULL if options.full else DEV
    sizes = replace(sizes, groups=options.only)
    return sizes.limited(options.limit) if options.limit else sizes


def run_suite(suite: str, bench: Bench, full: bool = False) -> SuiteResult:
    """One suite, or the parts of `gate` and `all` joined."""
    if suite == "speed":
        return speed.run(bench, full)
    if suite == "documents":
        return documents.run(bench)
    if suite in PARTS:
        return PARTS[suite](bench)
    parts = [run_part(bench) for run_part in (GATED if suite == "gate" else PARTS).values()]
    return join(suite, [*parts, speed.run(bench, full)])


def join(suite: str, parts: Sequence[SuiteResult]) -> SuiteResult:
    return SuiteResult(
        suite,
        tuple(one for part in parts for one in part.scored),
        tuple(figure for part in parts for figure in part.derived),
        tuple(missing for part in parts for missing in part.not_run),
        tuple(curve for part in parts for curve in part.curves),
        tuple(note for part in parts for note in part.notes),
    )


def _print_measurements(result: SuiteResult) -> None:
    for name, value, interval, count in measurement_rows(result.measurements):
        print(f"{name:60} {value:>12}  {interval:20} n={count}")
    for missing in result.not_run:
        print(f"not run: {missing.name}: {missing.reason}")
    for note in result.notes:
        print(note)


if __name__ == "__main__":
    sys.exit(main())
