import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.datatypes import Reading, Span
from rag.errors import UserError
from rag.models.cross_encoder import CrossEncoderJudge, calibration_file, load_cross_encoder_judge
from rag.models.judge import SHIPPED, TOKENIZER, Calibration, log_odds
from rag.settings import Settings
from rag.setup import open_judge

PASSAGE = "青石桥建成通车\n大桥1月9日通车。大桥全长120米。"


def shared(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """A logit of 1 for each character that both texts hold."""
    return [float(len(set(one) & set(other))) for one, other in pairs]


JUDGE = CrossEncoderJudge(shared, "shared", Calibration(1.0, -5.0), Calibration(2.0, -6.0))


def test_a_passage_has_the_calibrated_probability_of_its_logit_and_its_best_sentence_as_the_answers_place() -> None:
    (reading,) = JUDGE.read("大桥全长多少米", [PASSAGE])
    assert PASSAGE[slice(*reading.span)] == "大桥全长120米。"
    assert reading.probability == Calibration(1.0, -5.0).probability(5.0) == 0.5
    assert reading.certainty == log_odds(0.5) == 0.0


def test_the_title_is_no_answers_place() -> None:
    (reading,) = JUDGE.read("青石桥建成通车", [PASSAGE])
    assert PASSAGE[slice(*reading.span)] == "大桥1月9日通车。"


def test_a_text_of_one_line_is_its_own_place() -> None:
    assert JUDGE.read("桥", ["桥通了。"]) == [Reading(Calibration(1.0, -5.0).probability(1.0), Span(0, 4), -4.0)]


def test_statements_have_a_calibration_of_their_own() -> None:
    assert JUDGE.supports([("大桥通车", "大桥通"), ("水库", "桥")]) == [
        Calibration(2.0, -6.0).probability(3.0),
        Calibration(2.0, -6.0).probability(0.0),
    ]


def test_nothing_is_asked_of_the_model_where_there_is_nothing_to_read() -> None:
    assert JUDGE.read("桥", []) == JUDGE.supports([]) == []


def test_an_empty_passage_has_no_place() -> None:
    assert JUDGE.read("桥", [""]) == [Reading(Calibration(1.0, -5.0).probability(0.0), Span(0, 0), 0.0)]


def test_a_model_without_calibration_is_named_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(UserError) as found:
        open_judge(Settings(home=tmp_path, judge="someone/reranker"))
    assert found.value.message("zh") == (
        "判断模型 someone/reranker 还没有校准。请先运行：python -m eval.training.judge.calibrate someone/reranker"
    )


def test_models_of_alike_names_have_calibrations_of_their_own(tmp_path: Path) -> None:
    files = {calibration_file(tmp_path, name) for name in ("a/b", "a-b", "a b")}
    assert len(files) == 3
    assert {file.parent for file in files} == {tmp_path / "judges"}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CrossEncoder of two small layers that has learnt nothing, with the shipped judge's tokenizer."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(SHIPPED / TOKENIZER), pad_token="<pad>", model_max_length=256
    )
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=300, pad_token_id=tokenizer.pad_token_id, num_labels=1,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.model
def test_any_cross_encoder_is_calibrated_by_one_command_and_then_used(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENCE_HOME", str(tmp_path))
    command = [sys.executable, "-m", "eval.training.judge.calibrate", str(tiny)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if "There is no data" in done.stderr:
        pytest.skip("no data to calibrate on: ../shared/evaldata is absent")
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout.splitlines()[0])) == {"squad2_auroc", "checklist_auroc", "citecheck_auroc"}
    judge = open_judge(Settings(home=tmp_path, judge=str(tiny)))
    (reading,) = judge.read("大桥全长多少米？", [PASSAGE])
    assert 0.0 < reading.probability < 1.0
    assert PASSAGE[slice(*reading.span)] in ("大桥1月9日通车。", "大桥全长120米。")
    assert [0.0 < value < 1.0 for value in judge.supports([("桥通车了。", PASSAGE), ("水库。", PASSAGE)])] == [
        True,
        True,
    ]


@pytest.mark.model
def test_what_is_no_model_is_said(tmp_path: Path) -> None:
    calibration = tmp_path / "calibration.json"
    calibration.write_text('{"answers": {"scale": 1, "shift": 0}, "supports": {"scale": 1, "shift": 0}}')
    with pytest.raises(UserError, match="无法载入判断模型"):
        load_cross_encoder_judge(str(tmp_path / "nothing"), calibration)
