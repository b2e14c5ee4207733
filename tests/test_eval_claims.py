"""Figures, dates and names are read alike however they are written."""

import pytest

from eval.claims import Claims, dates_in, figures_in, is_backed_name, names_in, unbacked


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("4.6万人", {"46000"}),
        ("四万六千人", {"46000"}),
        ("１,６８０元", {"1680"}),
        ("百分之三十", {"30%"}),
        ("三成", {"30%"}),
        ("30％", {"30%"}),
        ("近200亿元", {"20000000000"}),
        ("13个县", {"13"}),
        ("十三个县", {"13"}),
        ("三家企业", {"3"}),
        ("两年内", {"2"}),
        ("三百二十", {"320"}),
        ("二点五倍", {"2.5"}),
        ("3.90", {"3.9"}),
        ("统一部署，进一步，十分重要，一些", set()),
        ("一要推动，二要提高", set()),
        ("2026年1月16日", set()),
    ],
)
def test_figures(text: str, figures: set[str]) -> None:
    assert figures_in(text) == figures


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2026年1月16日", {"2026年", "1月16日"}),
        ("2026-01-16", {"2026年", "1月16日"}),
        ("--01-16", {"1月16日"}),
        ("二〇二六年三月八日", {"2026年", "3月8日"}),
        ("16日上午", {"16日"}),
        ("今年5月份", {"5月"}),
        ("99月", set()),
    ],
)
def test_dates(text: str, dates: set[str]) -> None:
    assert dates_in(text) == dates


def test_names_of_people_bodies_and_places() -> None:
    found = names_in("市政协委员沈若溪建议，由云河市住建局牵头，李明表示支持。", known=["若溪"])
    assert found == {"沈若", "若溪", "云河市", "住建局", "李明"}


def test_a_changed_figure_is_unbacked() -> None:
    quote = "每人每月300元，2025年9月1日起施行"
    assert unbacked("每人每月三百元，9月1日起施行。", [quote]) == Claims()
    assert unbacked("每人每月800元。", [quote]).figures == {"800"}
    assert unbacked("9月2日起施行。", [quote]).dates == {"9月2日"}


def test_an_invented_person_is_unbacked_but_one_asked_about_is_not() -> None:
    assert unbacked("院长张伟明表示满意。", ["院长王春林表示满意。"]).names == {"张伟"}
    assert unbacked("院长张伟明表示满意。", ["院长王春林表示满意。"], "张伟明是谁").names == frozenset()


def test_another_citys_body_is_unbacked() -> None:
    assert unbacked("由武汉市人民医院承担。", ["由云河市人民医院承担。"]).names == {"武汉市"}


def test_signs_before_a_name_do_not_hide_it() -> None:
    assert is_backed_name("新来云河市", "云河市的新政")
    assert not is_backed_name("武汉市", "云河市的新政")


def test_the_numbers_of_a_list_are_no_claim() -> None:
    assert unbacked("1. 甲\n2. 乙", ["甲乙"]).figures == frozenset()
