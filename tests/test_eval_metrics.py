"""Measures give the values worked by hand."""

import math
from collections.abc import Sequence

import pytest

from eval.metrics import (
    Bin,
    Range,
    auroc,
    bigram_recall,
    bootstrap_interval,
    calibration,
    character_f1,
    citation_recall_precision,
    contains,
    contains_all,
    expected_calibration_error,
    f1_of_decisions,
    key_points_found,
    locate,
    longest_common_subsequence,
    normalise,
    overlaps,
    paired_bootstrap,
    percentile,
    risk_coverage,
    rouge_l,
)
from eval.results import Scored, Share, SuiteResult, measurements_of, worst_share
from eval.training.judge.measure import Row, mean, write_row


def test_normalise_folds_width_case_and_blanks() -> None:
    assert normalise("ＡＢ 市（区）、３．９个，1,680元 30％") == "ab市区3.9个1680元30%"


def test_normalise_keeps_numbers_apart() -> None:
    assert normalise("3、90") == "3|90"
    assert normalise("（6：4）") == "6|4"


def test_a_number_is_not_found_inside_a_longer_one() -> None:
    assert contains("补贴600元", "600元")
    assert not contains("补贴1600元", "600元")
    assert not contains("共60.5", "60")
    assert contains("每户10万元、20部", "20部")


def test_every_group_of_alternatives_must_be_met() -> None:
    assert contains_all("一孩300元，委员建议600元", [("300元", "三百元"), ("建议", "委员")])
    assert not contains_all("一孩300元", [("300元",), ("建议",)])
    assert not contains_all("什么都说", [])


def test_character_f1() -> None:
    # said 4 characters, meant 2, 2 in common: precision 1/2, recall 1
    assert character_f1("吕梁市区", "吕梁") == pytest.approx(2 / 3)
    assert character_f1("甲", "乙") == 0.0
    assert character_f1("吕，梁。", "吕梁") == 1.0


def test_rouge_l() -> None:
    assert longest_common_subsequence("甲乙丙丁", "甲丙丁戊") == 3
    assert rouge_l("甲乙丙丁", "甲丙丁戊") == pytest.approx(0.75)
    assert rouge_l("", "甲") == 0.0


def test_key_points_need_their_figures_and_half_their_bigrams() -> None:
    points = ["1. 公司募集了5亿元资金。", "2. 公司募集了6亿元资金。", "3. 春天来了花开了。"]
    assert bigram_recall("公司募集5亿元", "公司募集了5亿元资金") == pytest.approx(5 / 9)
    assert key_points_found("公司募集5亿元。", points) == Share(1.0, 3.0)


def test_locate_sees_through_a_broken_paragraph() -> None:
    assert locate("共同推进。", "甲乙共\n\n同推进") == Range(2, 6)
    assert locate("没有", "甲乙") is None


def test_spans_overlap_from_half_of_the_shorter() -> None:
    assert overlaps(Range(0, 10), Range(8, 12))
    assert not overlaps(Range(0, 10), Range(9, 12))
    assert overlaps(Range(0, 100), Range(50, 52))


def test_citations_by_alce() -> None:
    gold = [Range(0, 10)]
    right, wrong = Range(0, 10), Range(50, 60)
    assert citation_recall_precision([right], gold) == (1.0, [1.0])
    assert citation_recall_precision([wrong], gold) == (0.0, [0.0])
    assert citation_recall_precision([right, wrong], gold) == (1.0, [1.0, 0.0])
    assert citation_recall_precision([], gold) == (0.0, [])
    assert citation_recall_precision([None], gold) == (0.0, [0.0])


def test_auroc_counts_ties_half() -> None:
    # pairs (positive, negative): .9>.4, .9>.5, .5>.4, .5=.5 -> 3.5 of 4
    assert auroc([0.9, 0.5, 0.5, 0.4], [True, True, False, False]) == pytest.approx(3.5 / 4)
    assert auroc([0.1, 0.9], [True, False]) == 0.0
    assert math.isnan(auroc([0.1], [True]))


def test_f1_of_decisions() -> None:
    # TP 1, FP 1, FN 1
    assert f1_of_decisions([True, True, False, False], [True, False, True, False]) == pytest.approx(0.5)
    assert f1_of_decisions([False], [False]) == 0.0


def test_calibration_and_its_error() -> None:
    bins = calibration([0.05, 0.15, 0.95, 1.0], [False, True, True, True])
    assert bins == [Bin(0.05, 0.0, 1), Bin(0.15, 1.0, 1), Bin(0.975, 1.0, 2)]
    assert expected_calibration_error(bins) == pytest.approx((0.05 + 0.85 + 2 * 0.025) / 4)


def test_risk_falls_on_the_best_scored_first() -> None:
    coverage, risk = risk_coverage([0.2, 0.9, 0.5, 0.7], [False, True, True, False])
    assert coverage == [0.25, 0.5, 0.75, 1.0]
    assert risk == pytest.approx([0.0, 0.5, 1 / 3, 0.5])


def test_percentile_interpolates() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 50) == 2.5
    assert percentile([1.0, 2.0], 95) == pytest.approx(1.95)


def test_bootstrap_of_a_constant_difference_is_a_point() -> None:
    comparison = paired_bootstrap([Share(1.0)] * 8, [Share(0.5)] * 8)
    assert comparison is not None
    assert (comparison.before, comparison.after, comparison.low, comparison.high) == (1.0, 0.5, -0.5, -0.5)
    assert comparison.difference == -0.5


def test_bootstrap_interval_against_the_binomial() -> None:
    # 20 questions of 100 fall from 1 to 0: the mean of the difference is -.2, its deviation sqrt(.2 * .8 / 100) = .04
    before = [Share(1.0)] * 100
    after = [Share(0.0)] * 20 + [Share(1.0)] * 80
    comparison = paired_bootstrap(before, after)
    assert comparison is not None
    assert comparison.low == pytest.approx(-0.2 - 1.96 * 0.04, abs=0.011)
    assert comparison.high == pytest.approx(-0.2 + 1.96 * 0.04, abs=0.011)


def test_the_interval_of_a_share_is_the_binomials() -> None:
    values = [1.0] * 80 + [0.0] * 20  # the deviation of the share is sqrt(.8 * .2 / 100) = .04

    def share(draw: Sequence[int]) -> float:
        return sum(values[i] for i in draw) / len(draw)

    low, high = bootstrap_interval(share, 100)
    assert (low, high) == pytest.approx((0.8 - 1.96 * 0.04, 0.8 + 1.96 * 0.04), abs=0.011)
    assert bootstrap_interval(share, 100) == (low, high)


def test_a_gain_over_what_was_before_has_an_interval_of_its_own() -> None:
    row = Row("hit@1", [True] * 8, {"before": [0.0] * 8, "judge": [1.0] * 8}, mean)
    assert write_row(row) == [
        "hit@1 (n=8)",
        "  before     0.000 [0.000, 0.000]",
        "  judge      1.000 [1.000, 1.000]",
        "  judge - before +1.000 [+1.000, +1.000]",
    ]


def test_a_draw_of_one_kind_alone_has_no_area_and_is_left_out() -> None:
    row = Row("AUROC", [True, False], {"judge": [0.9, 0.1]}, auroc)
    assert write_row(row) == ["AUROC (n=2)", "  judge      1.000 [1.000, 1.000]"]


def test_bootstrap_is_of_a_ratio_and_seeded() -> None:
    before = [Share(1.0, 1.0), Share(0.0, 0.0), Share(1.0, 2.0)]
    assert paired_bootstrap(before, before, seed=3) == paired_bootstrap(before, before, seed=3)
    comparison = paired_bootstrap(before, before)
    assert comparison is not None
    assert comparison.before == pytest.approx(2 / 3)
    assert paired_bootstrap([Share(0.0, 0.0)], [Share(1.0)]) is None
    with pytest.raises(ValueError, match="not paired"):
        paired_bootstrap([Share(1.0)], [])


def test_a_measure_is_a_ratio_of_sums() -> None:
    scored = [
        Scored("a", {"s/d/precision": Share(1.0, 2.0), "s/d/nothing": Share(0.0, 0.0)}),
        Scored("b", {"s/d/precision": Share(0.0, 2.0)}),
    ]
    (measurement,) = measurements_of(scored)
    assert (measurement.name, measurement.value, measurement.count) == ("s/d/precision", 0.25, 2)
    assert SuiteResult("s", tuple(scored)).measurements == (measurement,)


def test_the_worst_is_one_where_lower_is_better() -> None:
    assert worst_share("answers/pages/correct") == Share(0.0)
    assert worst_share("answers/pages/unsupported_figures") == Share(1.0)
