"""The numbers that Word puts before the paragraphs of a list: 一、 第三条 （二） 2.1. They are counted when the page is shown and stand
nowhere in the file (ECMA-376, part 1, 17.9)."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from rag.reading.docx_styles import Look, Styles
from rag.reading.xml_parts import attribute, child, children, is_on, value_of

LEVELS = 9
CLOSING = "、，．）)】〕]：:"  # behind these no blank is wanted
DIGITS = "零一二三四五六七八九"
STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
CHINESE = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand",
    "koreanCounting", "chineseLegalSimplified", "ideographLegalTraditional",
}  # fmt: skip
LEGAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")


@dataclass(slots=True)
class _Level:
    """How the items of a level are numbered. `text`: %1、 with the numbers of levels from 1."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    legal: bool = False
    restart: int = -1  # the level that starts it anew, from 1; 0: none, -1: any above it


@dataclass(slots=True)
class _List:
    """A list's levels and how far each has counted."""

    levels: dict[int, _Level] = field(default_factory=dict)
    counts: list[int | None] = field(default_factory=lambda: [None] * LEVELS)


class Numbers:
    """Counts the lists of a document as its paragraphs come. `part`: word/numbering.xml."""

    def __init__(self, part: Element, styles: Styles) -> None:
        abstract = {attribute(a, "abstractNumId"): a for a in children(part, "abstractNum")}
        linked = {value_of(a, "styleLink"): a for a in abstract.values() if value_of(a, "styleLink")}
        made = {id: _read_list(linked.get(value_of(a, "numStyleLink"), a)) for id, a in abstract.items()}
        self._lists: dict[str, _List] = {}
        self._starts: dict[str, dict[int, int]] = {}  # of a list that begins anew, by its number
        for num in children(part, "num"):
            id = attribute(num, "numId")
            shared = made.get(value_of(num, "abstractNumId"), _List())
            overrides = list(children(num, "lvlOverride"))
            levels = {_level_of(o): _read_level(lvl) for o in overrides if (lvl := child(o, "lvl")) is not None}
            self._lists[id] = _List(shared.levels | levels, shared.counts) if levels else shared
            starts = {
                _level_of(o): int(value) for o in overrides if (value := value_of(o, "startOverride")).isdecimal()
            }
            if starts:
                self._starts[id] = starts

    def number(self, paragraph: Element, look: Look) -> str:
        """What stands before the paragraph; "" where it is no item. To be asked once of each paragraph, in order."""
        own = child(paragraph, "pPr")
        layers = [child(own, "numPr"), *(child(child(style, "pPr"), "numPr") for style in look.styles)]
        id = next((value_of(layer, "numId") for layer in layers if value_of(layer, "numId")), "")
        depth = next((value_of(layer, "ilvl") for layer in layers if value_of(layer, "ilvl")), "0")
        found = self._lists.get(id)
        level = int(depth) if depth.isdecimal() else 0
        if found is None or level >= LEVELS or level not in found.levels:
            return ""
        for at, start in self._starts.pop(id, {}).items():
            if at < LEVELS:
                found.counts[at] = start - 1
        _count(found, level)
        return _label(found, level)


def _read_list(abstract: Element) -> _List:
    return _List({_level_of(level): _read_level(level) for level in children(abstract, "lvl")})


def _level_of(element: Element) -> int:
    value = attribute(element, "ilvl")
    return int(value) if value.isdecimal() else 0


def _read_level(level: Element) -> _Level:
    start, restart = value_of(level, "start"), value_of(level, "lvlRestart")
    format = next((value_of(e, "numFmt") for e in level.iter() if value_of(e, "numFmt")), "decimal")
    return _Level(
        start=int(start) if start.isdecimal() else 1,
        format=format,
        text=value_of(level, "lvlText"),
        legal=is_on(level, "isLgl"),
        restart=int(restart) if restart.isdecimal() else -1,
    )


def _count(found: _List, level: int) -> None:
    """The next item of the level: those below it begin anew."""
    count = found.counts[level]
    found.counts[level] = found.levels[level].start if count is None else count + 1
    for deeper in range(level + 1, LEVELS):
        restart = found.levels[deeper].restart if deeper in found.levels else -1
        if restart == -1 or 0 < level + 1 <= restart:
            found.counts[deeper] = None


def _label(found: _List, level: int) -> str:
    own = found.levels[level]
    if own.format == "none":
        return ""
    if own.format == "bullet":
        return "• "
    text = own.text
    for n in range(LEVELS):
        if f"%{n + 1}" in text:
            other = found.levels.get(n, own)
            count = found.counts[n]
            format = "decimal" if own.legal and n < level else other.format
            text = text.replace(f"%{n + 1}", format_number(other.start if count is None else count, format))
    text = text.strip()
    return text if not text or text[-1] in CLOSING else f"{text} "


def format_number(number: int, format: str) -> str:
    """The number as ST_NumberFormat's `format` writes it; in Arabic figures where it is no number's usual form."""
    if format in CHINESE and 0 < number < 10_000:
        words = chinese(number)
        return words.translate(LEGAL) if "egal" in format else words
    if format in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return "".join("〇一二三四五六七八九"[int(d)] for d in str(number))
    if format == "ideographTraditional":
        return STEMS[(number - 1) % len(STEMS)]
    if format == "ideographZodiac":
        return BRANCHES[(number - 1) % len(BRANCHES)]
    if format.startswith("decimalEnclosedCircle") and 0 < number <= 20:
        return chr(ord("①") + number - 1)
    if format == "decimalEnclosedParen":
        return f"({number})"
    if format == "decimalEnclosedFullstop":
        return f"{number}."
    if format == "decimalZero":
        return f"{number:02}"
    if format in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if format == "lowerLetter" else letter.upper()
    if format in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        return roman(number).lower() if format == "lowerRoman" else roman(number)
    return str(number)


def chinese(number: int) -> str:
    """一, 十二, 一百零五: from 1 to 9999."""
    words, zero = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            words += ("零" if zero and words else "") + DIGITS[digit] + unit
            zero = False
        else:
            zero = True
    return words.removeprefix("一") if words.startswith("一十") else words


def roman(number: int) -> str:
    words = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        words += sign * (number // value)
        number %= value
    return words
