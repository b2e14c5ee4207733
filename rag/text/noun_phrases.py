"""The nouns of a text, each with the word before it that may say which kind is meant: 退休职工, 特困老人, 快递员."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag.text.person_names import tag_words

NOUNS = ("n", "l", "j", "zg", "k")  # as the tagger names them; l: a set phrase (退役军人); zg, k: 员, 者 by themselves
PLACES_AND_BODIES = ("ns", "nt")
DESCRIBE = ("n", "a", "b", "j", "l")  # words that go with the noun behind them, whatever it is
BY_WHOM = frozenset("由经")


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A noun; the describing word before it, or ""; the verb before it, which may describe it (退休人员) or have it for its
    object (招用学生), or "". `acts`: who does something (由辅导员审核), not whom it is for."""

    noun: str
    described: str = ""
    verb: str = ""
    acts: bool = False

    @property
    def whole(self) -> str:
        return self.described + self.noun


@lru_cache(maxsize=4096)
def noun_phrases(text: str) -> tuple[NounPhrase, ...]:
    """The text's nouns in their order, each once."""
    found = []
    for (before, tag), (word, noun) in pairwise((("", ""), *tag_words(text))):
        if noun.startswith(NOUNS) and not noun.startswith(PLACES_AND_BODIES):
            describes = len(before) > 1 and tag.startswith(DESCRIBE) and not tag.startswith(PLACES_AND_BODIES)
            verb = before if tag.startswith("v") else ""
            found.append(NounPhrase(word, before if describes else "", verb, before in BY_WHOM))
    return tuple(dict.fromkeys(found))


def all_words_in(phrase: NounPhrase, text: str) -> bool:
    """Whether what describes the noun and the noun both stand in the text: 港澳子女 in 港澳居民随迁子女. False of a single word."""
    words = [word for word, _ in tag_words(phrase.whole)]
    return len(words) > 1 and all(word in text for word in words)
