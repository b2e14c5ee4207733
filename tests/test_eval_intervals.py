"""Intervals of 95% give the values worked by hand, and hold what they must."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.intervals import Interval, ratio_interval, wilson
from eval.results import Scored, Share, measurements_of


def test_wilsons_interval_of_a_known_proportion() -> None:
    assert wilson(9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-4)
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert wilson(20, 20) == pytest.approx((0.8389, 1.0), abs=1e-4)


def test_nobody_of_ten_is_not_surely_nobody() -> None:
    low, high = wilson(0, 10)
    assert (low, high) == (0.0, pytest.approx(0.2775, abs=1e-4))


def test_hits_are_a_proportion_and_other_shares_are_drawn_anew() -> None:
    assert ratio_interval([(1, 1), (0, 1)] * 5) == wilson(5, 10)
    drawn = ratio_interval([(10, 20), (30, 20)] * 50)
    assert drawn == ratio_interval([(10, 20), (30, 20)] * 50)
    assert 0.85 < drawn.low < 0.95 < 1.05 < drawn.high < 1.15


def test_questions_that_are_all_alike_leave_no_doubt_but_in_a_proportion() -> None:
    assert ratio_interval([(0.5, 1)] * 8) == Interval(0.5, 0.5)
    assert ratio_interval([(1, 1)] * 8) != Interval(1.0, 1.0)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 100)), min_size=1, max_size=20))
def test_an_interval_lies_between_the_least_and_the_most_that_a_question_gives(
    shares: list[tuple[float, float]],
) -> None:
    low, high = ratio_interval(shares)
    ratios = [part / whole for part, whole in shares]
    if not all(whole == 1 and part in (0, 1) for part, whole in shares):
        assert min(ratios) - 1e-9 <= low <= high <= max(ratios) + 1e-9


def test_every_measure_comes_with_its_interval_over_the_questions_that_have_a_part_in_it() -> None:
    scored = [Scored(f"q{i}", {"right": Share(i % 2), "told": Share(0.0, 0.0)}) for i in range(10)]
    (figure,) = measurements_of([*scored, Scored("q", {"other": Share(0.0, 0.0)})])
    assert (figure.name, figure.value, figure.count, figure.interval) == ("right", 0.5, 10, wilson(5, 10))
