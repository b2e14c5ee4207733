"""Question -> answer over one build of the index: the order of the steps, and nothing else.

    _run           order, small talk: refused; else the standalone question -> each thing asked in it -> Answer
    _answer_part   its hits, without another place's, body's, year's; what is in force first, what is not with a caution; or whose
                   rule is meant is asked back
    _answer_side   is it told? -> what a text's own make answers, or:
    _answer_from   the sentence that the judge points at; all of it for a plain question, else what is drafted besides
    _write         a context's draft, sentence by sentence: checked, quoted in its place, or withheld

No sentence leaves here that `rag.answering.support` has not checked against the words it cites. The model may fail or be absent:
then the source's own best sentences are the answer, marked as quoted.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial

from rag.answering.alignment import evidence_sentences
from rag.answering.answerability import (
    ABOUT_THRESHOLD,
    ANSWERABLE_THRESHOLD,
    ANSWERABLE_YES_OR_NO,
    CLEARLY,
    READER_THRESHOLD,
    RetrievalSignals,
    examine,
    only_suggests,
    p_answerable,
    speakers_in,
)
from rag.answering.ask_back import keep_meant, unless_split
from rag.answering.attribution import introductions
from rag.answering.builder import AnswerBuilder, with_cautions
from rag.answering.by_structure import (
    enumerated_items,
    headed_sentences,
    list_around,
    main_points,
    numbered_rule,
    rest_of_item,
)
from rag.answering.constraints import age_rules, within_constraints
from rag.answering.context import answering_part, contexts, keep_named, nearest_contexts, own_texts, rules_first
from rag.answering.explanation import NO_TRACE, Trace, Withheld
from rag.answering.extractive import (
    QUOTED_FROM,
    best_sentences,
    quick_sentence,
    sentences_on_means,
    stated_sentence,
)
from rag.answering.follow_ups import in_their_words, standalone_question
from rag.answering.for_whom import keep_theirs
from rag.answering.in_force import apart_by_validity, cautions, former, of_its_years
from rag.answering.jurisdiction import years_asked
from rag.answering.local_model import LocalModel
from rag.answering.reader import ReadContext, draft_answer, to_be_heard
from rag.answering.things_asked import things_asked
from rag.datatypes import (
    Answer,
    Evidence,
    Hit,
    IsCancelled,
    Passage,
    PassageEncoder,
    Progress,
    Sentence,
    Status,
)
from rag.errors import UserError
from rag.models.people import PeopleReader
from rag.question.analysis import Question, analyse
from rag.question.fit import content_coverage, gives_answer_type
from rag.reading.given import given_passages
from rag.reading.passages import split_articles, split_passages
from rag.search.index import Index
from rag.search.retrieval import Retriever, article_order, rank_given
from rag.text.days import Days, days_of, with_years
from rag.text.instructions import is_instruction
from rag.text.typed import clean_question, whole_characters

TOP_K = 10
MAX_QUESTION = 500  # characters
MAX_SENTENCES, SUMMARY_SENTENCES = 4, 8  # the second where it is to be summed up
FOLLOWS = 0.6  # probability from which a question is answered by what was asked before, though it names nothing of it
NEIGHBOURS = 0.35  # of their scores that a part of given texts gains where they are to be summed up
MAX_RULES = 2  # on somebody's age that are shown

Event = Progress | Sentence | Answer


@dataclass(frozen=True, slots=True)
class Answering:
    """The steps over one build of the index, whatever is opened meanwhile. `people`: fitted for the encoder."""

    retriever: Retriever
    encoder: PassageEncoder
    model: LocalModel
    on: date  # the day by which it is answered
    people: PeopleReader | None = None
    trace: Trace = NO_TRACE

    @property
    def index(self) -> Index:
        return self.retriever.index

    def stream(
        self, question: str, history: Sequence[tuple[str, str]], cancelled: IsCancelled, within: str | None
    ) -> Iterator[Event]:
        return self._run(question, history, lambda query: self.find(query, within), cancelled)

    def over(self, question: str, passages: Sequence[str]) -> Iterator[Event]:
        """The same over the given texts alone, without search."""
        given = given_passages([whole_characters(passage) for passage in passages])
        each = [analyse(text) for text in analyse(clean_question(question).strip()).each]

        def find(query: Question) -> RetrievalSignals:
            texts = own_texts(query, each, given)
            return self.find_given(analyse(query.judged), texts, NEIGHBOURS * query.asks_summary)

        return self._run(question, (), find, lambda: False)

    def is_answerable(self, text: str) -> bool:
        """Whether the articles say what is asked, without asking the model."""
        question = analyse(text)
        found = self.find(question)
        if found.hits and enumerated_items(question, found.hits[0].passage):
            return True
        stated = found.about >= ABOUT_THRESHOLD and bool(stated_sentence(question, found.hits))
        return stated or p_answerable(question, found, found.hits) >= ANSWERABLE_THRESHOLD

    def _run(
        self,
        text: str,
        history: Sequence[tuple[str, str]],
        find: Callable[[Question], RetrievalSignals],
        cancelled: IsCancelled,
    ) -> Iterator[Event]:
        text = clean_question(text).strip()
        history = [(clean_question(asked), clean_question(said)) for asked, said in history]
        find = cache(find)  # more than one step wants the same search
        if len(text) > MAX_QUESTION:
            raise UserError(
                f"问题有 {len(text)} 字，超过 {MAX_QUESTION} 字，请缩短后再问。",
                f"The question has {len(text)} characters, more than {MAX_QUESTION}; please shorten it.",
            )
        question = analyse(with_years(text, self.on))
        run = AnswerBuilder(text, question, self.model.identity, self.index.manifest.corpus, self.on, self.trace)
        self.trace.asked(question)
        if is_instruction(text):
            yield run.refuse(Status.BLOCKED)
            return
        if question.is_small_talk:
            yield run.refuse(Status.OUT_OF_SCOPE)
            return
        yield Progress("searching")
        with run.timed("standalone"):
            standalone = standalone_question(question, history, find, self.model.generator, cancelled)
        run.stands_for(standalone)
        if not standalone.bigrams:
            yield run.refuse(Status.OUT_OF_SCOPE)
            return
        failed: list[tuple[str, Status]] = []
        parts = things_asked(standalone, find)
        for part in parts:
            leans = part != parts[0] and part.leans_on([(parts[0].text, "")])
            query = analyse(f"{parts[0].text} {part.text}") if leans else part
            with run.timed("retrieval"):
                query, found = in_their_words(query, find)
            run.nearest(found)
            self.trace.asked(query)
            yield Progress("reading", len(article_order(found.hits)))
            days = days_of(years_asked(query), self.on)
            status = yield from self._answer_part(run, query, found, cancelled, days)
            if status is Status.ASK_BACK:
                break
            if status is not None and (again := of_its_years(query, find)):
                status = yield from self._answer_part(run, *again, cancelled, days)
            if status is not None and history and standalone == question:
                # It may lean on what was asked before without a word that shows it: 市里和县里各出几成？
                before = find(analyse(f"{history[-1][0]} {part.text}"))
                if (yield from self._answer_part(run, part, before, cancelled, days, FOLLOWS)) is None:
                    status = None
            if status is not None:
                failed.append((part.text, status))
        yield run.finish(failed)

    def _answer_part(
        self,
        run: AnswerBuilder,
        question: Question,
        found: RetrievalSignals,
        cancelled: IsCancelled,
        days: Days,
        sure: float = 0.0,
    ) -> Generator[Event, None, Status | None]:
        """Sentences for one question; returns why there are none, or None. `sure`: least probability that it is told."""
        run.asked, run.begun = question, len(run.sentences)
        if not found.hits:
            return Status.NO_EVIDENCE
        hits = keep_meant(question, keep_theirs(question, keep_named(question, found.hits), self.people))
        self.trace.found(question, found, hits)
        if not hits:
            return Status.NO_EVIDENCE  # what is near is another place's, body's, year's or group's
        run.look_at(hits)
        holding, past = apart_by_validity(hits, self.index.articles, days, partial(self.find_given, question))
        if holding:
            told = self._answer_side(run, question, found, holding, cancelled, sure)
            status = yield from with_cautions(run, unless_split(run, question, holding, self.people, told))
            if status is None and (was := former(past, run.cited())) and (quick := quick_sentence(question, was)):
                yield from run.after_cautions(run.quote(quick, former=True))
            if status in (None, Status.ASK_BACK):
                return status
        run.cautions |= cautions(past, self.index.articles, days)
        return (yield from with_cautions(run, self._answer_side(run, question, found, past, cancelled, sure)))

    def _answer_side(
        self,
        run: AnswerBuilder,
        question: Question,
        found: RetrievalSignals,
        hits: Sequence[Hit],
        cancelled: IsCancelled,
        sure: float,
    ) -> Generator[Event, None, Status | None]:
        untold = Status.INSUFFICIENT if (about := found.about >= ABOUT_THRESHOLD) else Status.NO_EVIDENCE
        hits = [hit for hit in hits if not only_suggests(question, hit.passage.article)]
        if not hits:
            return untold
        one = len(found.speakers) < 2 and not question.is_yes_or_no
        best, alone = hits[0].passage, len(article_order(hits)) == 1
        sides = [hits] if question.is_comparison else [side for side in rules_first(question, hits) if side]
        section = (
            numbered_rule(question, best)
            or headed_sentences(question, best)
            or main_points(question, best, alone)
            or stated_sentence(question, sides[0])
        )
        items = section or (enumerated_items(question, best) if one else [])
        people = introductions(question, found, hits)
        named = about and bool(people) and not question.speakers_asked
        # Who names the speaker and asks for the items, or a rule's number, a heading, an amount that is told, is understood.
        known = named or (items and found.speakers) or (section and about and not sure)
        with run.timed("judging"):
            read = () if known else self.read(question, hits, cancelled)  # to read an article anew takes seconds
            read_odds = read[0].log_odds if read else None
            p = p_answerable(question, found, hits, read_odds)
            least = ANSWERABLE_YES_OR_NO if question.is_yes_or_no else ANSWERABLE_THRESHOLD
            least = max(sure, READER_THRESHOLD if read else least if about else CLEARLY)
        if not known:
            self.trace.judged(p_answerable(question, found, hits), read_odds, p, least)
            if p < least:
                return untold
        before = run.covered
        if not people and not items and question.is_yes_or_no:
            source = next(iter(contexts(question, hits)), [])
            items = age_rules(question, evidence_sentences(source))[:MAX_RULES]
        yield from filter(None, map(run.introduce, people) if people else map(run.quote, items))
        if run.covered > before:
            return None
        if known:
            read = self.read(question, hits, cancelled)
        if read and not best.article.is_given and not question.asks_summary:  # given texts answer together
            yield from self._tell(run, question, hits, read, cancelled)
            return None if run.covered > before else untold
        for side, told in self._answerable_sides(question, sides):
            yield from self._answer_from(run, question, side, told, cancelled)
        return None if run.covered > before else untold

    def _answerable_sides(
        self, question: Question, sides: Sequence[Sequence[Hit]]
    ) -> Iterator[tuple[Sequence[Hit], Iterable[Sequence[Evidence]]]]:
        """The sides that tell what is asked, with the sources that answer for each. What stands alone has been found to
        tell."""
        read = [contexts(question, side) for side in sides]
        told = [[c for c in own if max(e.score for e in c) >= QUOTED_FROM] for own in read]
        if len(sides) == 1:
            yield sides[0], [*read[0][:1], *(c for c in told[0] if c not in read[0][:1])]
            return
        # Asked whether something is so, a rule that says otherwise tells too: it is heard in any case.
        if not told[0] and (question.is_yes_or_no or not any(told)):
            told[0] = read[0][:1]
        yield from ((side, own) for side, own in zip(sides, told, strict=True) if own)

    def _answer_from(
        self,
        run: AnswerBuilder,
        question: Question,
        hits: Sequence[Hit],
        read: Iterable[Sequence[Evidence]],
        cancelled: IsCancelled,
    ) -> Iterator[Event]:
        """The sentence that the judge points at, at once; that is all of a plain answer. From each source the model
        writes what is still to be said. Where one item answers alone, it is told to its end."""
        compares = question.is_comparison
        if not compares and (quick := quick_sentence(question, hits)) and (sentence := run.quote(quick)):
            yield sentence
            if question.is_plain:
                return
        for source in read:
            yield Progress("writing", len(article_order(hits)))
            yield from self._write(run, question, source, answering_part(question, hits, source), cancelled)
        yield from filter(None, map(run.quote, within_constraints(question, rest_of_item(question, run.cited()))))

    def _tell(
        self,
        run: AnswerBuilder,
        question: Question,
        hits: Sequence[Hit],
        read: Sequence[ReadContext],
        cancelled: IsCancelled,
    ) -> Iterator[Event]:
        """What a taught model says of the context that tells best, and of others that are to be heard beside it; where it
        says nothing that holds, the context's own best sentences. Where the judge surely sees a figure or a name in another
        sentence than the model, the judge is right."""
        assert self.model.reader is not None
        quick = quick_sentence(question, hits) if question.is_plain and not question.is_comparison else None
        for context in to_be_heard(question, read):
            yield Progress("writing", len(article_order(hits)))
            before = len(run.sentences)
            with run.timed("writing"):
                draft = draft_answer(self.model.reader, question, context, cancelled)
            own = quick is not None and quick.passage.article == context[0].passage.article
            if (
                own
                and quick
                and not any(quick.span.start < e.span.end and e.span.start < quick.span.end for e in draft.sentences)
            ):
                yield from filter(None, [run.quote(quick)])
            elif items := list_around(question, draft.sentences):
                yield from filter(None, map(run.quote, within_constraints(question, items)))
            else:
                yield from run.tell(draft.text, draft.sentences, context, self.retriever.judge)
            if len(run.sentences) == before:
                yield from filter(None, map(run.quote, best_sentences(question, context, self.retriever.judge)))

    def _write(
        self,
        run: AnswerBuilder,
        question: Question,
        source: Sequence[Evidence],
        answering: Sequence[Evidence],
        cancelled: IsCancelled,
    ) -> Iterator[Sentence]:
        """The source's sentences on each of the means that the question names, or the model's sentences, checked against the
        part of the source that may answer; the best sentences of that part where there is nothing else."""
        before = len(run.sentences)
        yield from filter(None, map(run.quote, sentences_on_means(question, source)))
        if len(run.sentences) > before:
            return
        waiting: list[str] = []  # until one of them gives the kind of figure that was asked for
        given = before > run.begun
        most = SUMMARY_SENTENCES if question.asks_summary else MAX_SENTENCES
        for statement in self.model.draft(question, source, cancelled, run.timed):
            if len(run.sentences) - before == most:
                break
            waiting.append(statement)
            given = given or gives_answer_type(question, statement)
            while given and waiting:
                yield from run.check(waiting.pop(0), question, answering, self.retriever.judge)
            if question.is_plain and len(run.sentences) > before and not question.is_comparison:
                return  # one figure, one name: what else the model would say is not asked for
        for statement in waiting:
            self.trace.withheld(statement, Withheld.KIND)
        if len(run.sentences) == run.begun:
            with run.timed("quoting"):
                fitting = best_sentences(question, answering, self.retriever.judge)
            for item in fitting:
                beside = question.is_yes_or_no and not content_coverage(question, item.text)
                enough = item.score >= QUOTED_FROM or not (question.is_plain or beside)
                fits = gives_answer_type(question, item.text)
                if not (enough and fits):
                    self.trace.withheld(item.text, Withheld.BESIDE if fits else Withheld.KIND)
                elif sentence := run.quote(item):
                    yield sentence

    def read(
        self, question: Question, hits: Sequence[Hit], cancelled: IsCancelled = lambda: False
    ) -> Sequence[ReadContext]:
        """The hits' contexts as a taught model reads them, what tells best first; none where there is no such model."""
        return self.model.read(question, nearest_contexts(hits), cancelled)

    def find(self, query: Question, within: str | None = None) -> RetrievalSignals:
        query = query if query.searched == query.text else analyse(query.searched)
        if within is not None:
            article = next((a for a in self.index.articles if a.id == within), None)
            return self.find_given(query, split_passages(article) if article else [])
        hits = self.retriever.search(query.text, TOP_K)
        # Who speaks may stand in the article's head alone, which no passage holds: 聂方是哪个单位的.
        speakers = speakers_in(query, self.index.articles)
        if speakers and not any(hit.passage.article.speaker in speakers for hit in hits):
            named = [article for article in self.index.articles if article.speaker in speakers]
            own, _ = rank_given(query.text, split_articles(named), self.encoder, self.retriever.judge)
            hits = [*own, *hits][:TOP_K]
        return examine(query, hits, self.retriever.best_cosine(query.text), len(self.index.passages), self.index.idf)

    def find_given(self, query: Question, given: Sequence[Passage], neighbours: float = 0.0) -> RetrievalSignals:
        hits, cosine = rank_given(query.text, given, self.encoder, self.retriever.judge, neighbours)
        return examine(query, hits, cosine, len(given))
