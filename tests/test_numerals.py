"""Every number up to 10^9 is read back from each way in which documents write it; what is no numeral is none."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.numerals import about, chinese_number, read_number
from rag.text.quantity_check import extract_quantities, unsupported_quantities

LOWER, FORMAL = "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"
NUMBERS = st.integers(1, 10**9)


def written(number: int, digits: str = LOWER, small: str = "十百千") -> str:
    """Chinese numerals with 零 for what is skipped: 10500 -> 一万零五百."""

    def section(value: int) -> str:
        text, skipped = "", False
        for power in (3, 2, 1, 0):
            digit = value // 10**power % 10
            if digit:
                text += ("零" if skipped and text else "") + digits[digit] + ("", *small)[power]
                skipped = False
            else:
                skipped = True
        return text

    parts, rest = [], number
    for size, sign in ((10**8, "亿"), (10**4, "万"), (1, "")):
        count, rest = divmod(rest, size)
        if count:
            zero = parts and count < 1000
            parts.append(("零" if zero else "") + section(count) + sign)
        elif parts and rest and size > 1:
            parts.append("零")
    return "".join(parts).replace("零零", "零")


def spoken(number: int) -> str | None:
    """一万五 for 一万五千; None where the last unit cannot be left out."""
    text = written(number)
    short = text[:-1]
    follows = {"千": "万", "百": "千", "十": "百"}.get(text[-1], "?")
    return short if len(text) > 3 and text[-3] == follows and text[-2] in LOWER[1:] else None


@given(NUMBERS)
def test_lower_case_numerals_are_read_back(number: int) -> None:
    assert chinese_number(written(number)) == number


@given(NUMBERS)
def test_a_zero_too_many_behind_a_large_unit_changes_nothing(number: int) -> None:
    text = re.sub("([万亿])(?=[一二三四五六七八九]千)", r"\1零", written(number))
    assert chinese_number(text) == number


@given(NUMBERS)
def test_formal_numerals_are_read_back(number: int) -> None:
    assert chinese_number(written(number, FORMAL, "拾佰仟")) == number


@given(NUMBERS)
def test_liang_stands_for_two_before_a_unit(number: int) -> None:
    text = written(number)
    for unit in "百千万亿":
        text = text.replace(f"二{unit}", f"两{unit}")
    assert chinese_number(text) == number


@given(NUMBERS)
def test_spoken_numerals_leave_their_last_unit_out(number: int) -> None:
    if (text := spoken(number)) is not None:
        assert chinese_number(text) == number


@given(NUMBERS)
def test_separators_full_width_digits_and_scales_change_no_number(number: int) -> None:
    wide = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    tens = f"{Decimal(number) / 10**4:f}万"
    mixed = (
        f"{number // 10**4}万{number % 10**4 // 1000}千"
        if number >= 10**4 and number % 1000 == 0 and number % 10**4
        else tens
    )
    for text in (str(number), f"{number:,}", wide, tens, mixed, written(number), written(number, FORMAL, "拾佰仟")):
        (figure,) = extract_quantities(f"共{text}元。")
        assert (figure.low, figure.high, figure.unit) == (number, number, "元"), text


@given(NUMBERS)
def test_the_round_zero_and_a_myriad_of_myriads_are_read_back(number: int) -> None:
    text = written(number)
    assert chinese_number(text.replace("零", "〇")) == number
    if number % 10**8 == 0:
        assert chinese_number(written(number // 10**8) + "万万") == number


@given(st.integers(1000, 10**9))
def test_a_run_of_digits_is_read_digit_by_digit(number: int) -> None:
    assert chinese_number("".join(LOWER[int(digit)] for digit in str(number))) == number


@given(NUMBERS, st.sampled_from(["块", "元", "块钱"]))
def test_a_price_is_read_back_in_coins(cents: int, name: str) -> None:
    whole, tenths = divmod(cents, 10)
    text = (
        f"票价{written(whole)}{name}" + (f"{LOWER[tenths]}角" if tenths else "") if whole else f"票价{LOWER[tenths]}角"
    )
    assert unsupported_quantities(text, f"票价{Decimal(cents) / 10}元") == []
    if whole and tenths and name == "块":
        assert unsupported_quantities(f"票价{written(whole)}块{LOWER[tenths]}", f"票价{Decimal(cents) / 10}元") == []


@given(st.integers(1000, 10**9))
def test_blanks_part_the_thousands_of_one_number_where_a_group_begins_with_zero(number: int) -> None:
    groups = f"{number:,}".split(",")
    figures = extract_quantities(f"共{' '.join(groups)}元。")
    if any(group[0] == "0" for group in groups[1:]):
        assert [figure.low for figure in figures] == [number]
    else:
        assert [figure.low for figure in figures] == [Decimal(group) for group in groups]


@pytest.mark.parametrize("number", [400000000, 4001234567, 8008208820, 13800138000])
def test_a_sum_of_as_many_digits_as_a_telephone_number_is_a_sum(number: int) -> None:
    (figure,) = extract_quantities(f"共{number}元。")
    assert (figure.low, figure.unit) == (number, "元")


@given(NUMBERS, NUMBERS)
def test_two_numbers_agree_only_where_they_are_one(one: int, other: int) -> None:
    assert (unsupported_quantities(f"共{written(one)}元", f"共{other}元") == []) == (one == other)


@given(NUMBERS, NUMBERS)
def test_a_range_is_read_from_both_its_ends(one: int, other: int) -> None:
    low, high = sorted((one, other))
    if low < high:
        (figure,) = extract_quantities(f"补助{low}元至{written(high)}元")
        assert (figure.low, figure.high) == (low, high)


@given(st.text("零〇一二两三四五六七八九十百千万亿廿卅点壹贰伍拾佰仟几多", max_size=24))
def test_any_run_of_numerals_is_a_number_or_none_and_never_fails(text: str) -> None:
    value = chinese_number(text)
    assert value is None or value >= 0


@given(st.text("0123456789.,万亿千百元至-~%年月日第约以上下内前零下负半几多个一二三十", max_size=60))
def test_any_text_is_read_with_its_figures_where_they_stand(text: str) -> None:
    for figure in extract_quantities(text):
        assert figure.low <= figure.high
        assert figure.text
        assert figure.phrase.start <= figure.span.start < figure.span.end <= figure.phrase.end


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", "10"), ("廿五", "25"), ("两百零三", "203"), ("一百二", "120"), ("二百五", "250"), ("百八十", "180"), ("三千零二十", "3020"),
        ("一万零五", "10005"), ("一百二十万五", "1205000"), ("一亿二", "120000000"), ("一亿零五百万", "105000000"), ("十二万亿", "12000000000000"),
        ("五十万零五千", "505000"), ("二〇二六", "2026"), ("一点五", "1.5"), ("四万万", "400000000"), ("一亿亿", "10000000000000000"), ("三十点二五", "30.25"), ("一点五亿", "150000000"), ("贰拾伍", "25"),
    ],
)  # fmt: skip
def test_chinese_numerals_are_read(text: str, value: str) -> None:
    assert chinese_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "桥",
        "三桥",
        "一点",
        "一点桥",
        "十百",
        "一百零",
        "万万",
        "三千二万",
        "十十",
        "二三",
        "一二",
        "一二三",
        "二五",
        "两两",
        "百",
        "千",
        "万",
        "亿",
        "万五",
        "百二",
        "十零五",
        "一百零零五",
        "一万五万",
        "负五",
    ],
)
def test_what_is_no_well_made_numeral_is_none(text: str) -> None:
    assert chinese_number(text) is None


@pytest.mark.parametrize(
    ("text", "value"), [("1,200", "1200"), ("1.5万", "15000"), ("1万5", "15000"), ("1万5千", "15000"), ("13万2", "132000"), ("5千5万", None), ("五", "5")]
)  # fmt: skip
def test_arabic_numerals_with_chinese_scales_are_read(text: str, value: str | None) -> None:
    assert read_number(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "ends"), [("二三十", (20, 30)), ("十二三", (12, 13)), ("三五", (3, 5)), ("一百二三十", (120, 130)), ("九十", None), ("一二三", None)]
)  # fmt: skip
def test_neighbouring_digits_are_about_so_many(text: str, ends: tuple[int, int] | None) -> None:
    assert about(text) == ends
