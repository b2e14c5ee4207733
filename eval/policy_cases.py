"""What suite policies asks: real policies as an office has them, follow-ups over invented notices, and which article was read
from which document.

    citizens     200 questions of somebody who had not read the code (eval/policies/citizens.jsonl)
    ours         226 of those who build the product (eval/policies/questions.jsonl)
    follow_ups   60 turns of a conversation (eval/follow_ups)
    standalone   the same 60 as they are meant, without the conversation: what understanding it perfectly would give
"""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.data import Corpus, Question
from eval.follow_ups import FollowUp, read_follow_ups, read_notices
from eval.real_policies import (
    CITIZENS,
    QUESTIONS,
    PolicyDocument,
    PolicyQuestion,
    read_citizens,
    read_policy_documents,
    read_real_policies,
)
from rag.datatypes import Article, Span

POLICIES = ("citizens", "ours")
CONVERSATIONS = ("follow_ups", "standalone")
HALVES = ("read", "held")
GROUPS = tuple(f"{name}/{half}" for name in (*POLICIES, *CONVERSATIONS) for half in HALVES)


@dataclass(frozen=True, slots=True)
class Place:
    """Where it stands: a span of a document's text."""

    document: str
    span: Span


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what a right answer is known by. `gold`: of every thing that must be told the places that tell it,
    any of which will do. `held`: it is scored only."""

    question: Question
    gold: tuple[tuple[Place, ...], ...]
    held: bool

    @property
    def id(self) -> str:
        return self.question.id

    @property
    def group(self) -> str:
        return f"{self.question.dataset}/{HALVES[self.held]}"


@dataclass(frozen=True, slots=True)
class Library:
    """Documents in one corpus. `texts`: of each document, by its id. `read_from`: the documents that an article stands in, by the
    article's id: a torn document is several articles."""

    corpus: Corpus
    texts: Mapping[str, str]
    read_from: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Cases:
    """Questions over one library."""

    library: Library
    all: tuple[Case, ...]


def read_library(name: str, documents: Iterable[PolicyDocument], parse: Callable[[Path], Sequence[Article]]) -> Library:
    """Every document written to a text file and read by the product's own reader."""
    articles: dict[str, Article] = {}
    read_from: dict[str, set[str]] = defaultdict(set)
    texts: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for document in documents:
            path = Path(folder) / f"{document.id.replace('/', '-')}.txt"
            path.write_text(document.as_file(), "utf-8")
            texts[document.id] = document.text
            for article in parse(path):
                articles.setdefault(article.id, article)
                read_from[article.id].add(document.id)
    corpus = Corpus(name, tuple(articles.values()))
    return Library(corpus, texts, {id: frozenset(own) for id, own in read_from.items()})


def policy_cases(root: Path, parse: Callable[[Path], Sequence[Article]]) -> Cases | None:
    """Groups citizens and ours, over every document that one of their questions names. None where the data is absent."""
    documents = read_policy_documents(root)
    if not documents:
        return None
    citizens, ours = read_citizens(documents, CITIZENS), read_real_policies(documents, QUESTIONS)
    named = dict.fromkeys(id for q in (*citizens, *ours) for id in (q.document, *q.documents))
    cases = [_policy_case("citizens", q, documents) for q in citizens]
    cases += [_policy_case("ours", q, documents) for q in ours]
    return Cases(read_library("policies", [documents[id] for id in sorted(named)], parse), tuple(cases))


def _policy_case(dataset: str, asked: PolicyQuestion, documents: Mapping[str, PolicyDocument]) -> Case:
    gold = tuple(
        tuple(Place(asked.document_of(number), span) for span in spans) for number, spans in enumerate(asked.gold)
    )
    question = Question(
        asked.id, dataset, asked.text, bool(asked.gold), asked.kind, asked.answers, history=asked.history,
        gold=_words(gold, {id: document.text for id, document in documents.items()}),
    )  # fmt: skip
    return Case(question, gold, asked.is_for_scoring_only)


def conversation_cases(parse: Callable[[Path], Sequence[Article]]) -> Cases:
    """Groups follow_ups and standalone, over the invented notices."""
    notices = read_notices()
    made = [_follow_up_case(f, notices) for f in read_follow_ups(notices)]
    cases = [case for case, _ in made]
    cases += [
        replace(case, question=replace(case.question, dataset="standalone", text=asked.standalone, history=()))
        for case, asked in made
    ]
    return Cases(read_library("follow-ups", notices.values(), parse), tuple(cases))


def _follow_up_case(asked: FollowUp, notices: Mapping[str, PolicyDocument]) -> tuple[Case, FollowUp]:
    gold = tuple((Place(asked.notice, span),) for span in asked.gold)
    question = Question(
        asked.id, "follow_ups", asked.text, asked.is_told, asked.kind, asked.answers, history=asked.history,
        gold=_words(gold, {id: notice.text for id, notice in notices.items()}),
    )  # fmt: skip
    return Case(question, gold, asked.is_for_scoring_only), asked


def _words(gold: Sequence[Sequence[Place]], texts: Mapping[str, str]) -> tuple[str, ...]:
    """Of every thing that must be told the words of its first place."""
    first = [places[0] for places in gold]
    return tuple(texts[place.document][place.span.start : place.span.end] for place in first)
