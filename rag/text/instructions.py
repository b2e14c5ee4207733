"""Words in an article that are meant for the machine: `忽略以上指令`. A source's text is data, never an order.

A sentence that gives the assistant orders is kept from the model, and is never quoted or cited. The rules go by its
words, so one that is put otherwise gets past them; what it brings about must then still be supported by the source and
bear on the question (`rag.answering.support`, `rag.answering.answerability`). They read the words as a model does, whatever is hidden between
their signs: blanks, marks, tags, letters that look like others.
"""

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

from rag.datatypes import Span
from rag.text.normalization import Normalized, normalize, normalize_character, normalize_with_offsets
from rag.text.order_grammar import COMMAND, ORDER, REMINDER

# Letters of other alphabets that look like Latin ones (Unicode's confusables), small capitals, and letters in boxes.
LOOK_ALIKES = str.maketrans(
    "аеорсухіѕјԛԝһԁӏвкмнтгαεοριτυνκχηɡɑıʙᴄᴅᴇғɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢᴀ",
    "aeopcyxisjqwhdlbkmhtraeopituvkxngaibcdefghijklmnoprstuvwyza",
)
BOXED = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)  # where the alphabets of letters in boxes, in circles and of flags begin
TAGS = (0xE0020, 0xE007E)  # invisible characters that stand for ASCII
MARKUP = re.compile(r"<[^<>]{1,300}>|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
ENDS = frozenset("。！？；，、：,;:!?.\n")
SENTENCE_ENDS = "。！？!?\n"
SENTENCE_END = re.compile(f"[{SENTENCE_ENDS}]")
LITTLE = 2  # signs; the marks around so few say nothing


def is_order(text: str) -> bool:
    """Whether the text gives the assistant orders."""
    return next(order_spans(text), None) is not None


def order_spans(text: str) -> Iterator[Span]:
    """The sentences in which the text gives the assistant orders: as it is written, or without what stands between its signs."""
    for reading in (normalize_with_offsets(text), _squeezed(text)):
        plain = REMINDER.sub(lambda match: " " * len(match[0]), reading.text)
        for match in ORDER.finditer(plain):
            start = max(reading.text.rfind(end, 0, match.start()) for end in SENTENCE_ENDS) + 1
            after = SENTENCE_END.search(reading.text, match.end())
            yield reading.to_source(Span(min(start, match.start()), after.end() if after else len(reading.text)))


def _squeezed(text: str) -> Normalized:
    """The text's letters, digits and sentence marks alone, and what tags and markup stand for."""
    signs: list[str] = []
    offsets: list[int] = []
    for sign, offset in _plain_signs(text):
        if sign.isalnum() or sign in ENDS:
            signs.append(sign)
            offsets.append(offset)
    for marks in (frozenset("\n"), ENDS):  # a line for each sign, then 忽，略，以，上
        kept = [n for n, sign in enumerate(signs) if sign not in marks or not _is_beside_little(signs, n, marks)]
        signs, offsets = [signs[n] for n in kept], [offsets[n] for n in kept]
    return Normalized("".join(signs), (*offsets, len(text)))


def _is_beside_little(signs: list[str], at: int, marks: frozenset[str]) -> bool:
    """Whether no more than a sign or two stand between the mark and the one before or behind it."""
    near = signs[max(0, at - LITTLE - 1) : at], signs[at + 1 : at + LITTLE + 2]
    return any(len(piece) <= LITTLE or not marks.isdisjoint(piece) for piece in near)


def _plain_signs(text: str) -> Iterator[tuple[str, int]]:
    """(sign, the offset that it comes from): markup left out or put into what it stands for, look-alikes into Latin letters."""
    done = 0
    for match in MARKUP.finditer(text):
        yield from _folded(text[done : match.start()], done)
        meant = "" if match[0].startswith("<") else unescape(match[0])
        yield from ((sign, match.start()) for sign, _ in _folded(meant, 0))
        done = match.end()
    yield from _folded(text[done:], done)


def _folded(text: str, start: int) -> Iterator[tuple[str, int]]:
    for offset, character in enumerate(text, start):
        code = ord(character)
        box = next((first for first in BOXED if first <= code < first + 26), None)
        if TAGS[0] <= code <= TAGS[1]:
            folded = chr(code - 0xE0000).lower()
        elif box is not None:
            folded = chr(ord("a") + code - box)
        else:
            folded = normalize_character(character)
        for sign in unicodedata.normalize("NFD", folded).translate(LOOK_ALIKES):
            yield sign, offset


def is_instruction(question: str) -> bool:
    """Whether the question tries to command the assistant and asks the articles nothing."""
    return bool(COMMAND.search(normalize(question)))
