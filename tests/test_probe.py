"""The probe: a straight line through the local model's states; and what it is fitted on."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from eval.training.judge.asked import Asked
from eval.training.probe import Case, cross_validate, fit, take_out
from rag.models.probe import SHIPPED, Probe, load_probe, write_probe

TEXT = "大桥全长120米。总投资3500万元。工期两年。桥面双向四车道，两侧设有人行道和非机动车道，方便两岸居民步行和骑车往来，也方便农用车辆在农忙时节通行。"


def test_log_odds_are_the_weighted_sum_and_the_intercept() -> None:
    assert Probe("m", weights=(2.0, -1.0), intercept=0.5).log_odds([3.0, 1.0]) == 5.5


def test_a_state_of_another_size_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        Probe("m", weights=(2.0, -1.0), intercept=0.5).log_odds([3.0])


def test_a_probe_is_read_back_for_its_own_model_only(tmp_path: Path) -> None:
    probe = Probe("qwen@1", weights=(0.25, -1.5), intercept=0.125)
    write_probe(probe, {"texts": 3}, tmp_path / "probe.json")
    assert load_probe("qwen@1", tmp_path / "probe.json") == probe
    assert load_probe("other@1", tmp_path / "probe.json") is None


def test_what_is_shipped_says_what_it_was_fitted_on() -> None:
    kept = json.loads(SHIPPED.read_text("utf-8"))
    assert len(kept["weights"]) == 1536
    assert set(kept["about"]) == {"questions", "texts", "auroc_cross_validated"}


def asked(question: str, answer: str) -> Asked:
    start = TEXT.index(answer)
    return Asked("test", question, TEXT, (start, start + len(answer)))


def test_half_of_the_questions_lose_the_sentence_that_answers_them() -> None:
    ones = [asked("大桥多长", "120米"), asked("投资多少", "3500万元")]
    rest, questions = take_out(TEXT, ones, random.Random(1))
    (gone,) = [sentence for sentence in ("大桥全长120米。", "总投资3500万元。") if sentence not in rest]
    assert rest == TEXT.replace(gone, "")
    assert sorted(told for _, told in questions) == [False, True]


def test_a_text_of_which_too_little_would_be_left_stays_out() -> None:
    short = Asked("test", "大桥多长", "大桥全长120米。", (4, 8))
    assert take_out(short.text, [short, short], random.Random(1)) == (short.text, [])


def cases(count: int) -> list[Case]:
    """States of two numbers, of which the first says whether it is told."""
    made = []
    for number in range(count):
        told = number % 2 == 0
        made.append(Case("test", number // 2, told, np.array([3.0 if told else -3.0, number % 7], dtype=np.float32)))
    return made


def test_the_fit_finds_the_line() -> None:
    weights, intercept = fit(cases(40))
    assert weights[0] > 10 * abs(weights[1])
    assert np.array([3.0, 2.0]) @ weights + intercept > 0 > np.array([-3.0, 2.0]) @ weights + intercept


def test_what_is_seen_clearly_is_told_apart_on_texts_not_fitted_on() -> None:
    assert cross_validate(cases(40)) == {"test": 1.0}
