"""Can the question be answered from these passages? Judged before the model writes a word, and independently of what it would write.

Two questions, two answers to a citizen: is any article about this at all (else 未收录), and does it say this (else
证据不足)? The judge's reading of the first hits counts most; words, vectors and the kind of thing asked for are beside it.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rag.datatypes import Article, Hit, Kind, Passage
from rag.models.encoder import searched_title
from rag.models.judge import log_odds, logistic
from rag.question.analysis import Question
from rag.question.answer_type import holds_answer_type
from rag.question.fit import asks_what_became, names_missing
from rag.text.normalization import alnum_only, normalize, split_sentences
from rag.text.quantity_check import read_number

Idf = Callable[[str], float]

# Logistic regressions on dev questions, docs/experiments.md#judge-in-flow. TOPIC: is an article about this? Weights of: cosine of the
# best passage; how much of the question the best of three passages covers; the same for the best article; names of the
# question that no article of them holds; size of the search, ln(passages / 45), since the best of many is always near.
TOPIC_WEIGHTS = (6.37, 2.30, 1.33, -1.01, -0.54, -3.83)
# ANSWERABLE: does one say what is asked? The same, and: log-odds of the best hit's reading; how sure the judge is of the answer's place;
# whether the kind of thing asked for stands there.
ANSWERABLE_WEIGHTS = (3.714, -0.971, 0.227, -0.334, -0.038, 0.232, 0.132, 0.902, -2.327)
# Where these are not sure, the local model reads the context too: weights of their log-odds and of rag.models.probe's.
PROBE_WEIGHTS = (0.623, 0.565, 0.086)
NOT_SURE = (0.02, 0.95)  # between these probabilities
ABOUT_THRESHOLD = 0.40
ANSWERABLE_THRESHOLD = 0.28  # docs/experiments.md#probe has what it refuses, rightly and wrongly
ANSWERABLE_YES_OR_NO = 0.15  # whether something is so: what the article says of it is wanted, a suggestion too
CLEARLY = 0.6  # answerable so clearly that an article must be about it, whatever its words
NAMED = 0.6
SMALLEST_SEARCH = 45  # passages
BESIDE = 0.0  # log-odds, by the model's state, from which one of two contexts (a rule, a suggestion) answers


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


def p_answerable(question: Question, found: RetrievalSignals, hits: Sequence[Hit]) -> float:
    """Probability that one of the hits says what is asked."""
    return logistic(ANSWERABLE_WEIGHTS, (*answerability_signals(question, found, hits), 1.0))


def p_answerable_probed(p: float, probe: float) -> float:
    """The probability `p` once the local model has read the context too; `probe`: log-odds that rag.models.probe reads off its state."""
    return logistic(PROBE_WEIGHTS, (log_odds(p), probe, 1.0))


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


LISTING = re.compile(
    r"[、；;]|(?<=[\u4e00-\u9fff)）])[和及](?=[\u4e00-\u9fffA-Za-z])|[县区市镇乡村][^，,。；;]{0,4}\d+[家个所名位座处条户][，,]"
)
ALL_IN = re.compile(r"(?:全部|均|都)[^，,。；;]{0,4}在")
FEWEST_LISTED = 3


def only_counts(question: Question, hits: Sequence[Hit]) -> bool:
    """Whether the question asks the names or places of so many things (那12家都开在哪里) of articles that only count them: no
    sentence with that count, nor the one after it, lists anything."""
    asked = question.listed
    articles = {h.passage.article.id: h.passage.article for h in hits}
    counted = [words for article in articles.values() for words in _sentences_with(asked, article)] if asked else []
    listed = any(ALL_IN.search(words) or len(LISTING.findall(words)) + 1 >= FEWEST_LISTED for words in counted)
    return bool(counted) and not listed


def _sentences_with(asked: tuple[int, str], article: Article) -> list[str]:
    """The article's sentences with that count, and those after them."""
    count, unit = asked
    texts = [article.text[span.start : span.end] for span in split_sentences(article.text)]
    numerals = re.compile(rf"(\d{{1,3}}|[一二三四五六七八九十]{{1,3}}){unit}")
    counts = [any(read_number(n[1]) == count for n in numerals.finditer(normalize(text))) for text in texts]
    return [text for n, text in enumerate(texts) if counts[n] or (n and counts[n - 1])]
