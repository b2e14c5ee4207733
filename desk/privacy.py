"""Masks personal data in what citizens type, before it is kept or logged: 身份证, 手机号, 银行卡, 邮箱, 住址.

    text -> the same with 〔手机号〕 … in the place of what identifies a person

Full-width digits and letters count as half-width ones. Policy figures, hotlines (12345), dates, amounts and the
numbers of documents stay: each pattern asks for a checksum, a form or a neighbour that those do not have.
Sources are never masked: they are public, and a citation must equal its source.
"""

import re
from collections.abc import Callable, Iterator

ID_CARD, PHONE, BANK_CARD, EMAIL, ADDRESS = "〔身份证号〕", "〔手机号〕", "〔银行卡号〕", "〔邮箱〕", "〔住址〕"

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0) not in ",:;!?()"}
FULL_WIDTH |= {0x3000: 0x20}
NO_DIGIT_BEFORE, NO_DIGIT_AFTER = r"(?<![\dA-Za-z])(?<!\d[.,])", r"(?![\dA-Za-z]|\.\d|,\d{3}(?!\d))"
AMOUNT = r"(?!\s?(?:元|万|亿|块|吨|%|平方|公里))"  # what is counted is no number of a person

ID_NUMBER = re.compile(
    rf"{NO_DIGIT_BEFORE}\d{{6}}[ -]?(?:18|19|20)\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{{3}}[\dXx]"
    rf"{NO_DIGIT_AFTER}"
)
NAMED_ID_NUMBER = re.compile(r"(?<=身份证)(?P<lead>[^\d]{0,6}?)(?P<number>\d{17}[\dXx]|\d{15})(?!\d)")
PHONE_NUMBER = re.compile(
    rf"{NO_DIGIT_BEFORE}(?:(?:\+|00)?86[ -]?)?1[3-9]\d(?:\d{{8}}|[ -]\d{{4}}[ -]\d{{4}}){NO_DIGIT_AFTER}{AMOUNT}"
)
CARD_NUMBER = re.compile(
    rf"{NO_DIGIT_BEFORE}(?:\d{{13,19}}|[3-9]\d{{3}}(?:[ -]\d{{4}}){{2,3}}[ -]\d{{1,7}}){NO_DIGIT_AFTER}{AMOUNT}"
)
EMAIL_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")

# A house: its number, then perhaps building, entrance and room. Before it, names that end in 市, 区, 路 … .
COUNT = r"(?:\d{1,5}|[一二三四五六七八九十百]{1,4})"
NAME = r"[^\W\da-zA-Z_我你他她您们住在是于到从的址请问]"  # a Han character that begins or continues a place's name
HOUSE = re.compile(
    rf"(?:{COUNT}(?:-\d{{1,4}})?号(?!文|令|公告|线|提案|通知|院士|[台坑])(?:院|楼)?|{COUNT}(?:栋|幢|座|号楼))"
    rf"(?:[\dA-Za-z一二三四五六七八九十]{{1,5}}(?:栋|幢|座|号楼|号院|单元|楼|层|室|户|号|房)){{0,5}}(?:\d{{3,4}}(?!\d))?"
)
AREAS = (
    rf"(?:{NAME}{{2,7}}(?:省|自治区))?(?:{NAME}{{1,7}}(?:市|州|盟|地区))?(?:{NAME}{{1,6}}(?:区|县|旗|市))?"
    rf"(?:{NAME}{{1,6}}(?:街道|镇|乡))?"
)
STREET = rf"{NAME}{{1,10}}(?:路|街|大道|巷|弄|胡同|道|村|小区|社区|苑|园|公寓|大厦|家属院|宿舍|庄|屯)"
BEFORE_HOUSE = re.compile(rf"(?:{AREAS}{STREET}){{1,2}}(?:[东西南北]段)?$")
LONGEST_BEFORE_HOUSE = 40  # characters looked at before a house number
LEADING_WORDS = re.compile(r"^(?:我?家|现居|居|户籍|户口)(?=.{3})")


def mask(text: str) -> str:
    """The text with personal data replaced by what kind it was."""
    text = _replace(text, ID_NUMBER, ID_CARD, is_id_number)
    text = _replace(text, NAMED_ID_NUMBER, ID_CARD, lambda _: True)
    text = _replace(text, PHONE_NUMBER, PHONE, lambda _: True)
    text = _replace(text, CARD_NUMBER, BANK_CARD, passes_luhn)
    text = _replace(text, EMAIL_ADDRESS, EMAIL, lambda _: True)
    return _cut(text, list(find_addresses(half_width(text))), ADDRESS)


def half_width(text: str) -> str:
    """The same number of characters, full-width ASCII as ASCII."""
    return text.translate(FULL_WIDTH)


def is_id_number(text: str) -> bool:
    """Whether 18 characters (blanks and hyphens apart) are a resident's number: GB 11643, ISO 7064 MOD 11-2."""
    number = re.sub(r"[ -]", "", half_width(text)).upper()
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17]


def passes_luhn(text: str) -> bool:
    digits = [int(character) for character in half_width(text) if character.isdigit()]
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


def _replace(text: str, pattern: re.Pattern[str], name: str, holds: Callable[[str], bool]) -> str:
    group = "number" if "number" in pattern.groupindex else 0
    spans = [match.span(group) for match in pattern.finditer(half_width(text)) if holds(match[group])]
    return _cut(text, spans, name)


def _cut(text: str, spans: list[tuple[int, int]], name: str) -> str:
    for start, end in reversed(spans):
        text = text[:start] + name + text[end:]
    return text
