"""Examples before they are tokens: a text, and questions of it with the answer, its sentences, or none."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rag.answering.prompts import NumberedText
from rag.text.normalization import normalize


@dataclass(frozen=True, slots=True)
class Example:
    """`answer` is empty where the text does not tell; `support`: numbers of sentences from 1; `kind`: how it was made."""

    question: str
    answer: str
    support: tuple[int, ...]
    kind: str

    @property
    def is_told(self) -> bool:
        return bool(self.answer)


@dataclass(frozen=True, slots=True)
class Asking:
    """A text and what is asked of it. `source` names the data set."""

    source: str
    reading: NumberedText
    examples: tuple[Example, ...]


EDGES = "。，、；：,;: \n\t"


def short(answer: str) -> str:
    """The answer without marks and blanks at its ends; closing quotes and brackets stay only with their opening."""
    text = " ".join(answer.split()).strip(EDGES)
    for opening, closing in ("（）", "“”", "《》", "()"):
        if text.endswith(closing) and opening not in text:
            text = text[:-1].rstrip(EDGES)
        if text.startswith(opening) and closing not in text:
            text = text[1:].lstrip(EDGES)
    return text


def supporting(reading: NumberedText, passage: str, start: int, answer: str) -> tuple[int, ...]:
    """Numbers of the sentences of `reading` (made from `passage`) that the answer at `start` stands in."""
    # Sentences keep every character but blanks: places are counted without them.
    before = len("".join(passage[:start].split()))
    end = before + len("".join(answer.split()))
    found, at = [], 0
    for number, sentence in enumerate(reading.sentences, 1):
        length = len("".join(sentence.split()))
        if at < end and before < at + length:
            found.append(number)
        at += length
    return tuple(found)


def without(asking: Asking, dropped: Iterable[int], kind: str, hidden: str) -> Asking | None:
    """The same text without the sentences numbered `dropped` and without what repeats `hidden`, the answer that they
    gave: questions that rested on them are untold now, the others are renumbered. None where nothing would be left."""
    plain = normalize(hidden)
    gone = set(dropped) | {n for n, s in enumerate(asking.reading.sentences, 1) if plain and plain in normalize(s)}
    kept = [n for n in range(1, len(asking.reading.sentences) + 1) if n not in gone]
    if len(kept) < 2:
        return None
    number = {old: new for new, old in enumerate(kept, 1)}
    examples = []
    for e in asking.examples:
        if not gone & set(e.support):
            examples.append(replace(e, support=tuple(number[n] for n in e.support)))
        elif e.support and normalize(e.answer) == plain:
            examples.append(Example(e.question, "", (), kind))
        # A question that lost its sentence by another's answer may still be told by a third: left out.
    reading = NumberedText(asking.reading.title, tuple(asking.reading.sentences[n - 1] for n in kept))
    return replace(asking, reading=reading, examples=tuple(examples))


def cut(asking: Asking, most: int) -> Asking | None:
    """At most `most` characters of the text, whole sentences, around what is asked; questions outside are left out."""
    sentences = asking.reading.sentences
    if sum(map(len, sentences)) <= most:
        return asking
    wanted = [n for e in asking.examples for n in e.support]
    low = high = (wanted[0] if wanted else 1) - 1
    size = len(sentences[low])
    while True:
        grown = False
        for step in (high + 1, low - 1):
            if 0 <= step < len(sentences) and size + len(sentences[step]) <= most:
                size += len(sentences[step])
                low, high, grown = min(low, step), max(high, step), True
        if not grown:
            break
    examples = tuple(
        replace(e, support=tuple(n - low for n in e.support))
        for e in asking.examples
        if all(low < n <= high + 1 for n in e.support)
    )
    if size > most or not examples:
        return None
    return replace(asking, reading=NumberedText(asking.reading.title, sentences[low : high + 1]), examples=examples)


JOINED = 0.15  # of the texts with two short answers


def join_two(asking: Asking, rng: random.Random) -> Asking:
    """Sometimes with one question more, which asks two of its questions at once."""
    told = [e for e in asking.examples if e.is_told and len(e.answer) <= 30 and len(e.question) <= 30]
    if len(told) < 2 or rng.random() > JOINED:
        return asking
    one, other = rng.sample(told, 2)
    question = one.question.rstrip("？?。") + rng.choice(("？", "，还有", "，另外")) + other.question
    joined = Example(question, f"{one.answer}；{other.answer}", tuple(sorted({*one.support, *other.support})), "two")
    return replace(asking, examples=(*asking.examples, joined))
