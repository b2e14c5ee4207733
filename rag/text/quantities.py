"""The quantities of a Chinese text: amounts with unit, bound and rate, shares, dates, clock times, ordinals; each with its place.

Numerals are rag.text.numerals', units rag.text.units', bounds rag.text.bounds', dates rag.text.dates'. Whether two quantities agree is rag.text.quantity_check'.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from rag.datatypes import Span
from rag.text.bounds import basis, bound_after, bound_before, change, rate, window_before
from rag.text.dates import TO, read_clocks, read_dates
from rag.text.numerals import ARABIC, DIGITS, FORMAL_HAN, HAN, about, chinese_number, read_number
from rag.text.quantity import Quantity, flatten, short
from rag.text.units import GENERIC, HALVES, MEANINGS, NOUNS, SIZES, STRICT, UNIT, canonical_unit, unit_size

PHONE = re.compile(
    r"(?<!\d)(?:\(?0\d{2,3}[-)]?\d{7,8}|1[3-9]\d{9}|[48]00-?(?:\d{3}-?\d{4}|\d{4}-?\d{3}))(?![\d元万亿])"
)
NUMERAL = rf"(?:\d{{1,9}}(?:\.\d{{1,9}})?|[{HAN}]{{1,12}}(?:点[{''.join(DIGITS)}]{{1,9}})?)"
SHARE = re.compile(
    rf"(?<![\d{HAN}])(?P<parts>[百千万]|\d{{1,4}}|[{HAN}]{{1,4}})分之(?P<n>{NUMERAL})(?:{TO}(?:(?P=parts)分之)?(?P<to>{NUMERAL}))?"
)
FRACTION = re.compile(r"(?<![\d/⁄.:-])(?P<n>\d{1,3})(?:/|⁄)(?P<parts>\d{1,3})(?![\d/.:月日])")
HALF = re.compile(r"(?P<over>过|超)?(?:一半|半数)|过半(?!年)|(?<=减)半(?![年月天日个小])|(?P<price>半(?=价)|对折)")
RATIO = re.compile(rf"(?<![\d:{HAN}])(?P<n>{NUMERAL})(?:[:∶](?!\d\d(?!\d))|比)(?P<to>{NUMERAL})(?![\d:{HAN}])")
WEEKDAY = re.compile(rf"(?<![{HAN}\d半])(?:周|星期|礼拜)(?P<n>[一二三四五六日天])(?![次回遍个天年岁周])")
PLAN = re.compile(
    '(?<![一二三四五六七八九])(?P<n>[一二三四五六七八九]|十[一二三四五六七八九]?)五(?=[”"」』]|规划|期间|时期)'
)
RANK = re.compile(
    rf"(?<![之以此目提年月日天空生午])(?P<side>前|最?后|倒数)(?P<at>第)?(?P<n>\d{{1,4}}|[{HAN}]{{1,4}})(?P<of>[名位强]|季度)"
    rf"|(?P<last>倒数)第(?P<nth>\d{{1,4}}|[{HAN}]{{1,4}})"
)
ORDINAL = re.compile(
    rf"第(?P<n>\d{{1,9}}|[{HAN}]{{1,9}})(?![方者])(?P<of>季度|[\u4e00-\u9fff])?|(?<!第)(?P<q>[一二三四1-4])季度"
)
CLASS = re.compile(r"(?<![a-z\d])(?P<n>[甲乙丙丁]|[a-d])(?=[级类等档])")
NUMBERED = frozenset("楼线院馆门厅井栋")  # what 5号 names
PARTS = {"百": "%", "千": "‰", "万": "‱"}
AMOUNT = re.compile(
    r"(?P<both>±|正负)?(?P<sign>零下|(?<![自担肩抱胜正])负|(?<![a-z\d)%.年月日号级室楼栋幢层区座至到~—-])-(?=\d))?"
    rf"(?P<some>[几数]|(?<!以)上(?=[百千万亿]))?(?:(?P<arabic>{ARABIC})|(?P<han>[{HAN}{FORMAL_HAN}]{{1,40}}(?:点[{''.join(DIGITS)}]{{1,9}}[万亿]?)?)|(?P<half>半))"
    rf"(?P<more>多|余(?!额)|来(?!自)|几)?(?P<scale>[wk](?=[元块])|[万亿]{{0,2}})(?P<halves>个半|半)?(?P<unit>{UNIT})?"
    rf"(?P<tail>半(?!数)|(?<=[块毛成米斤尺])(?<![方厘毫千分微]米)[{HAN}\d](?:(?<=米.)[五5])?(?![\d.点{HAN}多余来几个半是要]|{UNIT}))?"
)
SCALES = {"万": 10**4, "亿": 10**8, "w": 10**4, "k": 1000}
TWO_DIGITS = re.compile("[一二三四五六七八九]{2}|[1-9][0-9]")  # of 折: 九五折, 95折
NOUN = re.compile(rf"(?:{NOUNS})|[\u4e00-\u9fff]")
BASE = re.compile(r"([\u4e00-\u9fff]{2,10})的$")  # what a share is one of: 总投资的30%
# What stands before an amount of money: US$800. "$" alone is a US dollar's.
CURRENCIES = {"us$": "美元", "hk$": "港元", "a$": "澳元", "nt$": "新台币", "$": "美元", "€": "欧元", "£": "英镑", "¥": "元", "usd": "美元", "hkd": "港元", "eur": "欧元", "rmb": "元", "cny": "元"}  # fmt: skip
CURRENCY = re.compile(rf"(?:{'|'.join(map(re.escape, CURRENCIES))})$")
NOT_NUMBERS = re.compile(
    r"十分(?!之)|万一(?!千)|千万(?=不|要|别|莫|注意)|[三五]位一体|五台山|三门峡|九寨|第[三一二]产业|千方百计|百分百"
    rf"|(?:(?<=\(不含)|(?<=\(含))[\d{HAN}]{{1,12}}(?:{UNIT})?(?=\))"
    r"|(?<=/m)[23](?!\d)|(?<=/[kch]m)2(?!\d)|pm(?:2\.5|10)(?!\d)|(?<=[上下同本这那每省市县区乡镇村各某])一[级期]"
    rf"|(?<![{HAN}\d第])一(?:个?月|周|年|天|日|季度|学期)(?=[\d一二两三四五六七八九十]{{1,3}}[次回])"  # 一周两次 is a rate
)
GAP_OF_BOUNDS = re.compile(r"[,、且至到并]?")


@dataclass(slots=True)
class _Reader:
    """One text being read, and what of it is taken."""

    plain: str
    taken: list[Span]
    loose: set[Span] = field(default_factory=set)  # numbers that count only as the first of a range
    scales: dict[Span, Decimal] = field(default_factory=dict)  # 10,000 for 5万, whose first of a range may be 3
    articles: set[Span] = field(default_factory=set)  # 一 of 一个

    @property
    def left(self) -> str:
        """What no reading has taken yet, the rest blanked."""
        signs = list(self.plain)
        for span in self.taken:
            signs[span.start : span.end] = "\0" * (span.end - span.start)
        return "".join(signs)

    def make(self, span: Span, value: Decimal, unit: str, high: Decimal | None = None) -> Quantity:
        self.taken.append(span)
        high = value if high is None else high
        return Quantity(short(value), short(high), unit, self.plain[span.start : span.end], span, span)


def read_quantities(text: str) -> tuple[list[Quantity], list[Quantity]]:
    """The figures, and what else would bear one out: 一次 for 1次."""
    plain = flatten(text)
    reader = _Reader(plain, [Span(*match.span()) for match in NOT_NUMBERS.finditer(plain)])
    found = [
        *_phones(reader),
        *_dates(reader),
        *_shares(reader),
        *_clocks(reader),
        *_ordinals(reader),
        *_amounts(reader),
    ]
    found = _ranges(reader, _compounds(reader, sorted(found, key=lambda q: q.span)))
    found = [_around(reader.plain, q) for q in found if q.span not in reader.loose]
    found = _between(reader.plain, found)
    articles = [q for q in found if q.span in reader.articles and not (q.unit == "次" and q.per)]  # 每年一次 counts
    return [q for q in found if q not in articles], articles


# ---- reading -----------------------------------------------------------------------------------------------------


def _phones(reader: _Reader) -> Iterator[Quantity]:
    for match in PHONE.finditer(reader.left):
        yield reader.make(Span(*match.span()), Decimal(re.sub(r"\D", "", match[0])), "号码")


def _dates(reader: _Reader) -> Iterator[Quantity]:
    for date in read_dates(reader.left):
        if date.month and date.day:
            value, unit = date.month * 100 + date.day, "月日"
        else:
            value, unit = (date.month, "月") if date.month else (date.year or date.day or 0, "年")
        yield replace(reader.make(date.span, Decimal(value), unit), date=date)


def _clocks(reader: _Reader) -> Iterator[Quantity]:
    for clock in read_clocks(reader.left):
        yield replace(reader.make(clock.span, Decimal(clock.minutes), "时"), clock=clock)


def _shares(reader: _Reader) -> Iterator[Quantity]:
    for match in SHARE.finditer(reader.left):
        parts, low = read_number(match["parts"]), read_number(match["n"])
        high = read_number(match["to"]) if match["to"] else low
        unit = PARTS.get(match["parts"]) or (f"/{int(parts)}" if parts and parts == int(parts) else "")
        if unit and low is not None and high is not None:
            yield reader.make(Span(*match.span()), low, unit, high)
    for match in FRACTION.finditer(reader.left):
        if 0 < int(match["n"]) < int(match["parts"]):
            yield reader.make(Span(*match.span()), Decimal(match["n"]), f"/{int(match['parts'])}")
    for match in HALF.finditer(reader.left):
        if match["price"]:
            yield reader.make(Span(*match.span()), Decimal(5), "折")
            continue
        quantity = reader.make(Span(*match.span()), Decimal(1), "半")
        yield replace(quantity, bound=">" if match["over"] or match[0] == "过半" else "")
    for match in RATIO.finditer(reader.left):
        low, high = read_number(match["n"]), read_number(match["to"])
        if low is not None and high is not None:
            yield reader.make(Span(*match.span()), low, f":{short(high):f}")


def _ordinals(reader: _Reader) -> Iterator[Quantity]:
    for match in RANK.finditer(reader.left):
        value = read_number(match["n"] or match["nth"])
        if value and match["side"] == "前" and not match["at"]:
            low, high = Decimal(1), value  # 前5名: the first to the fifth
        elif value and match["side"] and not match["at"]:
            low, high = -value, Decimal(-1)
        elif value and match["side"] != "前":
            low = high = -value
        else:
            continue
        yield replace(reader.make(Span(*match.span()), low, "第", high), noun="季度" if match["of"] == "季度" else "")
    for match in CLASS.finditer(reader.left):
        unit = "甲" if match["n"] in "甲乙丙丁" else "a"
        value = Decimal("甲乙丙丁abcd".index(match["n"]) % 4 + 1)
        yield reader.make(Span(*match.span()), value, unit)
    for unit, pattern in (("周几", WEEKDAY), ("五年", PLAN)):
        for match in pattern.finditer(reader.left):
            value = Decimal(7) if match["n"] in "日天" else read_number(match["n"])
            if value is not None:
                yield reader.make(Span(*match.span()), value, unit)
    for match in ORDINAL.finditer(reader.left):
        value = read_number(match["n"] or match["q"])
        if value is not None:
            end = match.end("n") if match["n"] else match.end()
            noun = match["of"] or ("季度" if match["q"] else "")
            yield replace(reader.make(Span(match.start(), end), value, "第"), noun=noun)


def _amounts(reader: _Reader) -> Iterator[Quantity]:
    for match in AMOUNT.finditer(reader.left):
        quantity = _amount(reader, match)
        if quantity is not None:
            yield quantity


def _amount(reader: _Reader, match: "re.Match[str]") -> Quantity | None:
    written = match["arabic"] or match["han"] or ""
    sign = CURRENCY.search(reader.plain, max(0, match.start() - 4), match.start()) if not match["unit"] else None
    unit = CURRENCIES[sign[0]] if sign else canonical_unit(match["unit"] or "")
    ends = _ends(match, unit)
    if ends is None:
        return None
    span = Span(match.start(), match.end())
    scale = Decimal(1)
    for c in match["scale"]:
        scale *= SCALES[c]
    last = re.search(r"(?<![万亿])[万亿]+$|千$", written)
    reader.scales[span] = scale * (read_number(f"1{last[0]}") or 1 if last else 1)
    half = Decimal("0.5") if match["halves"] or match["tail"] == "半" else _tenths(match["tail"])
    low, high = (scale * end + half for end in ends)
    if match["sign"]:
        low, high = -high, -low
    if match["both"]:
        low = -high
    if unit == "番":
        low, high, unit = 2**low - 1, 2**high - 1, "倍"
    if written == "一" and not half and unit not in STRICT:
        reader.articles.add(span)
    if match["han"] and not unit and (len(written) == 1 or not re.search("[百千万亿]", written) or low == 0):
        reader.loose.add(span)
    quantity = reader.make(span, low, "第" if unit == "胎" else unit, high)
    bound = (
        "数"
        if match["some"] in ("几", "数")
        else "几"
        if match["more"] == "几"
        else "多"
        if match["more"] or match["some"]
        else ""
    )
    noun = NOUN.match(reader.plain, match.end())
    return replace(
        quantity,
        bound=bound,
        noun=noun[0] if noun and (unit in GENERIC or (unit == "号" and noun[0] in NUMBERED)) else "",
    )


def _tenths(written: str | None) -> Decimal:
    """五 of 三块五, 七五 of 一米七五."""
    return Decimal("0." + "".join(str(DIGITS.get(c, c)) for c in written)) if written else Decimal(0)


def _ends(match: "re.Match[str]", unit: str) -> tuple[Decimal, Decimal] | None:
    """The two ends of the number as written, alike where it is one; None where the signs are none, or no number here."""
    if match["half"]:
        return (Decimal("0.5"), Decimal("0.5")) if match["unit"] in HALVES else None
    if (match["halves"] or match["tail"] == "半") and unit not in HALVES:
        return None
    written = match["arabic"] or match["han"]
    if unit == "折" and TWO_DIGITS.fullmatch(written):
        written = f"{written[0]}.{written[1]}" if match["arabic"] else f"{written[0]}点{written[1]}"
        value = read_number(written)
        return None if value is None else (value, value)
    if match["arabic"]:
        value = read_number(match["arabic"])
        return None if value is None else (value, value)
    # 千家万户; but 上百家, 百余人, 近千人
    vague = match["some"] or match["more"] or re.search("[近超逾约达]$", match.string[: match.start()])
    if written[0] in "百千万亿" and len(written) == 1 and not vague:
        return None
    if set(written) & set("伍陆") and not set(written) & set("拾佰仟") and unit not in ("元", "角", "分"):
        return None  # 队伍, 大陆
    pair = about(written)
    value = chinese_number(f"一{written}" if written in "百千万亿" else written)
    return pair or (None if value is None else (value, value))


# ---- joining -----------------------------------------------------------------------------------------------------


def _compounds(reader: _Reader, found: Sequence[Quantity]) -> list[Quantity]:
    """3元5角, 2年6个月 and 1小时30分 as one each, in the smaller unit."""
    joined: list[Quantity] = []
    for quantity in found:
        last = joined[-1] if joined else None
        if last and last.span.end == quantity.span.start and (unit := _smaller(last, quantity)):
            large, small = unit_size(last.unit), unit_size(unit)
            if (
                large
                and small
                and quantity.low * small[1].numerator * large[1].denominator < large[1].numerator * small[1].denominator
            ):
                ratio = large[1] / small[1]
                value = last.low * ratio.numerator / ratio.denominator + quantity.low
                joined[-1] = reader.make(Span(last.span.start, quantity.span.end), value, unit)
                continue
        joined.append(quantity)
    return joined


def _smaller(large: Quantity, small: Quantity) -> str | None:
    """The unit of a number right behind another one, where it is a smaller one of the same dimension."""
    meant = MEANINGS.get(small.unit, (small.unit,))
    sizes = [(unit, unit_size(unit)) for unit in meant]
    own = unit_size(large.unit)
    return next((unit for unit, size in sizes if own and size and size[0] == own[0] and size[1] < own[1]), None)


def _ranges(reader: _Reader, found: Sequence[Quantity]) -> list[Quantity]:
    """3至5万元, 3万至5万元 and 三到五个工作日 as one each."""
    joined: list[Quantity] = []
    for quantity in found:
        last = joined[-1] if joined else None
        one = _as_range(reader, last, quantity) if last else None
        if one:
            joined[-1] = one
        else:
            joined.append(quantity)
    return joined


def _as_range(reader: _Reader, first: Quantity, second: Quantity) -> Quantity | None:
    between = reader.plain[first.span.end : second.span.start]
    if not re.fullmatch(rf"(?:\(含\))?{TO}", between) or first.date or second.date or first.clock or second.clock:
        return None
    low, high, scale = first.low, second.high, reader.scales.get(second.span, Decimal(1))
    bare = first.unit in ("", second.unit)
    if bare and not first.unit and reader.scales.get(first.span, Decimal(1)) == 1 and low < high / scale:
        low *= scale
    if first.unit and first.unit != second.unit:
        if not (unit_size(first.unit) and (unit_size(first.unit) or ("",))[0] == (unit_size(second.unit) or ("",))[0]):
            return None
        ratio = SIZES[first.unit][1] / SIZES[second.unit][1]
        low = low * ratio.numerator / ratio.denominator
    if not low < high or (first.high > high and bare):
        return None
    reader.loose.discard(first.span)
    reader.articles.discard(first.span)
    return replace(second, low=short(low), text=reader.plain[first.span.start : second.span.end], span=Span(first.span.start, second.span.end))  # fmt: skip


def _around(plain: str, quantity: Quantity) -> Quantity:
    """The quantity with what its neighbourhood says of it."""
    span, is_date = quantity.span, quantity.date is not None
    before = window_before(plain, span.start)
    after, end = bound_after(plain, span.end, is_date)
    if after == "起" and not (is_date or quantity.clock or quantity.unit in ("日", "号")):
        after = "≥"
    bound, signs = bound_before(before, is_date)
    exact = quantity.bound
    if quantity.date and quantity.date.role and not bound and not after:
        after = {"from": "起", "until": "≤"}[quantity.date.role]
    base = (
        BASE.search(before) if unit_size(quantity.unit) and (unit_size(quantity.unit) or ("",))[0] == "比例" else None
    )
    return replace(
        quantity,
        phrase=Span(span.start - signs, end),
        bound=_stronger(after, bound) or exact,
        per=rate(before, plain, span.end),
        basis=basis(before, plain, end),
        change=change(before, plain, end) if quantity.unit != "折" else "",
        of=base[1][-2:] if base else "",
    )


def _stronger(after: str, before: str) -> str:
    """Of two bounds the one that says more: 约60岁以上, 满60岁以上."""
    if after in ("", "约", "多", "起") and before:
        return before
    return after


def _between(plain: str, found: Sequence[Quantity]) -> list[Quantity]:
    """1000元以上5000元以下 and 满18岁不满60岁 as one range each."""
    joined: list[Quantity] = []
    for quantity in found:
        last = joined[-1] if joined else None
        if (
            last
            and last.bound in ("≥", "满")
            and quantity.bound in ("≤", "<")
            and not (last.date or quantity.date or last.clock or quantity.clock)
            and last.phrase.end <= quantity.phrase.start
            and GAP_OF_BOUNDS.fullmatch(plain[last.phrase.end : quantity.phrase.start])
            and (last.unit == quantity.unit or not last.unit)
            and last.high < quantity.low
        ):
            span = Span(last.span.start, quantity.span.end)
            joined[-1] = replace(
                quantity, low=last.low, span=span, text=plain[span.start : span.end], bound="", exclusive=quantity.bound == "<",
                phrase=Span(last.phrase.start, quantity.phrase.end), per=last.per | quantity.per,
            )  # fmt: skip
        else:
            joined.append(quantity)
    return joined
