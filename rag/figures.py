"""Numbers, amounts, percentages and dates in Chinese text, in a form that compares: no model decides about these.

１２万元, 12万元, 十二万元 and 120000元 are one figure; so are 百分之三十 and 30%; 1月6日 and 一月六日. `unsupported_figures`
says which figures of a statement the quote does not hold.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from rag.datatypes import Span
from rag.text import BLANK, normalize

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "俩": 2}
SMALL = {"十": 10, "百": 100, "千": 1000}
LARGE = {"万": 10**4, "亿": 10**8}
CN = "零〇一二两三四五六七八九十百千万亿"
# Units that change what a number means; any other measure word (个, 项, 家…) is left out of the comparison.
UNITS = {
    "%": "%", "个百分点": "pp", "百分点": "pp", "元": "元", "块": "元", "美元": "美元", "岁": "岁", "倍": "倍", "亩": "亩", "吨": "吨",
    "公里": "公里", "千米": "公里", "平方米": "平方米", "平方公里": "平方公里", "米": "米", "人": "人", "名": "人", "位": "人",
    "户": "户", "年": "年", "小时": "小时", "分钟": "分钟", "天": "天", "日": "日", "月": "月", "个月": "个月", "时": "时", "点": "时",
    "度": "度", "折": "折", "版": "版", "届": "届", "次": "次", "周": "周", "公斤": "公斤", "千克": "公斤", "成": "成",
}  # fmt: skip
UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
ARABIC = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
MONTH_DAY = re.compile(rf"(?P<m>\d{{1,2}}|[{CN[:12]}十]{{1,2}})月(?P<d>\d{{1,2}}|[{CN[:12]}十]{{1,3}})[日号]")
PERCENT = re.compile(rf"百分之(?P<n>{ARABIC}|[{CN}点]+)")
NUMBER = re.compile(rf"(?P<n>{ARABIC})(?P<scale>(?:(?!千[米克])[十百千])?[万亿]{{0,2}})(?:多|余)?(?P<unit>{UNIT})?")
# Chinese numerals count as figures with a measure word behind them, and 一 only where it is more than 一个, 一项…
CN_MEASURE = (
    rf"{UNIT}|个|家|项|所|座|台|条|件|部|张|支|辆|处|类|种|站|套|批|期|级|所|间|场|层|栋|类|门|片|艘|只|元|方面"
)
CN_NUMBER = re.compile(rf"(?<![第])(?P<n>[{CN}]{{1,24}}(?:点[{CN}]{{1,24}})?)(?:多|余|来|几)?(?P<unit>{CN_MEASURE})")
ORDINAL = re.compile(rf"第(?P<n>\d+|[{CN}]+)")
LIST_MARK = re.compile(r"^\(?\d{1,2}[).、](?!\d)")
YEAR_CN = re.compile(r"(?P<n>[〇零一二三四五六七八九]{4})年")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it counts. `unit` is "" where it does not matter; `text` and `span`: normalised, no blanks."""

    value: Decimal
    unit: str
    text: str
    span: Span


def chinese_number(text: str) -> Decimal | None:
    """三万五千 -> 35000, 二〇二六 -> 2026, 一点五 -> 1.5; None where it is no number."""
    whole, _, fraction = text.partition("点")
    if fraction:
        integer = chinese_number(whole)
        digits = "".join(str(DIGITS[c]) for c in fraction if c in DIGITS)
        return None if integer is None or len(digits) != len(fraction) else Decimal(f"{integer}.{digits}")
    if not whole or any(c not in DIGITS and c not in SMALL and c not in LARGE for c in whole):
        return None
    if len(whole) > 1 and all(c in DIGITS for c in whole):
        return Decimal("".join(str(DIGITS[c]) for c in whole))
    total = section = digit = 0
    for c in whole:
        if c in DIGITS:
            digit = DIGITS[c]
        elif c in SMALL:
            section += (digit or 1) * SMALL[c]
            digit = 0
        else:
            total = (
                (total + section + digit or 1) * LARGE[c]
                if LARGE[c] == 10**8
                else total + (section + digit or 1) * LARGE[c]
            )
            section = digit = 0
    return Decimal(total + section + digit)


def extract_figures(text: str) -> list[Figure]:
    """The figures of `text` in order. Where two readings overlap, the longer one that begins first counts."""
    plain = LIST_MARK.sub("", BLANK.sub("", normalize(text)))
    found: list[Figure] = []

    def add(match: "re.Match[str]", value: Decimal | None, unit: str) -> None:
        if value is not None:
            found.append(Figure(value.normalize(), unit, match[0], Span(match.start(), match.end())))

    for match in MONTH_DAY.finditer(plain):
        month, day = read_number(match["m"]), read_number(match["d"])
        if month is not None and day is not None:
            add(match, month * 100 + day, "月日")
    for match in PERCENT.finditer(plain):
        add(match, read_number(match["n"]), "%")
    for match in YEAR_CN.finditer(plain):
        add(match, chinese_number(match["n"]), "年")
    for match in ORDINAL.finditer(plain):
        add(match, read_number(match["n"]), "第")
    for match in NUMBER.finditer(plain):
        scale = Decimal(1)
        for c in match["scale"]:
            scale *= SMALL.get(c) or LARGE[c]
        add(match, Decimal(match["n"].replace(",", "")) * scale, UNITS.get(match["unit"] or "", ""))
    for match in CN_NUMBER.finditer(plain):
        value = chinese_number(match["n"])
        if value == 1 and match["n"] == "一":
            continue
        add(match, value, UNITS.get(match["unit"], ""))
    found.sort(key=lambda f: (f.span.start, -f.span.end))
    kept: list[Figure] = []
    for figure in found:
        if not kept or figure.span.start >= kept[-1].span.end:
            kept.append(figure)
    return kept


def read_number(text: str) -> Decimal | None:
    """12, 1,200 or 十二 as a number; None where it is none."""
    return Decimal(text.replace(",", "")) if text[:1].isdigit() else chinese_number(text)


def same_figure(one: Figure, other: Figure) -> bool:
    """Equal values, and units that do not contradict each other."""
    return one.value == other.value and (one.unit == other.unit or "" in (one.unit, other.unit))


def unsupported_figures(statement: str, quote: str) -> list[str]:
    """Figures of the statement that stand nowhere in the quote, as written in the statement (normalised)."""
    held = extract_figures(quote)
    return [f.text for f in extract_figures(statement) if not any(same_figure(f, other) for other in held)]


def write_figures(text: str) -> str:
    """The normalised text with its figures written one way, so that 十二万元 and 12万元 share their characters."""
    plain = LIST_MARK.sub("", BLANK.sub("", normalize(text)))
    pieces: list[str] = []
    end = 0
    for figure in extract_figures(text):
        shown = (
            f"{figure.value // 100}月{figure.value % 100}日"
            if figure.unit == "月日"
            else f"{figure.value:f}{figure.unit}"
        )
        pieces += [plain[end : figure.span.start], shown]
        end = figure.span.end
    return "".join([*pieces, plain[end:]])
