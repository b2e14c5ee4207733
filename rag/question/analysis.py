"""A question as everything below `rag.steps` sees it: analysed once, whole, and passed on.

The rules stand in the modules beside this one; nothing else asks them about a question's text.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from rag.question.answer_type import PLAIN, AnswerType, answer_type_of, asks_items, is_yes_or_no
from rag.question.content import (
    YES_OR_NO,
    age_in,
    asks_byline,
    asks_identity,
    asks_speaker,
    asks_speakers,
    content_bigrams,
    content_runs,
    is_small_talk,
    names_in,
    only_connects,
    person_asked_about,
    refers_back,
    with_plain_share,
    without_byline,
)
from rag.question.subquestions import (
    asks_summary,
    is_comparison,
    means_named,
    split_each,
    split_parts,
    without_frame,
    without_order,
)
from rag.text.normalization import alnum_only, normalize
from rag.text.quantity_check import Quantity, stated_amounts, without_quantities

SHORT = 3  # content bigrams, up to which a question that names nothing leans on what was asked before


@dataclass(frozen=True, slots=True)
class Question:
    """What a question says and asks for. Two with the same text are the same."""

    text: str
    normalized: str = field(compare=False)
    alnum_only: str = field(compare=False)  # the normalised text's letters, figures and Han characters alone
    answer_type: AnswerType = field(compare=False)
    runs: tuple[str, ...] = field(compare=False)  # of its content, without question words and fillers
    bigrams: tuple[str, ...] = field(compare=False)  # of characters of the runs, each once
    stated: tuple[Quantity, ...] = field(compare=False)  # amounts, where it asks whether they are so: no content
    names: tuple[str, ...] = field(compare=False)  # of places, organisations, quoted titles
    person: str | None = field(compare=False)  # who is asked about: 任静是谁
    subquestions: tuple[str, ...] = field(compare=False)  # the questions asked in one, or its own text alone
    each: tuple[str, ...] = field(compare=False)  # what is asked of each of two, or its own text alone
    age: Decimal | None = field(compare=False)  # of whom it is about
    means: tuple[tuple[str, ...], ...] = field(
        compare=False
    )  # bigrams of each that is to be told of: 如何通过甲和乙来……
    speakers_asked: int = field(
        compare=False
    )  # speakers that are asked for (哪两位委员); 0 where it asks for no more than one
    is_yes_or_no: bool = field(compare=False)
    is_comparison: bool = field(compare=False)
    is_small_talk: bool = field(compare=False)
    refers_back: bool = field(compare=False)  # by a word that points at what was said before
    only_connects: bool = field(compare=False)  # and the word only goes on: 那……
    asks_items: bool = field(compare=False)
    asks_summary: bool = field(compare=False)
    asks_byline: bool = field(compare=False)
    asks_identity: bool = field(compare=False)
    asks_speaker: bool = field(compare=False)

    @property
    def is_plain(self) -> bool:
        """Whether one sentence can be the whole answer: a date, a price, a count, a name, a place."""
        return self.answer_type in PLAIN

    @property
    def searched(self) -> str:
        """The text to search by: without what only orders a summary or asks who wrote it; a share asked for in parts as any."""
        return without_order(without_byline(with_plain_share(self.text)))

    @property
    def judged(self) -> str:
        """The text as the judge is asked: without what only says where to look."""
        return without_frame(with_plain_share(self.text))

    def leans_on(self, history: Sequence[tuple[str, str]]) -> bool:
        """Whether it cannot be understood without what was asked before. A place that it names stands on its own."""
        short = len(self.bigrams) <= SHORT and not self.names
        return bool(history) and (self.refers_back or short)


def analyse(text: str) -> Question:
    """The question in `text`, which is cleaned (`rag.text.typed.clean_question`)."""
    stated = stated_amounts(text) if YES_OR_NO.search(text.strip()) else []
    return Question(
        text=text,
        normalized=normalize(text),
        alnum_only=alnum_only(text),
        answer_type=answer_type_of(text),
        runs=tuple(content_runs(text)),
        bigrams=tuple(content_bigrams(without_quantities(text, stated)) or content_bigrams(text)),
        stated=tuple(stated),
        names=tuple(names_in(text)),
        person=person_asked_about(text),
        subquestions=tuple(split_parts(text)),
        each=tuple(split_each(text)),
        age=age_in(text),
        means=tuple(tuple(content_bigrams(one)) for one in means_named(text)),
        speakers_asked=asks_speakers(text),
        is_yes_or_no=is_yes_or_no(text),
        is_comparison=is_comparison(text),
        is_small_talk=is_small_talk(text),
        refers_back=refers_back(text),
        only_connects=only_connects(text),
        asks_items=asks_items(text),
        asks_summary=asks_summary(text),
        asks_byline=asks_byline(text),
        asks_identity=asks_identity(text),
        asks_speaker=asks_speaker(text),
    )
