"""Drafted statements -> shown sentences with their citations -> Answer.

Nothing is shown that the words it cites do not support (`rag.answering.support`); where a statement comes close, the source's own
sentence takes its place.
"""

import re
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from rag.answering.alignment import align, evidence_sentences, join_neighbours, point, point_items
from rag.answering.answerability import RetrievalSignals
from rag.answering.attribution import Introduction, attribute
from rag.answering.by_structure import with_what_it_heads
from rag.answering.constraints import within_constraints
from rag.answering.explanation import NO_TRACE, Trace, Withheld
from rag.answering.extractive import SHORTEST, is_beside, is_relevant, part_asked, with_its_exception
from rag.answering.in_force import Caution
from rag.answering.jurisdiction import asked_of, whose
from rag.answering.prompts import SAYS_NOTHING
from rag.answering.refusals import BEFORE, missing_parts, refusal, title_marks, uncertain_words
from rag.answering.short_answer import PIECE, SAID, unborne
from rag.answering.support import coverage, score_support
from rag.datatypes import (
    Answer,
    Article,
    Choice,
    Citation,
    Evidence,
    EvidenceJudge,
    Hit,
    Progress,
    Sentence,
    Span,
    Status,
)
from rag.question.analysis import Question
from rag.question.answer_type import AnswerType
from rag.question.fit import content_coverage, gives_answer_type, only_repeats
from rag.text.instructions import is_order
from rag.text.normalization import alnum_only, is_signature, is_title, only_announces
from rag.text.note_marks import without_note_marks
from rag.text.quantity_check import unsupported_quantities, with_its_bounds, with_its_ranges

NEAREST = 3
SENTENCE_ENDS = ("。", "！", "？", "；", "”", "…")
ITEM = 9  # characters; what is shorter is an item of a list or a piece of a sentence
AS_SHORT = 1.25  # times a statement's length up to which the source's own words are shown in its place
NEAR = 0.5  # support of the source's sentence by the draft from which that sentence is quoted in its place

# The model's, not the source's: a list's marks, 根据资料，
ADDED = re.compile(
    r"^(?:[-•·*]|\d{1,2}[.、)）](?!\d))?\s*"
    r"(?:(?:根据|按照|依据)(?:(?:以上|上述|给出|所给|提供)的?)?(?:资料|材料|文章|规定|通知|办法|文件)[，,：:]"
    r"|(?:资料|文章)(?:显示|指出|提到)[，,：:])?"
)

LAYOUT = re.compile(r"\s{3,}")
# What stands before the first words: 原标题：…… 本报讯（记者 某某）, 问：……？答：, 此外，
LEAD = re.compile(
    r"^(?:原标题[：:][^。]{0,80}?\s)?(?:[\u4e00-\u9fff\d]{1,14}[讯电]\s*)?[（(](?:[^（()）。]{0,4}记者|通讯员)[^（()）。]*[)）]\s*|^本报讯\s+|^答\s*[：:]\s*"
    r"|^(?:(?:问|记者|主持人)\s*[:：]|[一二三四五六七八九十]{1,3}、|\d{1,2}[.．、])[^。！；]{2,60}[？?]\s*(?:答\s*[:：]\s*)?"
    r"|^(?:综上所述|总之|此外|另外|为此)[，,]"
)


@dataclass(slots=True)
class AnswerBuilder:
    """One question on its way to its answer: what is shown, what it cites, what was looked at."""

    question: str  # as it was asked
    standalone: Question
    model: str
    index: str
    on: date  # the day by which it is answered
    trace: Trace = NO_TRACE
    sentences: list[Sentence] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    asked: Question = field(init=False)  # the part of the question that is being answered
    begun: int = 0  # sentences shown before it
    covered: int = 0  # sentences shown, and those not shown because another says the same
    near: list[Article] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)
    choices: tuple[Choice, ...] = ()  # what is asked back
    cautions: dict[str, Caution] = field(default_factory=dict)  # by article, of what does not hold and is not cited yet
    cautioned: list[Sentence] = field(default_factory=list)
    _cautions_sent: int = 0
    _numbers: dict[tuple[str, Span], Citation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.asked = self.standalone

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.timings[step] = self.timings.get(step, 0.0) + time.perf_counter() - start

    def stands_for(self, standalone: Question) -> None:
        """The question with what it leans on put back: what the answer is to."""
        self.standalone = self.asked = standalone

    def look_at(self, hits: Sequence[Hit]) -> None:
        """What is looked at to answer it, whether or not a sentence cites it."""
        self.evidence += [
            Evidence(h.passage, h.passage.span, h.reading.probability if h.reading else 0.0) for h in hits
        ]

    def nearest(self, found: RetrievalSignals) -> None:
        for hit in found.hits:
            if hit.passage.article not in self.near and len(self.near) < NEAREST:
                self.near.append(hit.passage.article)

    @property
    def shown(self) -> list[Sentence]:
        """What is said for this part of the question, without the cautions."""
        return [sentence for sentence in self.sentences[self.begun :] if sentence not in self.cautioned]

    def cited(self) -> list[Evidence]:
        """What the sentences cite that are shown for this part of the question."""
        citations = [citation for sentence in self.shown for citation in sentence.citations]
        return [Evidence(citation.passage, citation.span, 1.0) for citation in citations]

    def check(
        self, statement: str, question: Question, evidence: Sequence[Evidence], judge: EvidenceJudge | None
    ) -> list[Sentence]:
        """What is shown of a drafted statement: itself with its citations where the evidence supports it; or the source's
        own sentences, where one figure, name or list is asked for, and where the statement comes close. Else nothing."""
        statement = without_note_marks(ADDED.sub("", statement.strip()))
        plain, listed = question.is_plain, question.answer_type is AnswerType.LIST
        length = len(alnum_only(statement))
        says_nothing = is_title(statement) or any(words in statement for words in SAYS_NOTHING)
        if says_nothing or length < (2 if plain or listed else SHORTEST):
            return self._withhold(statement, Withheld.EMPTY)
        sentences = within_constraints(question, evidence_sentences(evidence))
        # A model that shortens may join a figure to what it does not belong to, or the pieces of two items of a list:
        # there it points, and the source says.
        if plain or length < ITEM or (question.asks_items and is_piece(statement, sentences)):
            meant = point(statement, question, sentences) or align(statement, sentences).enough
            return self._quote_fitting(question, statement, sentences, meant)
        aligned = align(statement, sentences, judge)
        items = point_items(statement, sentences) if listed else []
        if aligned.enough and all(any(e.span.holds(item.span) for e in aligned.evidence) for item in items):
            if judge is not None and not (
                self._continues_shown(aligned.evidence[0]) or is_relevant(question, aligned.evidence, evidence, judge)
            ):
                return self._withhold(statement, Withheld.BESIDE)
            if question.is_yes_or_no and is_beside(question, aligned.evidence, sentences):
                return self._withhold(statement, Withheld.BESIDE)
            source = alnum_only("".join(e.text for e in aligned.evidence))
            if len(source) <= AS_SHORT * length and coverage(alnum_only(statement), source, 2) >= SAID:
                # A word left out may be half a word.
                return self._quote_fitting(question, statement, sentences, aligned.evidence)
            return [*filter(None, [self._add(statement, aligned.evidence, quoted=False)])]
        if listed and (meant := items or point(statement, question, sentences)):
            return self._quote_fitting(question, statement, sentences, meant)
        if aligned.evidence and aligned.support > 0.0:
            nearest = max(sentences, key=lambda s: score_support(s.text, statement, None))
            near = score_support(nearest.text, statement, None) >= NEAR and content_coverage(question, nearest.text) > 0
            return self._quote_fitting(question, statement, sentences, [nearest] if near else [])
        self.trace.unsupported(statement, sentences)
        return []

    def _continues_shown(self, cited: Evidence) -> bool:
        """Whether a sentence of the same passage has been shown for the question: what it goes on with belongs to it."""
        return any(shown.passage.id == cited.passage.id for shown in self.cited())

    def _withhold(self, statement: str, why: Withheld) -> list[Sentence]:
        self.trace.withheld(statement, why)
        return []

    def _quote_fitting(
        self, question: Question, statement: str, sentences: Sequence[Evidence], meant: Sequence[Evidence]
    ) -> list[Sentence]:
        """The sentences of the source that the statement means, where they give the kind of thing that is asked for."""
        if not meant:
            self.trace.unsupported(statement, sentences)
            return []
        if not gives_answer_type(question, "".join(item.text for item in meant)):
            return self._withhold(statement, Withheld.KIND)
        saying = [item for item in meant if not only_announces(item.text)]
        saying = saying if saying or question.asks_items else [*meant]
        return [*filter(None, map(self.quote, saying))]

    def quote(self, evidence: Evidence, beneath: bool = False, former: bool = False) -> Sentence | None:
        """The source's own sentence. Blanks that lay out a page (a date far to the right) are left out, and a report's
        dateline where nobody asks who wrote it. Of a long sentence of parts the one that is asked about; a rule with its
        exception. `beneath`: under the short answer that rests on it, which says whose words they are. `former`: said to
        have been so before what has been said took its place."""
        evidence = with_its_exception(part_asked(self.asked, with_what_it_heads(evidence)))
        text = LAYOUT.sub(" ", evidence.text.replace("\n", ""))
        if former:
            article = evidence.passage.article
            begins = article.validity.begins if article.validity else None
            year = f"，{begins.day.year}年" if begins else ""
            return self._add(BEFORE.format(title=title_marks(article.title), year=year) + text, (evidence,), True, True)
        return self._add(text if self.asked.asks_byline else LEAD.sub("", text), (evidence,), True, beneath)

    def tell(
        self,
        short: str,
        named: Sequence[Evidence],
        context: Sequence[Evidence],
        judge: EvidenceJudge | None,
    ) -> Iterator[Sentence]:
        """A taught model's short answer, where the sentences that it names bear it, or others of the context do; these
        beneath it. The sentences that it names alone where it says no less than they do, or what none of them bears, and
        where it would be one side: of a comparison, or of what holds for one age and another."""
        named = join_neighbours(within_constraints(self.asked, named))
        for held in filter(None, (named, point(short, self.asked, evidence_sentences(context)))):
            quote = "\n".join(item.text for item in held)
            words = with_its_bounds(with_its_ranges(short, quote), quote)
            one_sided = self.asked.is_comparison or self.asked.age is not None
            why = Withheld.KIND if one_sided else unborne(words, self.asked, held, judge)
            if why is None and (said := self._add(words, held, quoted=False)):
                yield said
                yield from filter(None, (self.quote(item, beneath=True) for item in held))
                return
            if why is not None:
                self.trace.withheld(short, why)
        yield from filter(None, map(self.quote, named))

    def introduce(self, person: Introduction) -> Sentence | None:
        """Who speaks in an article, or wrote it."""
        if person.text is None:
            return self.quote(person.evidence)
        return self._add(person.text, (person.evidence,), quoted=False)

    def _add(self, text: str, evidence: Sequence[Evidence], quoted: bool, beneath: bool = False) -> Sentence | None:
        text = without_note_marks(text).strip()
        if not beneath:
            text, evidence = attribute(text, evidence, self.sentences)
        if why := self._is_unfit(text, evidence):
            self.trace.withheld(text, why)
            return None
        self.covered += 1
        # Asked of two counties, 补贴标准为每亩40元 of one and the other must be told apart.
        place = whose(asked_of(self.standalone, self.near), evidence[0].passage.article)
        whom = f"{place}：" if place and place not in text and not beneath else ""
        text = whom + text
        before = [said.text for said in self.sentences if said.text.startswith(whom)]
        if any(says_the_same(text, said) or only_repeats(f"{said}{self.asked.text}", text) for said in before):
            self.trace.withheld(text, Withheld.SAID)
            return None
        if not text.endswith(SENTENCE_ENDS):
            text = text.rstrip("，,、：:;.") + "。"
        # Of what does not hold that is said before the first sentence that rests on it, and of what was hardly legible.
        for item in evidence:
            if caution := self.cautions.pop(item.passage.article.id, None):
                self._caution(caution.text, caution.basis)
            words = uncertain_words(item.passage.article, item.span)
            if words and (item.passage.article.id, item.span) not in self._numbers:
                self._caution(words, item)
        sentence = Sentence(text, tuple(map(self._cite, evidence)), quoted)
        if not self.sentences:
            self.timings["first_sentence"] = time.perf_counter() - self.started
        self.sentences.append(sentence)
        return sentence

    def _caution(self, text: str, basis: Evidence | None) -> None:
        """What is said before the sentence that is coming."""
        self.cautioned.append(Sentence(text, (self._cite(basis),) if basis else ()))
        self.sentences.append(self.cautioned[-1])

    def _cite(self, item: Evidence) -> Citation:
        article = item.passage.article
        state = article.validity.state_on(self.on) if article.validity else None
        new = Citation(len(self._numbers) + 1, item.passage, item.span, state)
        return self._numbers.setdefault((article.id, item.span), new)

    def _is_unfit(self, text: str, evidence: Sequence[Evidence]) -> Withheld | None:
        """Why a sentence is never shown for this question, whatever else is; None where it may be."""
        if any(is_order(item.text) for item in evidence):
            return Withheld.ORDER
        if only_repeats(self.asked.text, text):
            return Withheld.REPEATS
        if is_signature(text) and self.asked.answer_type is not AnswerType.DATE:
            return Withheld.SIGNATURE
        return None

    def cautions_due(self) -> list[Sentence]:
        """The cautions that were called for and not yet sent: they go before the next sentence."""
        due = self.cautioned[self._cautions_sent :]
        self._cautions_sent = len(self.cautioned)
        return due

    def after_cautions(self, sentence: Sentence | None) -> list[Sentence]:
        return [*self.cautions_due(), *([sentence] if sentence else [])]

    def refuse(self, status: Status) -> Answer:
        return self._answer(status, refusal(status, self.near))

    def finish(self, failed: Sequence[tuple[str, Status]]) -> Answer:
        if self.choices:
            status = Status.PARTIAL if self.sentences else Status.ASK_BACK
            return self._answer(status, refusal(Status.ASK_BACK))
        if self.sentences and failed:
            return self._answer(Status.PARTIAL, missing_parts([part for part, _ in failed]))
        if self.sentences:
            return self._answer(Status.ANSWERED, None)
        statuses = {status for _, status in failed}
        return self.refuse(Status.INSUFFICIENT if Status.INSUFFICIENT in statuses else Status.NO_EVIDENCE)

    def _answer(self, status: Status, note: str | None) -> Answer:
        self.timings["total"] = time.perf_counter() - self.started
        return Answer(
            status=status,
            question=self.question,
            standalone_question=self.standalone.text,
            sentences=tuple(self.sentences),
            note=note and without_note_marks(note),
            choices=self.choices,
            nearest=tuple(self.near),
            evidence=tuple(self.evidence),
            model=self.model,
            index=self.index,
            on=self.on.isoformat(),
            timings=dict(self.timings),
        )


def with_cautions(
    run: AnswerBuilder, events: Generator[Progress | Sentence | Answer, None, Status | None]
) -> Generator[Progress | Sentence | Answer, None, Status | None]:
    """The events; before each sentence the cautions that it called for."""
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            status: Status | None = end.value
            return status
        yield from run.cautions_due()
        yield event


def says_the_same(text: str, said: str) -> bool:
    """Whether what was said holds the text's words, and its figures: 每餐补贴6元 is another thing than 每餐补贴3元."""
    return coverage(alnum_only(text), alnum_only(said), 2) >= SAID and not unsupported_quantities(text, said)


def is_piece(statement: str, sentences: Sequence[Evidence]) -> bool:
    """Whether the statement is a part of one sentence of the source, which says it whole: one item out of three."""
    text = alnum_only(statement)
    whole = next((alnum_only(s.text) for s in sentences if coverage(text, alnum_only(s.text), 2) >= SAID), text)
    return len(text) < PIECE * len(whole)
