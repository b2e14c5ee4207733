"""Normalising Chinese text so that offsets lead back to the source, and cutting it into sentences.

What is shown is always the source's text; what is searched and compared is the normalised form. This module knows
nothing of articles.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from rag.datatypes import Span

NORMALIZER = "nfkc-t2s-lower-2"  # part of an index's identity: raise when `normalize` changes

# What ends a line anywhere: Unicode's mandatory breaks, and the separators that str.splitlines breaks at.
LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
# Code points that show nothing and stand between no two words: controls that are no blank, Unicode's
# Default_Ignorable_Code_Point (zero-width, joiners, directions, variation selectors, tags), interlinear annotation.
INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
# The CJK Radicals Supplement, as PDFs give it for 长 and 门: Unicode's EquivalentUnifiedIdeograph (15.0) of each that NFKC
# leaves alone. (NFKC folds the Kangxi Radicals.)
_RADICALS = str.maketrans(
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑𫜹忄心扌攵旡日月歺民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
)

ENDINGS = "。！？!?"
CLOSERS = "”’」』）)》】〉\"'"
HAN = "\u3400-\u9fff\uf900-\ufaff〇"
BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Normalized:
    """Normalised text. `offsets[i]` is the source offset of its i-th character; one more stands for the end."""

    text: str
    offsets: tuple[int, ...]

    def to_source(self, span: Span) -> Span:
        """The shortest source span that holds every character of the normalised `span`."""
        if span.start >= span.end:
            return Span(self.offsets[span.start], self.offsets[span.start])
        return Span(self.offsets[span.start], self.offsets[span.end - 1] + 1)

    def from_source(self, span: Span) -> Span:
        """The normalised span that comes from the source `span`."""
        return Span(bisect_right(self.offsets, span.start - 1), bisect_right(self.offsets, span.end - 1))


_RADICAL = re.compile("[\u2e80-\u2fdf]")


def plain_ideographs(text: str) -> str:
    """The text with each radical sign as the character that it looks like (⻓ -> 长, ⼈ -> 人), as a PDF's fonts may lack the other."""
    return _RADICAL.sub(lambda match: unicodedata.normalize("NFKC", match[0]).translate(_RADICALS), text)


@cache
def _simplifier() -> "object":
    import opencc

    return opencc.OpenCC("t2s")


class _Folded(dict[int, str]):
    """Code point -> what it is folded to, worked out when first met: `str.translate` then folds a text in one go."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold(chr(code))
        return folded


def _fold(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"  # half a character
    folded = unicodedata.normalize("NFKC", character).translate(_RADICALS).lower()
    if not folded.isascii():
        folded = "".join(_simplifier().convert(c) for c in folded)  # type: ignore[attr-defined]
    return _INVISIBLE.sub("", folded)


_FOLDED = _Folded()


def normalize_character(character: str) -> str:
    """One source character -> its NFKC form, a radical as its ideograph, Simplified, in lower case; may be several
    characters, or none for what cannot be seen."""
    return _FOLDED[ord(character)]


def normalize_with_offsets(text: str) -> Normalized:
    pieces: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(text):
        folded = normalize_character(character)
        pieces.append(folded)
        offsets.extend([index] * len(folded))
    offsets.append(len(text))
    return Normalized("".join(pieces), tuple(offsets))


def normalize(text: str) -> str:
    return text.translate(_FOLDED)


def alnum_only(text: str) -> str:
    """Normalised letters, digits and Han only: what bigrams are made of."""
    return "".join(c for c in normalize(text) if c.isalnum())


def bigrams(text: str) -> list[str]:
    """Character bigrams of each run of letters and digits, in order; a run of one character counts as itself."""
    grams: list[str] = []
    for run in re.findall(r"[^\W_]+", normalize(text)):
        grams.extend(run[i : i + 2] for i in range(max(1, len(run) - 1)))
    return grams


def share_held(grams: Collection[str], plain: str) -> float:
    """The share of the bigrams that stand in `plain`, letters and digits only; 0 where there are none."""
    return sum(gram in plain for gram in grams) / len(grams) if grams else 0.0


SENTENCE_MAX = 300  # characters: a longer sentence is cut, so that no citation is a page
SENTENCE_END = re.compile(
    rf"[{re.escape(ENDINGS)}…]+[{re.escape(CLOSERS)}]*|[{LINE_ENDS}]|"
    r"[；;](?=\s*+(?:[（(]?[一二三四五六七八九十]++[）)、是要]|\d++[.、．]))"
)
_MEASURE = (  # of money, time, length and the like: a clause may end with it, as it may not with 一项
    r"(?:个工作日|个百分点|个(?:月|小时)|平方(?:公里|千米|米|厘米)|立方(?:米|厘米)|公(?:里|顷|斤|分)|千(?:米|克|瓦时?)|毫[米升]|厘米|"
    r"小时|分钟|周岁|[元角天日月年岁亩米吨克升％%‰])"
)
_NUMERAL = "〇零一二两三四五六七八九十百千万亿几半壹贰叁肆伍陆柒捌玖拾佰仟"
# What is never cut: a word of Latin letters, a figure, and a numeral with what it counts.
WHOLE = re.compile(
    rf"(?:[0-9０-９A-Za-zＡ-Ｚａ-ｚ][0-9０-９A-Za-zＡ-Ｚａ-ｚ.,．，:：/_@%％‰‱+~～-]*+[多余来]?+[万亿千百十]{{0,3}}+|"
    rf"第?[{_NUMERAL}][{_NUMERAL}点分之多余来]*+)(?:{_MEASURE}|[\u4e00-\u9fff]{{0,2}})"
)
# Where a sentence without an end may be cut, best first: behind a mark, at a blank, behind a quantity, before a clause.
MARKS = (
    re.compile(r"[；;][”’」』）)]?+"),
    re.compile(r"[，,：:][”’」』）)]?+"),
    re.compile(r"[、\s|·—]"),
)
QUANTITY = re.compile(rf"(?<=[0-9０-９{_NUMERAL}]){_MEASURE}(?:以[上下内])?+(?![元内以之至到的及和与、起前后间份])")
CLAUSE = re.compile(r"(?=[各由对未凡若如并且但而或应可须在按经已将请为因其该从]|不得|不予|需要|所有)")
ANYWHERE = re.compile("")
LEADS = (12, 6)  # characters: a cut so near before a quantity parts it from what it is about
LEAST_PART = 150  # characters: a mark before this is too early to cut at
LEAST_CLAUSE = 12  # characters: a quantity before this has hardly said what it is of


def split_sentences(text: str, offset: int = 0) -> list[Span]:
    """Spans of the sentences of `text`, blanks at their ends left out, counted from `offset`; at most SENTENCE_MAX long.

    A sentence ends at 。！？ with the quotes and brackets that close after it, at a line's end, and at a semicolon
    that the next item of an enumeration follows (……；二是……). One without an end for more than SENTENCE_MAX characters
    (dictation, OCR) is cut where a reader would breathe, never inside a quantity.
    """
    return [Span(offset + s.start, offset + s.end) for s in _sentences(text)]


def _sentences(text: str) -> Iterator[Span]:
    start = 0
    for match in SENTENCE_END.finditer(text):
        yield from _at_most(text, _trimmed(text, start, match.end()))
        start = match.end()
    yield from _at_most(text, _trimmed(text, start, len(text)))


def _at_most(text: str, span: Span) -> Iterator[Span]:
    """The span in parts of at most SENTENCE_MAX characters, blanks at their ends left out; nothing for an empty one."""
    if span.end - span.start > SENTENCE_MAX and not any(mark.search(text, span.start, span.end) for mark in MARKS):
        parts = list(_clauses(text, span))
    else:
        parts = [span]
    for part in parts:
        while part.end - part.start > SENTENCE_MAX:
            cut = _best_cut(text[part.start : part.start + SENTENCE_MAX + LEADS[0]]) + part.start
            yield _trimmed(text, part.start, cut)
            part = _trimmed(text, cut, part.end)
        if part.end > part.start:
            yield part


def _clauses(text: str, span: Span) -> Iterator[Span]:
    """Dictation, which has no marks: cut behind each quantity that a clause of some length ends with, so that each part says
    one thing."""
    wholes = WHOLE.finditer(text, span.start, span.end)
    whole = next(wholes, None)
    start = span.start
    for match in QUANTITY.finditer(text, span.start, span.end):
        while whole and whole.end() < match.end():
            whole = next(wholes, None)
        parted = whole is not None and whole.start() < match.end() < whole.end()
        if match.end() - start >= LEAST_CLAUSE and not parted:
            yield Span(start, match.end())
            start = match.end()
    yield Span(start, span.end)


def _best_cut(window: str) -> int:
    """Where to cut a sentence of which `window` is the first SENTENCE_MAX characters and a little more: as late as may be."""
    wholes = [match.span() for match in WHOLE.finditer(window)]
    inside = {i for start, end in wholes for i in range(start + 1, end)}
    near = [inside | {i for start, _ in wholes for i in range(start - lead, start + 1)} for lead in LEADS]
    ways = [*((mark, inside) for mark in (*MARKS, QUANTITY)), *((cut, no) for no in near for cut in (CLAUSE, ANYWHERE))]
    for pattern, refused in (*ways, (ANYWHERE, inside)):
        if places := _places(pattern, window, LEAST_PART) - refused:
            return max(places)
    return SENTENCE_MAX


def _places(pattern: re.Pattern[str], window: str, start: int) -> set[int]:
    return {match.end() for match in pattern.finditer(window, start, SENTENCE_MAX)}


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def only_announces(text: str) -> bool:
    """Whether the text leads to what follows it and is no answer by itself: 某某委员建议："""
    return text.endswith(("：", ":"))


def is_title(text: str) -> bool:
    """Whether the text is nothing but the name of a document: 《关于……的通知》。"""
    return bool(re.fullmatch(r"《[^《》]*》[。，,]?", text.strip()))


def is_signature(text: str) -> bool:
    """Whether the text only signs a document: 云河市民政局 2026年1月5日。"""
    signed = r"[\u4e00-\u9fff\s]{2,30}[局委会办室厅部院处府社司心]\s*\d{4}年\d{1,2}月\d{1,2}日。?"
    return bool(re.fullmatch(signed, text.strip()))


def is_question(text: str) -> bool:
    """Whether the text is a question or ends with one."""
    return text.rstrip("”’）) ").endswith(("？", "?"))


def ends_sentence(text: str) -> bool:
    """Whether the text stops where a sentence may stop, quotes and brackets that close after it included."""
    stripped = text.rstrip()
    return stripped.rstrip(CLOSERS)[-1:] in tuple("。！？!?…") or stripped[-1:] in tuple("：:")
