"""Can the question be answered from these passages? Judged before the model writes a word, and independently of what it would write.

Two questions, two answers to a citizen: is any article about this at all (else 未收录), and does it say this (else
证据不足)? The judge's reading of the first hits counts most; words, vectors and the kind of thing asked for are beside it.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rag.datatypes import Article, Hit, Kind, Passage
from rag.models.encoder import searched_title
from rag.models.judge import log_odds, logistic
from rag.question.analysis import Question
from rag.question.answer_type import holds_answer_type
from rag.question.fit import asks_what_became, names_missing
from rag.text.normalization import alnum_only, normalize

Idf = Callable[[str], float]

# Logistic regressions on dev questions, docs/experiments.md#judge-in-flow. TOPIC: is an article about this? Weights of: cosine of the
# best passage; how much of the question the best of three passages covers; the same for the best article; names of the
# question that no article of them holds; size of the search, ln(passages / 45), since the best of many is always near.
TOPIC_WEIGHTS = (6.37, 2.30, 1.33, -1.01, -0.54, -3.83)
# ANSWERABLE: does one say what is asked? The same, and: log-odds of the best hit's reading; how sure the judge is of the answer's place;
# whether the kind of thing asked for stands there.
ANSWERABLE_WEIGHTS = (3.714, -0.971, 0.227, -0.334, -0.038, 0.232, 0.132, 0.902, -2.327)
# A taught model's say beside it: weights of the log-odds of both (rag.answering.reader).
READER_WEIGHTS = (0.289, 0.546, -0.256)
READER_THRESHOLD = 0.4  # docs/experiments.md#reader has what it refuses, rightly and wrongly
ABOUT_THRESHOLD = 0.40
ANSWERABLE_THRESHOLD = 0.28  # docs/experiments.md#probe has what it refuses, rightly and wrongly
ANSWERABLE_YES_OR_NO = 0.15  # whether something is so: what the article says of it is wanted, a suggestion too
CLEARLY = 0.6  # answerable so clearly that an article must be about it, whatever its words
NAMED = 0.6
SMALLEST_SEARCH = 45  # passages


@dataclass(frozen=True, slots=True)
class RetrievalSignals:
    """The hits for a question, and how well they fit it: see TOPIC_WEIGHTS."""

    hits: tuple[Hit, ...]
    cosine: float
    passage_coverage: float
    article_coverage: float
    missing_names: int
    search_size: float
    speakers: frozenset[str] = frozenset()  # of the hits' articles, named in the question

    @property
    def signals(self) -> tuple[float, ...]:
        return (self.cosine, self.passage_coverage, self.article_coverage, self.missing_names, self.search_size)

    @property
    def about(self) -> float:
        """Probability that an article is about what is asked. A question that names the article's speaker is."""
        return max(logistic(TOPIC_WEIGHTS, (*self.signals, 1.0)), NAMED if self.speakers else 0.0)


def examine(
    question: Question, hits: Sequence[Hit], cosine: float, searched: int, idf: Idf = lambda _: 1.0
) -> RetrievalSignals:
    """How well the first hits of `searched` passages fit the question. `idf` weighs a bigram of the question."""
    first = hits[:3]
    words = [article_words(article) for article in {h.passage.article.id: h.passage.article for h in first}.values()]
    return RetrievalSignals(
        hits=tuple(hits),
        cosine=cosine,
        passage_coverage=max((weighted_coverage(question, searched_text(h.passage), idf) for h in first), default=0.0),
        article_coverage=max((weighted_coverage(question, text, idf) for text in words), default=0.0),
        missing_names=min((names_missing(question, text) for text in words), default=0),
        search_size=math.log(max(searched, SMALLEST_SEARCH) / SMALLEST_SEARCH),
        speakers=speakers_in(question, [hit.passage.article for hit in hits]),
    )


def p_answerable(question: Question, found: RetrievalSignals, hits: Sequence[Hit], read: float | None = None) -> float:
    """Probability that one of the hits says what is asked. `read`: a taught model's log-odds of the context that tells best."""
    judged = logistic(ANSWERABLE_WEIGHTS, (*answerability_signals(question, found, hits), 1.0))
    return judged if read is None else logistic(READER_WEIGHTS, (log_odds(judged), read, 1.0))


def answerability_signals(question: Question, found: RetrievalSignals, hits: Sequence[Hit]) -> tuple[float, ...]:
    """The values that ANSWERABLE_WEIGHTS weigh."""
    readings = [hit.reading for hit in hits if hit.reading]
    best = max((r.probability for r in readings), default=0.5)
    certain = max((r.certainty for r in readings), default=0.0)
    holds = any(holds_answer_type(question.answer_type, hit.passage.text) for hit in hits[:2])
    return (*found.signals, log_odds(best), max(-10.0, min(10.0, certain)), float(holds))


def searched_text(passage: Passage) -> str:
    return f"{searched_title(passage)}\n{passage.article.speaker or ''}\n{passage.text}"


def article_words(article: Article) -> str:
    """Every word that belongs to an article, its people included."""
    fields = (
        "title",
        "kicker",
        "subtitle",
        "section",
        "speaker",
        "speaker_role",
        "reporter",
        "issuer",
        "number",
        "text",
    )
    return "\n".join(filter(None, (getattr(article, field) for field in fields)))


def weighted_coverage(question: Question, text: str, idf: Idf) -> float:
    grams = question.bigrams
    plain = alnum_only(text)
    total = sum(map(idf, grams))
    return sum(idf(g) for g in grams if g in plain) / total if total else 0.0


def speakers_in(question: Question, articles: Iterable[Article]) -> frozenset[str]:
    """The articles' speakers whom the question names."""
    asked = question.normalized
    return frozenset(a.speaker for a in articles if a.speaker and a.speaker in asked)


def only_suggests(question: Question, article: Article) -> bool:
    """Whether the question asks what became of a suggestion (采纳了没有) of an article that only makes it."""
    became = asks_what_became(question, article.speaker)
    return became is not None and article.kind is Kind.PROPOSAL and became not in normalize(article.text)
