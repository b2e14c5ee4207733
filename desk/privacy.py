"""Masks personal data in what citizens type, before it is kept or logged: 身份证, 手机号, 银行卡, 邮箱, 住址.

    text -> the same with 〔手机号〕 … in the place of what identifies a person

Read is a plain form of the text: digits of any script and full-width letters as ASCII, Chinese digits of a long run too,
invisible characters left out. Policy figures, hotlines (12345), dates, amounts and the numbers of documents stay: each
pattern asks for a checksum, a form or a neighbour that those do not have.
Sources are never masked: they are public, and a citation must equal its source.
"""

import logging
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from desk.plain import clean

ID_CARD, PHONE, BANK_CARD, EMAIL, ADDRESS = "〔身份证号〕", "〔手机号〕", "〔银行卡号〕", "〔邮箱〕", "〔住址〕"

KEPT_WIDE = "，：；！？（）"  # what ends a number in Chinese must not look like what stands within one
INVISIBLE = ("Cf", "Cc", "Mn", "Me")  # Unicode's categories of what is not seen, or only with the character before it
INVISIBLE_LETTERS = "\u115f\u1160\u3164\uffa0\u2800\ufffd"  # fillers, and what stands for half a character
CHINESE_DIGITS = str.maketrans("〇零○幺一二三四五六七八九壹贰叁肆伍陆柒捌玖", "0001123456789123456789")
CHINESE_RUN = re.compile(
    r"[\d〇零○幺一二三四五六七八九壹贰叁肆伍陆柒捌玖](?:[\s.·_-]{0,3}[\d〇零○幺一二三四五六七八九壹贰叁肆伍陆柒捌玖]){10,}"
)

BETWEEN = r"[\s.·_-]{0,3}"  # what may stand between two digits of one number
NO_DIGIT_BEFORE, NO_DIGIT_AFTER = r"(?<!\d)(?<!\d[.,])", r"(?!\d|\.\d|,\d{3}(?!\d))"
AMOUNT = r"(?!\s?(?:元|万|亿|块|吨|%|平方|公里))"  # what is counted is no number of a person

ID_NUMBER = re.compile(rf"{NO_DIGIT_BEFORE}(?=([1-9](?:{BETWEEN}\d){{16}}{BETWEEN}[\dXx])(?!\d))")
NAMED_ID_NUMBER = re.compile(
    rf"(?:身份证|身分证|证件号)[^\d]{{0,6}}(?=((?:\d{BETWEEN}){{14}}\d(?:{BETWEEN}\d{BETWEEN}\d{BETWEEN}[\dXx])?)(?!\d))"
)
PHONE_NUMBER = re.compile(
    rf"{NO_DIGIT_BEFORE}(?=((?:(?:\+|00)?86{BETWEEN})?1{BETWEEN}[3-9](?:{BETWEEN}\d){{9}}){NO_DIGIT_AFTER}{AMOUNT})"
)
CARD_NUMBER = re.compile(
    rf"{NO_DIGIT_BEFORE}(?=(\d{{13,19}}|(?:[3-9]|2[2-7])(?:{BETWEEN}\d){{12,18}}){NO_DIGIT_AFTER}{AMOUNT})"
)
EMAIL_ADDRESS = re.compile(
    r"(?=([A-Za-z0-9][A-Za-z0-9._%+-]{0,63}\s?@\s?[A-Za-z0-9-]{1,63}(?:\s?[.。]\s?[A-Za-z0-9-]{1,63}){1,6}))"
)

# A house: its number, then perhaps building, entrance and room. Before it, names that end in 市, 区, 路 … .
COUNT = r"(?:\d{1,5}|[一二三四五六七八九十百]{1,4})"
NAME = r"[^\W\da-zA-Z_我你他她您们住在是于到从的址请问]"  # a Han character that begins or continues a place's name
HOUSE = re.compile(
    rf"(?:{COUNT}(?:-\d{{1,4}})?号(?!文|令|公告|线|提案|通知|院士|[台坑])(?:院|楼)?|{COUNT}(?:栋|幢|座|号楼))"
    rf"(?:[\dA-Za-z一二三四五六七八九十]{{1,5}}(?:栋|幢|座|号楼|号院|单元|楼|层|室|户|号|房)){{0,5}}"
    rf"(?:\d{{1,5}}(?:-\d{{1,5}}){{1,3}}(?!\d)|\d{{3,4}}(?![\d年月元万人]))?"
)
AREAS = (
    rf"(?:{NAME}{{2,7}}(?:省|自治区))?(?:{NAME}{{1,7}}(?:市|州|盟|地区))?(?:{NAME}{{1,6}}(?:区|县|旗|市))?"
    rf"(?:{NAME}{{1,6}}(?:街道|镇|乡))?"
)
STREET = rf"{NAME}{{1,10}}(?:路|街|大道|巷|弄|胡同|道|村|小区|社区|苑|园|公寓|大厦|家属院|宿舍|庄|屯)"
BEFORE_HOUSE = re.compile(rf"(?:{AREAS}{STREET}){{1,2}}(?:[东西南北]段)?$")
LONGEST_BEFORE_HOUSE = 40  # characters looked at before a house number
LEADING_WORDS = re.compile(r"^(?:我?家|现居|居|户籍|户口)(?=.{3})")

Spans = list[tuple[int, int]]
ESCAPED = re.compile(r"(?<!\\)\\++(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})")


def mask(text: str) -> str:
    """The text with personal data replaced by what kind it was; without characters that cannot be kept (`clean`)."""
    text = clean(text)
    text = _masked(text, ID_CARD, lambda plain: _numbers(plain, ID_NUMBER, is_id_number))
    text = _masked(text, ID_CARD, lambda plain: _numbers(plain, NAMED_ID_NUMBER))
    text = _masked(text, PHONE, lambda plain: _numbers(plain, PHONE_NUMBER))
    text = _masked(text, BANK_CARD, lambda plain: _numbers(plain, CARD_NUMBER, passes_luhn))
    text = _masked(text, EMAIL, lambda plain: _numbers(plain, EMAIL_ADDRESS))
    return _masked(text, ADDRESS, lambda plain: list(find_addresses(plain)), blanks=False)


class MaskingFormatter(logging.Formatter):
    """Masks whatever is logged, tracebacks with their messages too. Escapes (as of repr) are read as what they stand for."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(ESCAPED.sub(_unescape, super().format(record)))


def _unescape(match: re.Match[str]) -> str:
    """The character that the escape stands for; nothing for what nobody can have typed."""
    character = chr(int(match[0].lstrip("\\")[1:], 16))
    return character if clean(character) else ""


# ---------------------------------------------------------------- the plain form


@lru_cache(8192)
def plain_character(character: str) -> str:
    """What the character is read as: "" for what is not seen, ASCII for what is ASCII in another dress."""
    if character in "\n\t":
        return " "
    if is_invisible(character):
        return ""
    kind = unicodedata.category(character)
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    if kind == "Zs":
        return " "
    if kind == "Pd":
        return "-"
    folded = unicodedata.normalize("NFKC", character)
    dressed = kind != "No" and len(folded) == 1 and folded.isascii() and character not in KEPT_WIDE
    return folded if dressed else character


def is_invisible(character: str) -> bool:
    return unicodedata.category(character) in INVISIBLE or character in INVISIBLE_LETTERS


def plain_form(text: str, *, blanks: bool = True) -> tuple[str, list[int]]:
    """The text as it is read, and where each of its characters stands in the text."""
    pieces = [(plain_character(character), at) for at, character in enumerate(text)]
    kept = [(piece, at) for piece, at in pieces if piece and (blanks or piece != " ")]
    return "".join(piece for piece, _ in kept), [at for _, at in kept]


# ---------------------------------------------------------------- what is found


def is_id_number(text: str) -> bool:
    """Whether 18 characters (what stands between them apart) are a resident's number: GB 11643, ISO 7064 MOD 11-2, with
    the date of birth in the seventh to fourteenth."""
    number = re.sub(r"[^\dXx]", "", text).upper()
    if not re.fullmatch(r"\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]", number):
        return False
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17]


def passes_luhn(text: str) -> bool:
    digits = [int(character) for character in text if character.isdecimal()]
    doubled = [digit * 2 for digit in digits[-2::-2]]
    return 13 <= len(digits) <= 19 and (sum(digits[-1::-2]) + sum(d - 9 * (d > 9) for d in doubled)) % 10 == 0


def find_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where a dwelling is named down to its number: (start, end), left to right."""
    end = 0
    for house in HOUSE.finditer(text):
        first = max(end, house.start() - LONGEST_BEFORE_HOUSE)
        street = BEFORE_HOUSE.search(text[first : house.start()])
        if street is None:
            continue
        leading = LEADING_WORDS.match(street[0])
        yield first + street.start() + (leading.end() if leading else 0), house.end()
        end = house.end()


def _numbers(plain: str, pattern: re.Pattern[str], holds: Callable[[str], bool] = lambda _: True) -> Spans:
    """Where the pattern's group stands and holds, first in the digits as they are (张三138…), then with Chinese ones read;
    of those that overlap the first. Every start is tried: a number may stand right behind another."""
    spans: Spans = []
    for read in (plain, CHINESE_RUN.sub(lambda run: run[0].translate(CHINESE_DIGITS), plain)):
        for match in pattern.finditer(read):
            start, end = match.span(1)
            if holds(match[1]) and all(end <= first or last <= start for first, last in spans):
                spans.append((start, end))
    return sorted(spans)


def _masked(text: str, name: str, find: Callable[[str], Spans], *, blanks: bool = True) -> str:
    plain, places = plain_form(text, blanks=blanks)
    for start, end in reversed(find(plain)):
        text = text[: places[start]] + name + text[places[end - 1] + 1 :]
    return text
