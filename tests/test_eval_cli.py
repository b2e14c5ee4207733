"""The command line: what it writes, how it resumes, and one line for what the user can mend."""

import json
from pathlib import Path

import pytest
from eval_fakes import FakeSystem, enter_world

from eval.__main__ import main
from eval.data import Corpus
from eval.systems import Searcher
from rag.errors import UserError


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return enter_world(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        [],
        ["parse", "--limit", "0"],
        ["parse", "--limit", "x"],
        ["gate", "--full"],
        ["parse", "--accept"],
        ["answers", "--only", "squad3"],
        ["citations", "--only", "squad2_zh"],
        ["parse", "--only", "pages"],
    ],
)
def test_bad_arguments_are_one_line_and_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments, FakeSystem()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("eval: bad arguments: ")
    assert captured.err.count("\n") == 1


def test_a_broken_data_file_is_one_line_and_2(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = world / "shared" / "evaldata" / "ncp_policy" / "answerable.jsonl"
    path.write_text(path.read_text("utf-8") + "{\n", "utf-8")
    assert main(["retrieval", "--out", str(world / "out")], FakeSystem()) == 2
    error = capsys.readouterr().err
    assert "answerable.jsonl:13" in error
    assert error.count("\n") == 1


class OtherEncoder(FakeSystem):
    def searcher(self, corpus: Corpus) -> Searcher:  # type: ignore[override]
        raise UserError("索引是用别的向量模型建立的", "the index was made with another encoder")


def test_an_index_of_another_encoder_is_one_line_and_2(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["retrieval", "--out", str(world / "out")], OtherEncoder()) == 2
    assert capsys.readouterr().err == "eval: the index was made with another encoder\n"


def test_a_run_resumes_without_asking_again(world: Path) -> None:
    first, second = FakeSystem(), FakeSystem()
    assert main(["answers", "--limit", "4", "--out", str(world / "out")], first) == 0
    assert main(["answers", "--limit", "4", "--out", str(world / "out")], second) == 0
    assert first.asked > 0
    assert second.asked == 0
    assert main(["citations", "--limit", "4", "--out", str(world / "out")], second) == 0
    assert second.asked == 0


def test_a_part_asks_its_own_groups_alone_and_is_filed_apart(world: Path) -> None:
    whole, part = FakeSystem(), FakeSystem()
    assert main(["answers", "--only", "dragonball,ncp_policy", "--out", str(world / "part")], part) == 0
    assert main(["answers", "--out", str(world / "out")], whole) == 0
    assert 0 < part.asked < whole.asked
    summary = json.loads(next((world / "part").glob("answers-dragonball-ncp_policy-*.json")).read_text("utf-8"))
    assert {name.split("/")[1] for name in summary["figures"]} == {"dragonball", "ncp_policy"}
    assert summary["not_run"] == {}


@pytest.mark.parametrize(
    ("suite", "only", "measured"),
    [
        ("retrieval", "ncp_policy", {"ncp_policy"}),
        ("citations", "dragonball", {"dragonball"}),
        ("citations", "citecheck", {"citecheck"}),
    ],
)
def test_a_part_measures_its_own_groups_alone(world: Path, suite: str, only: str, measured: set[str]) -> None:
    assert main([suite, "--only", only, "--out", str(world / "part")], FakeSystem()) == 0
    summary = json.loads(next((world / "part").glob(f"{suite}-*.json")).read_text("utf-8"))
    assert {name.split("/")[1] for name in summary["figures"]} == measured
    assert summary["not_run"] == {}


def test_reports_are_written_whole(world: Path) -> None:
    assert main(["citations", "--out", str(world / "out")], FakeSystem()) == 0
    names = {path.name.partition("-")[0]: path for path in (world / "out").glob("*.html")}
    page = names["citations"].read_text("utf-8")
    assert page.count("<svg") == 1
    assert "src=" not in page
    summary = json.loads(next((world / "out").glob("citations-*.json")).read_text("utf-8"))
    assert summary["figures"]["citations/pages/citation_precision"] == {
        "value": 1.0,
        "n": 12,
        "interval": [0.7575, 1.0],
    }
    assert "cores" in summary["machine"]
    lines = next((world / "out").glob("citations-*.jsonl")).read_text("utf-8").splitlines()
    assert json.loads(lines[0])["id"].startswith("citations:yunhe-daily-page/")
    assert "| citations/citecheck/auroc |" in next((world / "out").glob("citations-*.md")).read_text("utf-8")


def test_speed_describes_percentiles_and_rates(world: Path) -> None:
    assert main(["speed", "--full", "--out", str(world / "out")], FakeSystem()) == 0
    measurements = json.loads(next((world / "out").glob("speed-*.json")).read_text("utf-8"))["figures"]
    assert measurements["speed/indexed_passages_per_second"]["value"] == 5.0
    assert measurements["speed/read_ratio_to_float32"]["value"] == 2.0
    assert measurements["speed/write_ratio_to_float32"]["value"] == 10.0
    assert "speed/warm/first_sentence_p95_seconds" in measurements


def test_all_methods_stand_side_by_side(world: Path) -> None:
    assert main(["retrieval", "--out", str(world / "out")], FakeSystem()) == 0
    summary = json.loads(next((world / "out").glob("retrieval-*.json")).read_text("utf-8"))
    measurements = summary["figures"]
    assert measurements["retrieval/pages/lexical/recall@1"]["value"] == 1.0
    assert measurements["retrieval/pages/dense/recall@1"]["value"] < 1.0
    assert summary["not_run"]["retrieval/dureader_robust"] == "the data set dureader_robust is absent"


def test_parse_against_gold(world: Path) -> None:
    assert main(["parse", "--out", str(world / "out")], FakeSystem()) == 0
    figures = json.loads(next((world / "out").glob("parse-*.json")).read_text("utf-8"))["figures"]
    assert figures["parse/pages/paragraphs_exact"] == {"value": 1.0, "n": 12, "interval": [0.7575, 1.0]}
