"""Chinese and Arabic numerals as documents write them -> exact numbers. What is no well-made numeral is None, never a guess.

一万五千, 一万五 (spoken), 壹万伍仟 (on forms), 1.5万, 1万5千 and 15,000 are one number. The readers here know no units. cn2an
was tried: it refuses 五十万零五千, 百八十, 一点五亿, 13万2 and 卅, and fails with a KeyError on 一亿二.
"""

import re
from decimal import Decimal
from itertools import pairwise

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "俩": 2, "仨": 3}
FORMAL = {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", start=1)}
TENS = {"廿": 20, "卅": 30}
SMALL = {"十": 10, "百": 100, "千": 1000}
FORMAL_SMALL = {"拾": 10, "佰": 100, "仟": 1000}
LARGE = {"万": 10**4, "亿": 10**8}
CN = "零〇一二两三四五六七八九十百千万亿"
HAN = f"{CN}○俩仨廿卅"
FORMAL_HAN = f"零{''.join(FORMAL)}{''.join(FORMAL_SMALL)}万亿"
# 千 of 千米, 千克 and 千瓦 belongs to the unit.
SCALE = r"(?:[十百千]?[万亿]{1,2}|[百千](?![米克瓦帕卡伏赫]))"
PLAIN = r"(?:\d{1,3}(?:,\d{3}){1,6}(?!\d)(?:\.\d{1,12})?|\d{1,30}(?:\.\d{1,12})?)"
ARABIC = rf"{PLAIN}(?:{SCALE}(?:零?\d{{1,9}}(?:\.\d{{1,9}})?{SCALE}){{0,4}}(?:\d(?![\d.,]))?)?"
LONGEST = 40  # signs; what is longer is no number that a document writes
PART = re.compile(rf"({PLAIN})({SCALE})?")
# 万 of 万元, 万五 (万分之五, or 15000), 百十: no number, or more than one.
BARE = re.compile("[百千万亿][一二三四五六七八九十]?")
FEWEST_DIGITS = 4  # of a run without zero, which is read digit by digit: 一九四九; 三六 may be 36, or 3 to 6


def chinese_number(text: str) -> Decimal | None:
    """三万五千 -> 35000, 一万五 -> 15000, 伍仟 -> 5000, 二〇二六 -> 2026, 一点五 -> 1.5; None where it is no number."""
    if len(text) > LONGEST:
        return None
    whole, point, fraction = text.partition("点")
    if point:
        return _with_fraction(whole, fraction)
    plain = "".join(_lower(c) for c in whole)
    if not plain or any(c not in HAN for c in plain) or BARE.fullmatch(plain):
        return None
    if len(plain) > 1 and all(c in DIGITS for c in plain):
        by_digit = not set(plain) & set("两俩仨") and (len(plain) >= FEWEST_DIGITS or bool(set(plain) & set("零〇○")))
        return Decimal("".join(str(DIGITS[c]) for c in plain)) if by_digit else None
    value = _whole(plain)
    return None if value is None else Decimal(value)


def read_number(text: str) -> Decimal | None:
    """12, 1,200, 1.5万, 1万5千 or 十二 as a number; None where it is none."""
    if not text[:1].isdigit():
        return chinese_number(text)
    if len(text) > LONGEST or not re.fullmatch(ARABIC, text):
        return None
    total, smallest = Decimal(0), Decimal(0)
    for digits, scale in PART.findall(text):
        value, factor = Decimal(digits.replace(",", "")), _factor(scale)
        if smallest and not scale:  # 1万5
            return total + value * smallest / 10
        if smallest and value * factor >= smallest:
            return None
        total, smallest = total + value * factor, factor
    return total


def about(text: str) -> tuple[Decimal, Decimal] | None:
    """The two numbers that neighbouring digits stand for: 二三十 -> 20, 30; 十二三 -> 12, 13; 三五 -> 3, 5; else None."""
    if len(text) > LONGEST:
        return None
    for i, (one, other) in enumerate(pairwise(text)):
        around = text[:i][-1:] + text[i + 2 :][:1]
        if _is_about(one + other) and not (set(around) & set(DIGITS)):
            low, high = chinese_number(text[: i + 1] + text[i + 2 :]), chinese_number(text[:i] + text[i + 1 :])
            return (low, high) if low is not None and high is not None and low < high else None
    return None


def _is_about(pair: str) -> bool:
    if len(pair) != 2 or not set(pair) <= set(DIGITS):
        return False
    one, other = (DIGITS[c] for c in pair)
    return one > 0 and (other == one + 1 or pair == "三五")


def _lower(character: str) -> str:
    """伍 -> 五, 仟 -> 千."""
    if character in FORMAL:
        return "一二三四五六七八九"[FORMAL[character] - 1]
    return {"拾": "十", "佰": "百", "仟": "千"}.get(character, character)


def _with_fraction(whole: str, fraction: str) -> Decimal | None:
    """一点五, 三十点二五, 一点五亿."""
    digits = fraction.rstrip("万亿")
    scale = fraction[len(digits) :]
    integer = chinese_number(whole)
    if integer is None or not digits or len(scale) > 2 or any(c not in DIGITS for c in digits):
        return None
    return Decimal(f"{integer}.{''.join(str(DIGITS[c]) for c in digits)}") * _factor(scale)


def _factor(scale: str) -> Decimal:
    factor = Decimal(1)
    for c in scale:
        factor *= SMALL.get(c) or LARGE[c]
    return factor


def _whole(text: str, spoken: bool = True) -> int | None:
    """Numerals with 十, 百, 千, 万, 亿, the larger first; a digit at the end without 零 counts tenths of what it follows."""
    for sign in "亿万":
        before, found, after = text.rpartition(sign)
        if not found:
            continue
        head = 1 if not before else _whole(before, spoken=False)
        again = sign == "万" and "万" in before
        if head is None or before.endswith("零") or (again and not re.fullmatch("[^万]+万", before)):  # 四万万
            return None
        tail = _tail(after, LARGE[sign], spoken)
        return None if tail is None else head * LARGE[sign] + tail
    return _section(text, spoken)


def _tail(text: str, above: int, spoken: bool) -> int | None:
    """What stands behind 万 or 亿, worth less than one of them: 五 of 一万五 is 5000, 零五 of 一万零五 5."""
    if not text:
        return 0
    if len(text) == 1 and text in DIGITS:
        return DIGITS[text] * above // 10 if spoken else None
    value = _whole(text.lstrip("零〇○"), spoken) if len(text) > 1 else None
    return value if value is not None and 0 < value < above else None


def _section(text: str, spoken: bool) -> int | None:
    """A numeral below 万."""
    total, last, rest, zero = 0, 10**4, text, False
    while rest:
        digit = DIGITS.get(rest[0])
        if digit == 0 and len(text) > 1:
            if zero or last == 10:
                return None
            zero, rest = True, rest[1:]
            continue
        if rest[0] in TENS:
            digit, unit, taken = TENS[rest[0]] // 10, 10, 1
        elif digit is None:
            digit, unit, taken = 1, SMALL[rest[0]], 1  # 十五, 百八十
            if total and unit != 10:
                return None
        elif len(rest) > 1 and rest[1] in SMALL:
            unit, taken = SMALL[rest[1]], 2
        elif len(rest) == 1:
            short = last in (100, 1000) and total and not zero  # 三千二 is 3200, 三千零二 3002
            return None if short and not spoken else total + digit * (last // 10 if short else 1)
        else:
            return None
        if unit >= last:
            return None
        total, last, rest, zero = total + digit * unit, unit, rest[taken:], False
    return None if zero else total
