"""Titles that are one but for a piece: the words that tell 小学生乘车优惠办法 and 中学生乘车优惠办法 apart."""

from collections.abc import Sequence
from itertools import accumulate, takewhile

from rag.text.person_names import tag_words

ALIKE = 0.5  # share that texts have in common which differ in a piece


def differing_words(titles: Sequence[str]) -> list[str | None]:
    """Of each title the words in which it differs from the others that are like the first; None for one that is not like it. Titles
    that differ in their ends are not alike: those say what kind of text it is (办法, 通知), not whose."""
    alike = [title for title in titles if _in_common([titles[0], title])]
    before, behind = _in_common(alike) or (0, 0)
    if before + behind == 0:
        return [None for _ in titles]
    return [_words_at(title, before, len(title) - behind) if title in alike else None for title in titles]


def _in_common(titles: Sequence[str]) -> tuple[int, int] | None:
    """How many signs they have in common before and behind the piece in which they differ; None where they are not alike."""
    together = (zip(*titles, strict=False), zip(*(title[::-1] for title in titles), strict=False))
    before, behind = (len([*takewhile(lambda signs: len({*signs}) == 1, each)]) for each in together)
    return (before, behind) if behind > 1 and before + behind >= ALIKE * min(map(len, titles)) else None


def _words_at(text: str, start: int, stop: int) -> str:
    """The words of the text that the stretch touches; "" for an empty one."""
    words = [word for word, _ in tag_words(text)]
    ends = accumulate(map(len, words))
    return "".join(w for w, end in zip(words, ends, strict=True) if start < min(end, stop) and end - len(w) < stop)
