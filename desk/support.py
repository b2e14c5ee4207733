"""How surely the sentences of a kept answer rest on what they cite: the number that the queue and the decay list sort by.

The check of words, figures and names as before the answer was shown (`rag.answering.support.score_support`), without the judge:
it takes a millisecond, and nothing here decides what is shown.
"""

import re
from collections.abc import Sequence

from rag.answering.support import score_support
from rag.datatypes import Answer, Sentence

ATTRIBUTION = re.compile(
    r"^[^，。；]{1,40}?(?:还)?(?:建议|在建议中提到)[：:]"
)  # rag.answering.refusals.SUGGESTS and its like


def answer_support(answer: Answer) -> float | None:
    """The support of the least supported sentence; None where there is none."""
    return min(map(_sentence_support, answer.sentences), default=None)


def _sentence_support(sentence: Sentence) -> float:
    return 1.0 if sentence.quoted else statement_support(sentence.text, [c.quote for c in sentence.citations])


def statement_support(statement: str, quotes: Sequence[str]) -> float:
    """Support of a shown sentence by its quotes. Who suggested it may stand before the words that the quotes bear."""
    cited = "\n".join(quotes)
    said = ATTRIBUTION.sub("", statement)
    return max(score_support(text, cited, None) for text in {statement, said})
