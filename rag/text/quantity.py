"""What a quantity is, and the text without blanks that quantities are read from."""

import re
from dataclasses import dataclass
from decimal import Decimal

from rag.datatypes import Span
from rag.text.bounds import Basis, Per
from rag.text.dates import Clock, Date
from rag.text.normalization import normalize

INVISIBLE = re.compile(  # and the thin blanks that part thousands
    "[\u2009\u202f\u20e3\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)
CIRCLED = re.compile(
    "[\u2460-\u249b\u2776-\u2793]|(?<!\u20e3)\\d\ufe0f?\u20e3(?!\\d\ufe0f?\u20e3)"
)  # ①, ⒈ and 1️⃣ number the items of a list
SPACE = re.compile(r"(?<!\d)\s+|\s+(?!\d)")  # between two numbers of a table a blank stays
THOUSANDS = re.compile(
    r"(?<![\d.,])[1-9]\d{0,2}(?: \d{3}){0,4}? 0\d\d(?: \d{3}){0,4}(?!\d)"
)  # one number, since none begins with 0
LIST_MARK = re.compile(r"^\(?\d{1,2}[).、](?!\d)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount, or the ends of a range, in `unit`, or a date or a time of the day. `unit` is "" where a number stands alone.

    `text` and `span`: number and unit in the normalised text without blanks; `phrase` has the bounds too. `bound` is one of
    rag.text.bounds; `exclusive` where the upper end is none of it; `per` what a rate counts by; `basis` the terms that it is given
    on; `change` "+" or "-", with 到 where it leads to this level; `noun` what stands behind; `of` what a share is one of. For dates `low` is 305 (3月5日), a month or a year; for times minutes.
    """

    low: Decimal
    high: Decimal
    unit: str
    text: str
    span: Span
    phrase: Span
    bound: str = ""
    exclusive: bool = False
    per: Per = frozenset()
    basis: Basis = frozenset()
    change: str = ""
    noun: str = ""
    of: str = ""
    date: Date | None = None
    clock: Clock | None = None

    @property
    def value(self) -> Decimal:
        return self.low


def flatten(text: str) -> str:
    """The normalised text without blanks, invisible characters and the number of a list item."""
    plain = normalize(INVISIBLE.sub("", CIRCLED.sub("·", text)))
    return LIST_MARK.sub("", SPACE.sub("", THOUSANDS.sub(lambda match: match[0].replace(" ", ""), plain)))


def short(value: Decimal) -> Decimal:
    return value.normalize() + 0
