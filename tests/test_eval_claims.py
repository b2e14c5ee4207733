"""Figures, dates and names are read alike however they are written."""

import pytest
from quantity_pairs import DIFFERENT, SAME, VAGUER

from eval.claims import Claims, is_backed_name, names_in, quantities_in, unbacked
from eval.neighbours import unbacked_quantities


@pytest.mark.parametrize(
    ("text", "quantities"),
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
def test_figures(text: str, quantities: set[str]) -> None:
    assert quantities_in(text) == quantities


def test_names_of_people_bodies_and_places() -> None:
    found = names_in("市政协委员沈若溪建议，由云河市住建局牵头，李明表示支持。", known=["若溪"])
    assert found == {"沈若", "若溪", "云河市", "住建局", "李明"}


def test_a_changed_figure_is_unbacked() -> None:
    quote = "每人每月300元，2025年9月1日起施行"
    assert unbacked("每人每月三百元，9月1日起施行。", [quote]) == Claims()
    assert unbacked("每人每月800元。", [quote]).quantities == {"800元"}
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
    assert unbacked("1. 甲\n2. 乙", ["甲乙"]).quantities == frozenset()


@pytest.mark.parametrize(("statement", "quote"), DIFFERENT)
def test_another_unit_bound_sign_date_or_rate_beside_a_number_is_caught(statement: str, quote: str) -> None:
    assert unbacked_quantities(statement, quote)


# True, and reported all the same: units are not converted here, nor parts of a share, nor bounds made ranges.
REPORTED = {
    ("管道长3公里", "管道长3000米"),
    ("板厚50毫米", "板厚5厘米"),
    ("林地2公顷", "林地30亩"),
    ("湖面1.5平方公里", "湖面150公顷"),
    ("粮食2吨", "粮食2000公斤"),
    ("每袋5公斤", "每袋10斤"),
    ("用水300吨", "用水300t"),
    ("库容12立方米", "库容12m³"),
    ("培训半小时", "培训30分钟"),
    ("培训两个半小时", "培训150分钟"),
    ("培训1小时30分", "培训90分钟"),
    ("公示一周", "公示7天"),
    ("有效期半年", "有效期6个月"),
    ("有效期两年", "有效期24个月"),
    ("有效期一年半", "有效期18个月"),
    ("票价3元5角", "票价3.5元"),
    ("用电200度", "用电200千瓦时"),
    ("下调25个基点", "下调0.25个百分点"),
    ("占三成半的", "占35%的"),
    ("占五分之一", "占20%"),
    ("百分之三到五", "3%～5%"),
    ("占百分之三到五", "占3%～5%"),
    ("罚款1000元以上5000元以下", "罚款1000元至5000元"),
    ("9月1日起受理", "9月1日至10月31日受理"),
}


@pytest.mark.parametrize(("statement", "quote"), sorted({*SAME, *VAGUER} - REPORTED))
def test_the_same_written_in_another_way_is_backed(statement: str, quote: str) -> None:
    assert unbacked_quantities(statement, quote) == frozenset()


@pytest.mark.parametrize(
    ("statement", "quote"),
    [
        ("60岁", "60周岁"), ("60周岁", "60岁"), ("5天内", "5日内"), ("5日内", "5天内"), ("两成", "20%"), ("20%", "两成"), ("0.5%", "千分之五"),
        ("千分之五", "0.5%"), ("伍仟元", "5000元"), ("5000元", "伍仟元"), ("一万五", "15000"), ("15000", "一万五"),
    ],
)  # fmt: skip
def test_neither_way_round_is_what_is_true_reported(statement: str, quote: str) -> None:
    assert unbacked_quantities(statement, quote) == frozenset()


def test_what_is_quoted_word_for_word_is_backed_a_half_too() -> None:
    text = "差价由餐馆让利一半、区财政补贴一半。"
    assert unbacked(text, [text]) == Claims()
