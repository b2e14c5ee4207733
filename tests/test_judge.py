"""The judge's small pieces, and (marked `model`) the judge as it ships."""

import math
import time
from pathlib import Path

import pytest

from rag.errors import UserError
from rag.models.judge import BATCH_TOKENS, SHIPPED, Calibration, batches, load_judge, log_odds, logistic

BRIDGE = "青石桥建成通车\n本报讯 青石桥1月9日建成通车。大桥全长120米，总投资3500万元，由市交通局负责养护。"
SUBSIDY = "关于发放护学岗补贴的通知\n护学岗志愿者每人每月补贴300元。补贴自2026年3月1日起发放。"


def test_a_logistic_is_one_half_at_zero_and_three_quarters_at_ln_3() -> None:
    assert logistic((2.0, -1.0), (0.5, 1.0)) == 0.5
    assert logistic((2.0,), (math.log(3) / 2,)) == pytest.approx(0.75)


def test_log_odds_undo_the_logistic_and_stay_finite() -> None:
    assert log_odds(0.75) == pytest.approx(math.log(3))
    assert (log_odds(0.0), log_odds(1.0)) == pytest.approx((-6.9068, 6.9068), abs=1e-4)


def test_a_calibration_scales_and_shifts_the_logit() -> None:
    assert Calibration(scale=2.0, shift=1.0).probability(-0.5) == 0.5
    assert Calibration(scale=1.0, shift=0.0).probability(1000.0) == pytest.approx(1.0)


def test_batches_keep_to_the_padded_size_and_leave_nothing_out() -> None:
    lengths = sorted([30] * 40 + [200] * 20 + [320] * 3)
    made = batches(lengths)
    assert [i for chosen in made for i in chosen] == list(range(len(lengths)))
    assert all(lengths[chosen[-1]] * len(chosen) <= BATCH_TOKENS for chosen in made)


def test_one_pair_longer_than_the_size_is_a_batch_of_its_own() -> None:
    assert batches([BATCH_TOKENS + 1]) == [range(1)]
    assert batches([]) == []


def test_a_folder_without_a_judge_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="make train-judge"):
        load_judge(tmp_path)


def test_what_is_shipped_is_at_most_40_megabytes() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 40e6


# ---- as it ships


@pytest.mark.model
def test_the_passage_that_answers_is_told_from_one_that_does_not() -> None:
    answers, other = load_judge().rank("青石桥全长多少米？", [BRIDGE, SUBSIDY])
    assert answers > 0.6
    assert other < 0.3


@pytest.mark.model
def test_a_passage_on_the_topic_that_does_not_tell_ranks_below_one_that_does() -> None:
    judge = load_judge()
    told = judge.answerable("青石桥总投资多少万元？", BRIDGE)
    untold = judge.answerable(
        "青石桥总投资多少万元？", "青石桥建成通车\n本报讯 青石桥1月9日建成通车，市民纷纷前来观看。"
    )
    assert told > untold + 0.3


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "answer"),
    [("青石桥全长多少米？", "120"), ("青石桥什么时候通车？", "1月9日"), ("青石桥由哪个部门养护？", "市交通局")],
)
def test_the_answer_is_found_in_the_passage(question: str, answer: str) -> None:
    (reading,) = load_judge().read(question, [BRIDGE])
    assert answer in BRIDGE[reading.span.start : reading.span.end]


@pytest.mark.model
def test_a_long_passage_is_read_to_its_end() -> None:
    long = "全市召开会议，研究部署下一阶段的重点任务。" * 30 + BRIDGE
    (reading,) = load_judge().read("青石桥全长多少米？", [long])
    assert "120" in long[reading.span.start : reading.span.end]


@pytest.mark.model
def test_traditional_and_full_width_forms_are_read_as_the_same() -> None:
    judge = load_judge()
    plain, other = judge.rank("青石桥全长多少米？", [BRIDGE, BRIDGE.replace("120", "１２０").replace("长", "長")])
    assert plain == pytest.approx(other, abs=1e-6)


@pytest.mark.model
def test_a_quote_supports_what_it_says_and_not_what_another_says() -> None:
    judge = load_judge()
    assert judge.support("大桥由市交通局养护。", BRIDGE) > judge.support("大桥由市交通局养护。", SUBSIDY) + 0.3


@pytest.mark.model
def test_nothing_to_read_is_no_error() -> None:
    assert load_judge().read("青石桥？", []) == []
    assert load_judge().supports([]) == []
    assert load_judge().rank("青石桥？", [""])[0] < 0.6


@pytest.mark.model
def test_the_same_pair_gets_the_same_probability_alone_and_among_others() -> None:
    judge = load_judge()
    alone = judge.answerable("青石桥全长多少米？", BRIDGE)
    among = judge.rank("青石桥全长多少米？", [SUBSIDY, BRIDGE, SUBSIDY * 3])[1]
    assert alone == pytest.approx(among, abs=0.02)


@pytest.mark.model
def test_twenty_passages_are_read_while_a_citizen_waits() -> None:
    judge = load_judge()
    passages = [(BRIDGE + SUBSIDY) * 2] * 20
    judge.rank("青石桥全长多少米？", passages[:1])
    start = time.perf_counter()
    judge.rank("青石桥全长多少米？", passages)
    assert time.perf_counter() - start < 10  # about 0.5 s on a free machine; the benchmark is python -m eval speed
