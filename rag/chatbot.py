"""The chatbot: which index, encoder and models answer now, and the doors through which they are asked.

What is asked is answered by `rag.steps`, whole, over the build that held when it was asked: `reopen` swaps the build
for the questions that come after.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from rag.answering.answerability import RetrievalSignals
from rag.answering.context import article_contexts
from rag.answering.explanation import NO_TRACE, Explanation, Trace
from rag.answering.local_model import LocalModel
from rag.answering.reader import TaughtModel
from rag.answering.starter_questions import example_question
from rag.datatypes import (
    Answer,
    Article,
    Hit,
    IsCancelled,
    Kind,
    Match,
    PassageEncoder,
    TextGenerator,
)
from rag.errors import UserError
from rag.matching import find_matches
from rag.models.people import PeopleReader
from rag.question.analysis import analyse
from rag.reading.given import given_passages
from rag.search.index import Index
from rag.search.retrieval import Retriever
from rag.steps import TOP_K, Answering, Event
from rag.text.days import today_in_china
from rag.text.typed import clean_question

EXAMPLES = 4


class Chatbot:
    """Answers questions from one index. `generator` may be None: answers are then quotations.
    `reader`: the same model where it was taught to answer; `people`: for the encoder. `model_problem` tells why the
    generator cannot be used, once that is known. `today`: the day on which it is asked."""

    def __init__(
        self,
        retriever: Retriever,
        encoder: PassageEncoder,
        generator: TextGenerator | None,
        model_problem: Callable[[], UserError | None] = lambda: None,
        reader: TaughtModel | None = None,
        people: PeopleReader | None = None,
        today: Callable[[], date] = today_in_china,
    ) -> None:
        self.retriever = retriever
        self.generator = generator
        self._people = people
        self._encoder = encoder
        self._model_problem = model_problem
        self._reader = reader
        self._today = today
        self._examples: list[str] | None = None

    @property
    def index(self) -> Index:
        return self.retriever.index

    def reopen(self, index: Index) -> None:
        """Answer from another build of the index from now on; a question on its way keeps the one that it began with.
        Examples that were looked for before are looked for again first."""
        retriever = Retriever(index, self._encoder, self.retriever.judge)
        if self._examples is not None:
            self._examples = list(find_examples(self._answering(retriever), EXAMPLES))
        self.retriever = retriever

    @property
    def encoder(self) -> PassageEncoder:
        return self._encoder

    @property
    def articles(self) -> tuple[Article, ...]:
        return self.index.articles

    @property
    def problems(self) -> tuple[UserError, ...]:
        """What keeps the bot from working as it was set up, each with its remedy: a model that could not be loaded."""
        problem = self._model_problem()
        return () if problem is None else (problem,)

    def search(self, question: str, top_k: int = TOP_K) -> list[Hit]:
        """The passages that fit the question best, best first."""
        return self.retriever.search(clean_question(question), top_k)

    def ask(self, question: str, history: Sequence[tuple[str, str]] = (), on: date | None = None) -> Answer:
        """The checked answer, or a refusal. `history`: (question, answer text) pairs, oldest first. `on`: the day by which it is
        answered, what holds then; today where it is None."""
        return last_answer(self.stream(question, history, on=on))

    def explain(self, question: str, on: date | None = None) -> tuple[Answer, Explanation]:
        """The answer, and how it came about."""
        trace = Explanation()
        answering = self._answering(self.retriever, trace, on)
        return last_answer(answering.stream(question, (), lambda: False, None)), trace

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        cancelled: IsCancelled = lambda: False,
        within: str | None = None,
        on: date | None = None,
    ) -> Iterator[Event]:
        """`Progress` as work goes on, each `Sentence` once it is checked, and the whole `Answer` last. `within`: the id
        of the one article that may answer. UserError for a question that is too long."""
        return self._answering(self.retriever, on=on).stream(question, history, cancelled, within)

    def ask_over(self, question: str, passages: Sequence[str]) -> Answer:
        """The answer from the given texts alone, without search. Citations name them 给定资料1, 给定资料2…"""
        return last_answer(self._answering(self.retriever).over(question, passages))

    def find(self, query: str, passages: Sequence[str] = ()) -> RetrievalSignals:
        """What is found for a query, in the index or among the given texts, and how well it fits."""
        answering = self._answering(self.retriever)
        question = analyse(query)
        return answering.find_given(question, given_passages(passages)) if passages else answering.find(question)

    def read_log_odds(self, question: str, hits: Sequence[Hit]) -> float | None:
        """A taught model's log-odds that the best of the hits' contexts tells; None where there is none."""
        return next((one.log_odds for one in self._answering(self.retriever).read(analyse(question), hits)), None)

    def read_articles(self, advance: Callable[[int], object] = lambda _: None) -> None:
        """Let the model read every article, newest first, so that a question pays only for itself. `advance` is told of
        each article."""
        answering = self._answering(self.retriever)
        for article in sorted(answering.index.articles, key=lambda a: a.published or "", reverse=True):
            for source in filter(None, article_contexts(article)):
                answering.model.read_ahead(source)
            advance(1)

    def matching(self, description: str, most: int = 8) -> list[Match]:
        """The proposals and policies that concern someone who describes themselves (我在兴县开铝厂), nearest first, each
        with the sentence of its own that comes nearest. Empty where none does."""
        return find_matches(clean_question(description).strip(), self.retriever, self._encoder, most)

    def example_questions(self, count: int = EXAMPLES) -> list[str]:
        """Questions that the indexed articles were found to answer, one an article, of as many kinds as there are.
        Looked for once (a second or two)."""
        if self._examples is None:
            self._examples = list(find_examples(self._answering(self.retriever), count))
        return self._examples

    def _answering(self, retriever: Retriever, trace: Trace = NO_TRACE, on: date | None = None) -> Answering:
        model = LocalModel() if self._model_problem() else LocalModel(self.generator, self._reader)
        return Answering(retriever, self._encoder, model, on or self._today(), self._people, trace)


def find_examples(answering: Answering, count: int) -> Iterator[str]:
    """Questions made from the articles that these are found to answer, the kinds of article in turn."""
    by_kind: dict[Kind, list[str]] = {}
    for article in answering.index.articles:
        if question := example_question(article):
            by_kind.setdefault(article.kind, []).append(question)
    queues = [by_kind[kind] for kind in Kind if kind in by_kind]
    while any(queues):
        for queue in filter(None, queues):
            question = queue.pop(0)
            if answering.is_answerable(question):
                yield question
                count -= 1
            if count == 0:
                return


def last_answer(events: Iterator[Event]) -> Answer:
    answer: Answer | None = None
    for event in events:
        if isinstance(event, Answer):
            answer = event
    if answer is None:
        raise RuntimeError("the stream ended without an answer")
    return answer
