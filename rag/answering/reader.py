"""The taught model, asked of a context: is it told, what is the short answer, and on which sentences does it rest?

What it says is a draft like any other: `AnswerBuilder.tell` checks it against the sentences that it names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.answering.draft import DRAFT_TOKENS, note_failure
from rag.answering.prompts import NumberedText, ask_text, parse_answer, read_text
from rag.datatypes import Evidence, IsCancelled
from rag.question.analysis import Question
from rag.text.instructions import is_order
from rag.text.normalization import split_sentences


class TaughtModel(Protocol):
    """A model that was taught to answer from numbered sentences. `read`: the text; `asked`: the question; both as
    `rag.answering.prompts` writes them."""

    def count_tokens(self, text: str) -> int: ...

    def read_text(self, read: str, cancelled: IsCancelled = ...) -> None: ...

    def first_odds(self, read: str, asked: str, phrase: str, cancelled: IsCancelled = ...) -> float: ...

    def answer(self, read: str, asked: str, max_tokens: int, cancelled: IsCancelled = ...) -> Iterator[str]: ...


@dataclass(frozen=True, slots=True)
class ReaderDraft:
    """`text` is empty where the model says that it is not told. `sentences`: what it rests on, as the model numbers it."""

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
    """The model's answer, written to its end; an empty one where it was cut off, or the model failed."""
    try:
        written = "".join(model.answer(read_context(context), ask_text(question.text), DRAFT_TOKENS, cancelled))
        cut_off = cancelled() or model.count_tokens(written) >= DRAFT_TOKENS - 1
    except Exception as error:
        note_failure("write", error)
        return ReaderDraft("", ())
    text, numbers = ("", ()) if cut_off else parse_answer(written)
    sentences = numbered_sentences(context)
    named = (sentences[number - 1] for number in dict.fromkeys(numbers) if 1 <= number <= len(sentences))
    return ReaderDraft(text, tuple(named))
