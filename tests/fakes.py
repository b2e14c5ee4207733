"""Stand-ins with meaning: an encoder of hashed character bigrams, a generator of queued texts, small articles.

Texts that share words are near each other for the encoder, so that search and refusals behave as with a real one.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from rag.answering.support import coverage
from rag.chatbot import Chatbot
from rag.datatypes import Article, Evidence, Hit, Kind, Message, Passage, Reading, Span, Vectors
from rag.models.encoder import searched_title
from rag.question.answer_type import answer_type_of, holds_answer_type
from rag.question.content import words_held
from rag.reading.passages import split_passages
from rag.search.index import build_index, open_index
from rag.search.retrieval import Retriever
from rag.text.normalization import alnum_only, bigrams, split_sentences

PIECE = 3  # characters that the generator yields at a time


class FakeEncoder:
    """A text is the unit vector of its bigrams' counts, hashed into 64 places. `encoded`: the passages it was given."""

    identity = "fake"
    dimensions = 64

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode_passages(
        self, passages: Sequence[Passage], advance: Callable[[int], object] = lambda _: None
    ) -> Vectors:
        self.encoded += [passage.text for passage in passages]
        advance(len(passages))
        return self._encode([f"{searched_title(passage)} {passage.text}" for passage in passages])

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        return self._encode(queries)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for gram in bigrams(text):
                vectors[row, zlib.crc32(gram.encode()) % self.dimensions] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


class TableEncoder:
    """Vectors that the test wrote down, by the passage's or the query's text."""

    def __init__(self, table: Mapping[str, Sequence[float]], identity: str = "table") -> None:
        self.identity = identity
        self.dimensions = len(next(iter(table.values())))
        self._table = table

    def encode_passages(
        self, passages: Sequence[Passage], advance: Callable[[int], object] = lambda _: None
    ) -> Vectors:
        advance(len(passages))
        return self.encode_queries([passage.text for passage in passages])

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        return np.array([self._table[query] for query in queries], dtype=np.float32)


class FakeGenerator:
    """Says the queued texts in turn, then nothing. A queued exception is raised. `seen`: the messages it was sent."""

    identity = "fake-generator"

    def __init__(self, *texts: str | Exception) -> None:
        self.texts = list(texts)
        self.seen: list[Sequence[Message]] = []
        self.read: list[Sequence[Message]] = []

    def count_tokens(self, text: str) -> int:
        return len(text)  # a character each

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[str]:
        self.seen.append(messages)
        text = self.texts.pop(0) if self.texts else ""
        if isinstance(text, Exception):
            raise text
        for start in range(0, len(text), PIECE):
            if cancelled():
                return
            yield text[start : start + PIECE]

    def read_ahead(
        self, one: Sequence[Message], other: Sequence[Message], cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        self.read.append(one)


class TaughtGenerator(FakeGenerator):
    """A model that was taught to answer: the queued texts, with the numbers of their sentences. `odds`: that a text tells,
    by a word that it holds; -4 for any other. `texts_read`: what was read ahead."""

    def __init__(self, *texts: str | Exception, odds: Mapping[str, float]) -> None:
        super().__init__(*texts)
        self.odds = odds
        self.texts_read: list[str] = []

    def read_text(self, read: str, cancelled: Callable[[], bool] = lambda: False) -> None:
        self.texts_read.append(read)

    def first_odds(self, read: str, asked: str, phrase: str, cancelled: Callable[[], bool] = lambda: False) -> float:
        return -max((value for word, value in self.odds.items() if word in read), default=-4.0)

    def answer(
        self, read: str, asked: str, unlike: str, max_tokens: int, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[str]:
        return self.stream([Message("user", read), Message("user", asked)], max_tokens, cancelled)


class FailingGenerator:
    """A model that breaks at whatever it is asked."""

    identity = "failing"

    def count_tokens(self, text: str) -> int:
        raise RuntimeError("out of memory")

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[str]:
        raise RuntimeError("out of memory")
        yield ""

    def read_ahead(
        self, one: Sequence[Message], other: Sequence[Message], cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        raise RuntimeError("out of memory")


class FakeJudge:
    """A passage answers as far as it holds the question's words and the kind of thing asked for (less `doubt`), in its
    best sentence; where that is more than `most`, it says `most` and is not sure of the place. A quote
    supports as far as it holds the statement's bigrams. `seen`: the passages that it read."""

    identity = "fake-judge"

    def __init__(self, doubt: float = 0.0, most: float = 1.0) -> None:
        self.doubt = doubt
        self.most = most
        self.seen: list[str] = []

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        self.seen += passages
        return [self._read(question, passage) for passage in passages]

    def _read(self, question: str, passage: str) -> Reading:
        spans = split_sentences(passage) or [Span(0, 0)]
        expected = answer_type_of(question)
        fits = [
            0.5 * words_held(question, passage[s.start : s.end])
            + 0.4 * holds_answer_type(expected, passage[s.start : s.end])
            for s in spans
        ]
        best = spans[fits.index(max(fits))]
        told = words_held(question, passage) * (0.3 + 0.69 * holds_answer_type(expected, passage))
        probability = max(0.01, min(self.most, told - self.doubt))
        return Reading(probability, best, 10 * probability - 5 if told - self.doubt <= self.most else -1.0)

    def supports(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [min(0.99, max(0.01, coverage(alnum_only(s), alnum_only(q), 2))) for s, q in pairs]


def make_article(title: str, *paragraphs: str, kind: Kind = Kind.NEWS, **facts: str | None) -> Article:
    """An article whose id is its title."""
    spans: list[Span] = []
    start = 0
    for paragraph in paragraphs:
        spans.append(Span(start, start + len(paragraph)))
        start += len(paragraph) + 1
    return Article(
        id=title,
        title=title,
        kind=kind,
        source="test.txt",
        text="\n".join(paragraphs),
        paragraphs=tuple(spans),
        **facts,
    )


def make_passage(text: str, title: str = "甲", number: int = 0) -> Passage:
    """A passage that is its whole article."""
    return Passage(f"{title}#{number}", make_article(title, text), Span(0, len(text)))


def make_evidence(*texts: str, title: str = "甲") -> list[Evidence]:
    """One article with a paragraph for each text, each paragraph a passage and evidence."""
    article = make_article(title, *texts)
    return [Evidence(Passage(f"{title}#{n}", article, s), s, 1.0) for n, s in enumerate(article.paragraphs)]


TODAY = date(2026, 11, 27)


def make_bot(
    folder: Path, articles: Sequence[Article], generator: object | None = None, judge: FakeJudge | None = None
) -> Chatbot:
    """A chatbot over an index of the articles, built in `folder`; it is asked on TODAY."""
    encoder = FakeEncoder()
    build_index(articles, folder / "index", encoder, folder / "vectors.sqlite")
    retriever = Retriever(open_index(folder / "index", "fake"), encoder, judge or FakeJudge())
    reader = generator if isinstance(generator, TaughtGenerator) else None
    return Chatbot(retriever, encoder, generator, reader=reader, today=lambda: TODAY)  # type: ignore[arg-type]


def hits(*passages: Passage) -> list[Hit]:
    return [Hit(passage, 1.0 - rank / 100, rank) for rank, passage in enumerate(passages, start=1)]


def told(passage: Passage, words: str, probability: float = 0.9, certainty: float = 3.0) -> Hit:
    """A hit in which the judge sees the answer in `words`."""
    start = passage.text.index(words)
    return Hit(passage, 1.0, 1, Reading(probability, Span(start, start + len(words)), certainty))


def proposal(speaker: str, text: str) -> Passage:
    article = make_article(f"{speaker}的建议", f"市政协委员{speaker}建议：{text}", kind=Kind.PROPOSAL, speaker=speaker)
    return split_passages(article)[0]
