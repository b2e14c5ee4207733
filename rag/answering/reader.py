"""The taught model, asked of a context: is it told, what is the short answer, and on which sentences does it rest?

What it says is a draft like any other: `AnswerBuilder.tell` checks it against the sentences that it names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.answering.alignment import ITEMS
from rag.answering.context import MAX_ARTICLES
from rag.answering.draft import DRAFT_TOKENS, note_failure
from rag.answering.prompts import UNTOLD, NumberedText, ask_text, parse_answer, read_text
from rag.answering.short_answer import SAID
from rag.answering.support import coverage
from rag.datatypes import Evidence, IsCancelled, Kind, Span
from rag.question.analysis import Question
from rag.text.instructions import is_order
from rag.text.normalization import alnum_only, split_sentences


class TaughtModel(Protocol):
    """A model that was taught to answer from numbered sentences. `read`: the text; `asked`: the question; both as
    `rag.answering.prompts` writes them."""

    def count_tokens(self, text: str) -> int: ...

    def read_text(self, read: str, cancelled: IsCancelled = ...) -> None: ...

    def first_odds(self, read: str, asked: str, phrase: str, cancelled: IsCancelled = ...) -> float: ...

    def answer(
        self, read: str, asked: str, unlike: str, max_tokens: int, cancelled: IsCancelled = ...
    ) -> Iterator[str]: ...


@dataclass(frozen=True, slots=True)
class ReadContext:
    """A context, and the model's log-odds that it tells what is asked."""

    log_odds: float
    context: Sequence[Evidence]


@dataclass(frozen=True, slots=True)
class ReaderDraft:
    """`text` is empty where there is none. `sentences`: what it rests on, as the model numbers it."""

    text: str
    sentences: tuple[Evidence, ...]


def numbered_sentences(context: Sequence[Evidence]) -> list[Evidence]:
    """The context cut into sentences, in order, headings too: they say what stands below them."""
    return [
        Evidence(item.passage, span, item.score)
        for item in context
        for span in split_sentences(item.text, item.span.start)
    ]


def read_context(context: Sequence[Evidence]) -> str:
    """The context as the model reads it before it is asked."""
    article = context[0].passage.article
    title = "" if article.is_given or is_order(article.title) else article.title
    texts = (" ".join(sentence.text.split()) for sentence in numbered_sentences(context))
    return read_text(NumberedText(title, tuple(texts)))


def draft_answer(
    model: TaughtModel, question: Question, context: Sequence[Evidence], cancelled: IsCancelled
) -> ReaderDraft:
    """The model's answer, written to its end; an empty one where it was cut off, or the model failed. Whether it is told
    has been decided before."""
    try:
        written = "".join(model.answer(read_context(context), ask_text(question.text), UNTOLD, DRAFT_TOKENS, cancelled))
        cut_off = cancelled() or model.count_tokens(written) >= DRAFT_TOKENS - 1
    except Exception as error:
        note_failure("write", error)
        return ReaderDraft("", ())
    text, numbers = ("", ()) if cut_off else parse_answer(written)
    sentences = numbered_sentences(context)
    named = [sentences[number - 1] for number in numbers if 1 <= number <= len(sentences)]
    return ReaderDraft(text, tuple(bearing_sentences(text, named, sentences)))


def bearing_sentences(answer: str, named: Sequence[Evidence], sentences: Sequence[Evidence]) -> list[Evidence]:
    """The sentences that the clauses of the answer are copied from: the model counts well, but not always. Those that it
    names too where a clause is in its own words."""
    borne: dict[Span, Evidence] = {}
    own_words = False
    candidates = [*named, *sentences]  # of two that hold a clause alike, the one that the model names
    texts = [alnum_only(item.text) for item in candidates]
    for clause in filter(None, map(alnum_only, ITEMS.split(answer))):
        shares = [coverage(clause, text, 2) for text in texts]
        if max(shares, default=0.0) < SAID:
            own_words = True
        else:
            best = candidates[shares.index(max(shares))]
            borne[best.span] = best
    if own_words or not borne:
        borne |= {item.span: item for item in named}
    return [borne[span] for span in sorted(borne)]


def to_be_heard(question: Question, read: Sequence[ReadContext]) -> list[Sequence[Evidence]]:
    """The context that tells best. Beside it, where they tell too: what suggests where that rules, and the other way round;
    and all where the question compares. Asked whether something is so, a rule that says otherwise than a suggestion tells
    too: it is heard in any case. Rules first."""
    best = read[0].context[0].passage.article.kind
    chosen = [read[0]]
    for one in read[1:]:
        kind = one.context[0].passage.article.kind
        beside = {kind, best} == {Kind.POLICY, Kind.PROPOSAL} or question.is_comparison
        tells = one.log_odds > 0 or (question.is_yes_or_no and kind is Kind.POLICY)
        if beside and tells and len(chosen) < MAX_ARTICLES:
            chosen.append(one)
    return [one.context for one in sorted(chosen, key=lambda one: one.context[0].passage.article.kind is Kind.PROPOSAL)]
