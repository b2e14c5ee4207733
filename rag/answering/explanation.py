"""How an answer came about: what the steps note while they answer, for whoever asks why. `Trace` notes nothing; an
`Explanation` keeps it all (`python -m rag ask --explain`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from rag.answering.answerability import ABOUT_THRESHOLD, RetrievalSignals
from rag.answering.support import coverage, foreign_bodies, unsupported_names
from rag.datatypes import Evidence, Hit
from rag.question.analysis import Question
from rag.text.normalization import alnum_only
from rag.text.quantity_check import unsupported_quantities


class Withheld(Enum):
    """Why a sentence that might have been shown was not."""

    FIGURE = "figure"  # one of its figures stands nowhere in what it cites
    NAME = "name"  # one of its names does not
    SUPPORT = "support"  # what it cites does not say so
    BESIDE = "beside"  # what it cites has little to do with the question
    KIND = "kind"  # it does not give the kind of thing that is asked for
    REPEATS = "repeats"  # it says nothing that the question does not say
    SAID = "said"  # another sentence says the same
    ORDER = "order"  # what it cites orders the assistant about
    SIGNATURE = "signature"  # it only signs a document
    EMPTY = "empty"  # it says nothing: a title, 资料未提及, a piece of a word


class Trace:
    """What the steps note into; this one forgets it."""

    def asked(self, question: Question) -> None:
        """A question, analysed: the whole one first, then each that is answered for it, in the words searched by."""

    def found(self, question: Question, found: RetrievalSignals, kept: Sequence[Hit]) -> None:
        """What was found for it. `kept`: the hits that speak of the place, body, year and names that it names."""

    def judged(self, judge: float, read: float | None, p_answerable: float, least: float) -> None:
        """The probability that the hits say what is asked, by the judge; log-odds by the local model's state, where it was
        asked; both together, and the least that is answered."""

    def withheld(self, text: str, why: Withheld) -> None:
        """A sentence that is not shown."""

    def unsupported(self, statement: str, sentences: Sequence[Evidence]) -> None:
        """A drafted statement that none of the source's sentences supports."""


NO_TRACE = Trace()


@dataclass(frozen=True, slots=True)
class FoundHit:
    """One hit as it was ranked. `read`: the judge's probability that it answers, None where it was not read. `kept`: False
    where it is another's than the question names."""

    hit: Hit
    read: float | None
    kept: bool


@dataclass(frozen=True, slots=True)
class Search:
    """What was found for one question, and the probability that an article is about it."""

    question: str
    hits: tuple[FoundHit, ...]
    signals: dict[str, float]
    about: float
    least_about: float = ABOUT_THRESHOLD

    @property
    def is_about(self) -> bool:
        return self.about >= self.least_about


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether what was found says what is asked: see `Trace.judged`."""

    judge: float
    read: float | None
    p_answerable: float
    least: float

    @property
    def is_answerable(self) -> bool:
        return self.p_answerable >= self.least


@dataclass(slots=True)
class Explanation(Trace):
    """All that the steps noted about one question, in their order."""

    questions: list[Question] = field(default_factory=list)
    searches: list[Search] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    dropped: list[tuple[str, Withheld]] = field(default_factory=list)

    def asked(self, question: Question) -> None:
        if question not in self.questions:
            self.questions.append(question)

    def found(self, question: Question, found: RetrievalSignals, kept: Sequence[Hit]) -> None:
        ids = {hit.passage.id for hit in kept}
        hits = tuple(
            FoundHit(hit, hit.reading.probability if hit.reading else None, hit.passage.id in ids) for hit in found.hits
        )
        names = ("cosine", "passage_coverage", "article_coverage", "missing_names", "search_size")
        signals = dict(zip(names, found.signals, strict=True))
        self.searches.append(Search(question.text, hits, signals, found.about))

    def judged(self, judge: float, read: float | None, p_answerable: float, least: float) -> None:
        self.judgements.append(Judgement(judge, read, p_answerable, least))

    def withheld(self, text: str, why: Withheld) -> None:
        self.dropped.append((text, why))

    def unsupported(self, statement: str, sentences: Sequence[Evidence]) -> None:
        self.withheld(statement, why_unsupported(statement, sentences))


def why_unsupported(statement: str, sentences: Sequence[Evidence]) -> Withheld:
    """What is wrong with a statement beside the sentence that holds most of its words."""
    nearest = max(
        (item.text for item in sentences),
        key=lambda text: coverage(alnum_only(statement), alnum_only(text), 2),
        default="",
    )
    if unsupported_quantities(statement, nearest):
        return Withheld.FIGURE
    foreign = unsupported_names(statement, nearest) or foreign_bodies(statement, nearest)
    return Withheld.NAME if foreign else Withheld.SUPPORT
