"""The gate turns red, and says of what, when the system is made worse on purpose."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from eval_fakes import NAMES, FakeSystem, enter_world

from eval.__main__ import main
from eval.gate import Floor, State, judge, read_baseline, read_thresholds
from eval.results import Measurement, NotRun, Scored, Share, SuiteResult
from rag.errors import UserError


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A world whose gate has accepted nothing yet."""
    return enter_world(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def accepted_baseline(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `--accept` wrote for the sound system."""
    root = tmp_path_factory.mktemp("accepted")
    with pytest.MonkeyPatch.context() as patch:
        enter_world(root, patch)
        assert main(["gate", "--accept", "--out", str(root / "first")], FakeSystem()) == 0
    return (root / "eval" / "baselines" / "gate.json").read_text("utf-8")


@pytest.fixture
def accepted(world: Path, accepted_baseline: str) -> Path:
    baseline = world / "eval" / "baselines" / "gate.json"
    baseline.parent.mkdir()
    baseline.write_text(accepted_baseline, "utf-8")
    return world


def run_gate(world: Path, system: FakeSystem, out: str = "again") -> int:
    return main(["gate", "--out", str(world / out)], system)


def test_the_same_system_is_green(accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_gate(accepted, FakeSystem()) == 0
    assert "gate: green" in capsys.readouterr().out


SABOTAGES = {
    "the lexical half dropped": (FakeSystem(without_lexical=True), "retrieval/ncp_policy/judged/MRR@10"),
    "the wrong passage cited": (FakeSystem(cite_wrong=True), "citations/pages/citation_precision"),
    "never a refusal": (FakeSystem(never_refuse=True), "answers/pages/refusal_recall"),
    "a digit changed": (FakeSystem(change_digit=True), "answers/pages/unsupported_figures"),
    "passages unranked": (FakeSystem(unranked=True), "retrieval/pages/judged/nDCG@10"),
}


@pytest.mark.parametrize("name", SABOTAGES)
def test_a_sabotage_turns_the_gate_red_and_is_named(
    accepted: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    system, measure = SABOTAGES[name]
    assert run_gate(accepted, replace(system)) == 1
    printed = capsys.readouterr().out
    assert f"RED {measure}: " in printed
    assert "95% interval of the difference [" in printed
    assert printed.count("before: ") == printed.count("after: ") == 10


def test_a_changed_digit_also_makes_answers_wrong(accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_gate(accepted, FakeSystem(change_digit=True))
    printed = capsys.readouterr().out
    assert "RED answers/pages/correct: fell from 1.0000 to 0.0000 on the same 12 questions" in printed
    assert "[-1.0000, -1.0000]" in printed


def test_changed_questions_show_what_was_said_before_and_after(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_gate(accepted, FakeSystem(never_refuse=True))
    printed = capsys.readouterr().out
    assert "before: [insufficient] 文章没有说。" in printed
    assert "after: [answered] " in printed


def test_a_crash_counts_as_zero_and_the_run_goes_on(accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_gate(accepted, FakeSystem(crash_on=NAMES[0][0])) == 1
    printed = capsys.readouterr().out
    assert "RED answers/pages/crashed: " in printed
    assert "RuntimeError: out of order" in printed


def test_absent_data_is_named_and_neither_passed_nor_failed(
    accepted: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WENCE_EVALDATA", str(accepted / "nowhere"))
    assert run_gate(accepted, FakeSystem()) == 0
    printed = capsys.readouterr().out
    assert "not run answers/ncp_policy/correct: the data set ncp_policy is absent" in printed
    junit = ElementTree.parse(next((accepted / "again").glob("gate-*.junit.xml"))).getroot()
    skipped = [case.get("name") for case in junit if case.find("skipped") is not None]
    assert "retrieval/ncp_policy/judged/recall@5" in skipped
    assert junit.get("failures") == "0"


def test_junit_names_each_measure_that_fell(accepted: Path) -> None:
    run_gate(accepted, FakeSystem(unranked=True))
    junit = ElementTree.parse(next((accepted / "again").glob("gate-*.junit.xml"))).getroot()
    failed = {case.get("name") for case in junit if case.find("failure") is not None}
    assert "retrieval/pages/judged/MRR@10" in failed
    assert "answers/pages/correct" not in failed


def test_the_baseline_keeps_no_text_of_the_data_sets(accepted: Path) -> None:
    kept = json.loads((accepted / "eval" / "baselines" / "gate.json").read_text("utf-8"))
    shown = {line["id"]: line["shown"] for line in kept["scored"]}
    assert shown["yunhe-daily-page/p0"] == "[answered] 桃李桥工程投资1203万元。"
    assert shown["ncp_policy/a0"].startswith("[answered] text not kept, sha256 ")
    assert not any("桥" in text for id, text in shown.items() if not id.endswith(tuple("0123456789")) or "p/" in id)


def test_a_gate_without_a_baseline_is_red(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_gate(world, FakeSystem()) == 1
    assert "RED baseline: no run has been accepted" in capsys.readouterr().out


def test_a_limited_gate_compares_only_what_it_ran(accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gate", "--limit", "7", "--out", str(accepted / "again")], FakeSystem()) == 0
    assert "gate: green" in capsys.readouterr().out


# ---- the verdict, worked by hand ---------------------------------------------------------------------------------


def result_of(values: list[float], measure: str = "answers/pages/correct") -> SuiteResult:
    return SuiteResult("gate", tuple(Scored(f"q{i}", {measure: Share(value)}) for i, value in enumerate(values)))


def baseline_file(path: Path, result: SuiteResult) -> Path:
    from eval.gate import write_baseline

    write_baseline(result, "abc", "fake", path)
    return path


def test_a_missing_question_counts_as_zero(tmp_path: Path) -> None:
    before = read_baseline(baseline_file(tmp_path / "b.json", result_of([1.0] * 12)))
    outcome = judge(result_of([1.0] * 6), [], before)
    (verdict,) = outcome.failed
    assert verdict.comparison is not None
    assert (verdict.comparison.before, verdict.comparison.after) == (1.0, 0.5)
    assert outcome.changes[0].after == "(no result)"


def test_one_question_of_twenty_is_no_significant_drop(tmp_path: Path) -> None:
    before = read_baseline(baseline_file(tmp_path / "b.json", result_of([1.0] * 20)))
    outcome = judge(result_of([0.0] + [1.0] * 19), [], before)
    assert not outcome.red
    assert [change.id for change in outcome.changes] == ["q0"]


def test_where_lower_is_better_a_rise_is_a_fall(tmp_path: Path) -> None:
    name = "answers/pages/false_refusals"
    before = read_baseline(baseline_file(tmp_path / "b.json", result_of([0.0] * 10, name)))
    assert judge(result_of([1.0] * 10, name), [], before).red
    assert not judge(result_of([0.0] * 10, name), [], before).red


def test_a_floor_without_a_value_is_red_unless_its_data_is_absent(tmp_path: Path) -> None:
    before = read_baseline(baseline_file(tmp_path / "b.json", result_of([1.0])))
    floors = [Floor("answers/squad2_zh/f1", low=0.5)]
    assert judge(result_of([1.0]), floors, before).failed[0].reason == "it has no value: no question gave a result"
    absent = replace_not_run(result_of([1.0]), NotRun("answers/squad2_zh", "absent"))
    assert [v.state for v in judge(absent, floors, before).verdicts] == [State.PASSED, State.NOT_RUN]


def replace_not_run(result: SuiteResult, missing: NotRun) -> SuiteResult:
    return SuiteResult(result.suite, result.scored, not_run=(missing,))


def test_a_floor_holds_for_derived_figures(tmp_path: Path) -> None:
    before = read_baseline(baseline_file(tmp_path / "b.json", result_of([1.0])))
    result = SuiteResult("gate", result_of([1.0]).scored, (Measurement("citations/citecheck/auroc", 0.7, 10),))
    (verdict,) = judge(result, [Floor("citations/citecheck/auroc", low=0.8)], before).failed
    assert verdict.reason == "0.7 is under its floor 0.8"


def test_the_projects_own_thresholds_can_be_read() -> None:
    from eval.gate import THRESHOLDS

    assert Floor("answers/pages/unsupported_figures", None, 0.0) in read_thresholds(THRESHOLDS)


@pytest.mark.parametrize("text", ["[a", "[answers]\ncorrect = 0.5", "[answers]\ncorrect = { min = 1, most = 2 }"])
def test_broken_thresholds_name_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "thresholds.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match=r"thresholds\.toml"):
        read_thresholds(path)
