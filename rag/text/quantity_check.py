"""Quantities of a Chinese text, compared: which of a statement's does the quote not hold? No model decides about these.

１２万元, 十二万元, 壹拾贰万元 and 120000元 are one quantity; so are 千分之五, 5‰ and 0.5%. 5元 is not 5公顷, 60岁 not 60岁以上,
三分之一 not 三分之二. A statement may say less than the quote (3月 of 3月5日, 每月 of 每人每月), never something sharper.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from rag.text.bounds import rates_in, same_basis, same_change, same_rate
from rag.text.dates import Clock
from rag.text.numerals import CN, chinese_number, read_number
from rag.text.quantities import read_quantities
from rag.text.quantity import Quantity, flatten, short
from rag.text.units import MEANINGS, NOUNS, same_unit, unit_size

__all__ = [
    "CN",
    "Quantity",
    "chinese_number",
    "extract_quantities",
    "holds_amounts",
    "is_torn",
    "names_amount",
    "normalize_quantities",
    "read_number",
    "same_quantity",
    "stated_amounts",
    "unsupported_quantities",
    "with_its_bounds",
    "with_its_ranges",
    "without_quantities",
]  # fmt: skip

RANGE = re.compile(r"\s?[至到~～—–-]{1,2}(?:次日)?\s?")  # between two quantities: one range
FUNCTION = "的了是在和与及对为由等也都并可以共至到约或元之"  # behind a number without a unit: it stands alone
COUNTS = frozenset({"个", "项"})  # of what, they do not say
# What a statement may say for what the quote says: the quote's bounds that agree with the statement's.
AGREEING = {
    "": {"", "满", "起"},
    "满": {"满", "", "≥"},
    "≥": {"≥", "满", "起"},
    "起": {"起", "", "≥"},
    "约": {"约", "近", "多", ""},
}


def extract_quantities(text: str) -> list[Quantity]:
    """The quantities of `text` in order. 一 of 一个部门 is none."""
    return read_quantities(text)[0]


def unsupported_quantities(statement: str, quote: str) -> list[str]:
    """Quantities of the statement that stand nowhere in the quote, as written in the statement (normalised)."""
    said = extract_quantities(statement)
    if not said:
        return []
    quantities, articles = read_quantities(quote)
    held = [*quantities, *articles]
    years = {q.date.year for q in held if q.date and q.date.year}
    rates = rates_in(flatten(quote)).union(*(other.per for other in held))
    return [
        quantity.text
        for quantity in said
        if not (quantity.per <= rates and any(same_quantity(quantity, other, years) for other in held))
    ]


def stated_amounts(text: str) -> list[Quantity]:
    """What the text says that is so much: no age, which says whose it is, and no rank; dates where nothing else is stated."""
    found = [q for q in extract_quantities(text) if q.unit not in ("岁", "第", "五年")]
    return [q for q in found if not q.date] or found


def holds_amounts(amounts: Sequence[Quantity], text: str) -> bool:
    """Whether the text has each of the amounts, however it writes and bounds them."""
    held = extract_quantities(text)
    return all(any(names_amount(amount, other) for other in held) for amount in amounts)


def without_quantities(text: str, quantities: Sequence[Quantity]) -> str:
    """The flattened text with blanks where the quantities, read from it, stand."""
    plain = flatten(text)
    for quantity in quantities:
        start, end = quantity.span
        plain = plain[:start] + " " * (end - start) + plain[end:]
    return plain


def with_its_bounds(statement: str, quote: str) -> str:
    """The statement with the quote's own words for each quantity of which it has the amount and not the bound: 3个工作日内 for
    3个工作日, 最长不超过2年 for 2年. As it is where the quote has the amount in two ways, or nothing is to be mended."""
    if not unsupported_quantities(statement, quote):
        return statement
    plain, source = flatten(statement), flatten(quote)
    held = extract_quantities(quote)
    for quantity in reversed(extract_quantities(statement)):
        if any(same_quantity(quantity, other) for other in held):
            continue
        phrases = {source[o.phrase.start : o.phrase.end] for o in held if names_amount(quantity, o)}
        if len(phrases) != 1:
            return statement
        plain = plain[: quantity.phrase.start] + phrases.pop() + plain[quantity.phrase.end :]
    return plain


def _ranges(quote: str) -> tuple[dict[str, set[str]], set[str]]:
    """The quote's ranges of two quantities (6:30至21:00) by the text of either end; and the quantities that are no end of one."""
    source, held = flatten(quote), extract_quantities(quote)
    of_end: dict[str, set[str]] = {}
    ends = set()
    for first, last in pairwise(held):
        if RANGE.fullmatch(source[first.span[1] : last.span[0]]):
            ends |= {first.span, last.span}
            for end in (first, last):
                of_end.setdefault(end.text, set()).add(source[first.span[0] : last.span[1]])
    return of_end, {quantity.text for quantity in held if quantity.span not in ends}


def with_its_ranges(statement: str, quote: str) -> str:
    """The statement with the whole of the quote's range for each of its quantities that is but an end of one: 6:30至21:00 for
    21:00. As it is where that is an end of two ranges, or stands alone elsewhere."""
    of_end, alone = _ranges(quote)
    plain, (whole, _) = flatten(statement), _ranges(statement)
    written_as_one = [held for held in extract_quantities(quote) if RANGE.search(held.text) and held.low != held.high]
    if not of_end and not written_as_one:
        return statement
    for quantity in reversed(extract_quantities(statement)):
        around = {
            held.text for held in written_as_one if quantity.low == quantity.high and names_amount(quantity, held)
        }
        ranges = of_end.get(quantity.text, set()) | around
        if len(ranges) == 1 and quantity.text not in alone and quantity.text not in whole:
            before = plain[: quantity.span[0]].removesuffix("次日")
            plain = before + min(ranges) + plain[quantity.span[1] :]
    return plain


def is_torn(statement: str, quote: str) -> bool:
    """Whether a quantity of the statement is torn from what makes it one in the quote: an end of a range (21:00 of 6:30至21:00),
    a count without what is counted (26个 of 26个省市), or a piece of a quantity (三 of 千分之三)."""
    (of_end, alone), (whole, _) = _ranges(quote), _ranges(statement)
    for q in extract_quantities(statement):
        if (q.text in of_end and q.text not in alone and q.text not in whole) or (q.unit in COUNTS and not q.noun):
            return True
    return _cuts_quantity(flatten(statement).strip(" ,.;:!?。"), flatten(quote), extract_quantities(quote))


def _cuts_quantity(words: str, source: str, quantities: Sequence[Quantity]) -> bool:
    """Whether the words, wherever they stand in the source, begin or end within one of its quantities."""
    places = [m.start() for m in re.finditer(re.escape(words), source)] if words else []
    spans = [quantity.span for quantity in quantities]
    return bool(places) and all(
        any(span.start < edge < span.end for edge in (at, at + len(words)) for span in spans) for at in places
    )


def same_quantity(said: Quantity, held: Quantity, years: set[int] | frozenset[int] = frozenset()) -> bool:
    """Whether `held` bears `said` out: the amount, its bound, its rate, its direction. `years`: those the quote speaks of."""
    if not same_basis(said.basis, held.basis):
        return False
    if said.date or held.date:
        return _same_date(said, held, years) and _same_bound(said, held)
    if said.clock or held.clock:
        return _same_clock(said.clock, held.clock) and _same_bound(said, held)
    if (said.unit == "折") != (held.unit == "折"):
        said, held = _as_price(said), _as_price(held)
    if not same_rate(said.per, held.per) or not same_change(said.change, held.change):
        return False
    if said.of and held.of and said.of != held.of:
        return False
    return (_same_amount(said, held) and _same_bound(said, held)) or _is_end(said, held)


def _as_price(share: Quantity) -> Quantity:
    """What is left to pay: 八折 for 减收20% and for 按80%. As it is where the share is told of neither."""
    if share.unit == "折" or not (size := unit_size(share.unit)) or size[0] != "比例" or share.change in ("", "+"):
        return share
    low, high = (Decimal(v * size[1].numerator * 10) / size[1].denominator for v in (share.low, share.high))
    low, high = (10 - high, 10 - low) if share.change == "-" else (low, high)
    return replace(share, low=low, high=high, unit="折", change="")


def names_amount(said: Quantity, held: Quantity) -> bool:
    """Whether what was said is the amount of the quote's quantity, or an end of its range, whatever the bounds."""
    if said.date or held.date:
        return _same_date(said, held, {said.date.year} if said.date and said.date.year else set())
    return _same_amount(said, held) or (
        said.low == said.high and any(_same(said, said.low, held, end) for end in (held.low, held.high))
    )


def _same_amount(one: Quantity, other: Quantity) -> bool:
    if one.clock or other.clock:
        return _same_clock(one.clock, other.clock)
    return _same(one, one.low, other, other.low) and _same(one, one.high, other, other.high)


def _same(one: Quantity, value: Decimal, other: Quantity, others: Decimal) -> bool:
    if (one.unit == "折") != (other.unit == "折"):
        return False  # 三折 is not 三成: `_as_price`
    for unit in (*MEANINGS.get(one.unit, ()), one.unit):
        for second in (*MEANINGS.get(other.unit, ()), other.unit):
            size, another = unit_size(unit), unit_size(second)
            if size and another and size[0] == another[0]:
                return Fraction(value) * size[1] == Fraction(others) * another[1]
    return value == others and _same_thing(one, other)


def _same_thing(one: Quantity, other: Quantity) -> bool:
    """Whether units that do not convert, or none, let two numbers count the same."""
    if one.unit == "第" or other.unit == "第":
        return one.unit == other.unit and (one.noun == other.noun or "" in (one.noun, other.noun))
    if "" in (one.unit, other.unit):
        alone, full = (one, other) if not one.unit else (other, one)
        if not full.unit:
            return True
        is_alone = not alone.noun or alone.noun[0] in FUNCTION or alone.noun in (full.unit, full.noun)
        return (
            is_alone
            and full.unit not in ("%", "‰", "‱", "成", "倍", "pp", "号码", "周几", "五年", "甲", "a")
            and full.unit[:1] not in ("/", ":")
        )
    if one.unit == other.unit == "号" and one.noun and other.noun:
        return one.noun == other.noun
    nouns = {q.noun if q.unit in ("个", "项") and q.noun in NOUNS.split("|") else "" for q in (one, other)} - {""}
    named = nouns | {q.unit for q in (one, other) if q.unit in NOUNS.split("|")}
    return same_unit(one.unit, other.unit) and len(named) < 2


def _same_bound(said: Quantity, held: Quantity) -> bool:
    return held.bound in AGREEING.get(said.bound, {said.bound}) and said.exclusive == held.exclusive


def _is_end(said: Quantity, held: Quantity) -> bool:
    """Whether the statement gives one end of the quote's range, as an end: 最高5万元 of 3至5万元."""
    if held.low == held.high or said.low != said.high or held.bound:
        return False
    if said.bound == ("<" if held.exclusive else "≤"):
        return _same(said, said.low, held, held.high)
    return said.bound in ("≥", "满") and _same(said, said.low, held, held.low)


def _same_date(said: Quantity, held: Quantity, years: set[int] | frozenset[int]) -> bool:
    """Whether the quote's date has every part that the statement's has; its year may stand elsewhere in the quote."""
    one, other = said.date, held.date
    if other and not one:
        return said.unit in ("日", "号") and other.day == said.low and not said.bound
    if not one or not other:
        return False
    if one.year and one.year != other.year and (other.year or one.year not in years):
        return False
    return all(
        mine in (None, "", its)
        for mine, its in ((one.month, other.month), (one.day, other.day), (one.part, other.part))
    )


def _same_clock(one: Clock | None, other: Clock | None) -> bool:
    if not one or not other:
        return False
    if one.half_of_day or not other.half_of_day:
        return one.minutes == other.minutes
    return one.minutes in (other.minutes, other.spoken)


# ---- writing -----------------------------------------------------------------------------------------------------


def normalize_quantities(text: str) -> str:
    """The normalised text with its quantities written one way, so that 十二万元 and 12万元 share their characters."""
    plain = flatten(text)
    pieces: list[str] = []
    end = 0
    for quantity in extract_quantities(text):
        pieces += [plain[end : quantity.span.start], _written(quantity)]
        end = quantity.span.end
    return "".join([*pieces, plain[end:]])


def _written(quantity: Quantity) -> str:
    if quantity.date:
        date = quantity.date
        parts = ((date.year, "年"), (date.month, "月"), (date.day, "日"))
        return "".join(f"{value}{unit}" for value, unit in parts if value) + date.part
    if quantity.clock:
        return f"{quantity.clock.minutes // 60}:{quantity.clock.minutes % 60:02}"
    if quantity.unit == "第":
        return f"第{quantity.low:f}"
    low, high, unit = quantity.low, quantity.high, quantity.unit
    size = unit_size(unit)
    if size and size[0] == "比例" and unit[:1] != "/":
        hundredths = size[1] * 100
        low, high = (short(v * hundredths.numerator / hundredths.denominator) for v in (low, high))
        unit = "%"
    return f"{low:f}{unit}" if low == high else f"{low:f}至{high:f}{unit}"
