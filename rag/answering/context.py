"""What the model reads to answer: of which article, which part of it, in which order."""

import math
import re
from collections.abc import Iterable, Sequence

from rag.answering.alignment import join_neighbours
from rag.answering.answerability import article_words, searched_text, speakers_in
from rag.answering.jurisdiction import asked_of, is_anothers
from rag.datatypes import Article, Evidence, Hit, Kind, Passage, Span
from rag.question.analysis import Question, analyse
from rag.question.fit import content_coverage, names_missing
from rag.reading.passages import split_passages
from rag.text.instructions import order_spans
from rag.text.normalization import alnum_only, share_held, split_sentences

WINDOW_CHARACTERS = (
    1500  # what the model reads at once, and keeps (rag.models.kv_cache): an article, or a part of a long one
)
GIVEN_CHARACTERS, GIVEN_PASSAGES = 900, 8  # the same of given texts, which are read together, the best of them
MAX_ARTICLES = 2  # that are asked one after the other
RULE_RANKS, RULE_FITS = 10, 0.7  # a rule fits that covers at least so much of what a suggestion covers of the question
FAR_AHEAD = 5.0  # of scores, log-odds and z-scores: of 64 such questions the best passage held the answer of 60
OTHER_ARTICLE = 0.5  # least share of the best reading's probability for another article


def contexts(question: Question, hits: Sequence[Hit]) -> list[list[Evidence]]:
    """What the model reads, an article at a time, best first: the window that the article's best hit lies in. Another
    article than the best is read where its best passage is judged to answer too, where the question names who speaks in
    it, or compares. Given texts are read together."""
    if hits and hits[0].passage.article.is_given:
        return list(filter(None, [_best_together(hits)]))
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.passage.article.id, hit)
    top = hits[0].reading.probability if hits and hits[0].reading else 1.0
    chosen = [
        hit
        for hit in best.values()
        if hit is hits[0]
        or question.is_comparison
        or (hit.passage.article.speaker or "\0") in question.text
        or (hit.reading is not None and hit.reading.probability >= max(0.5, OTHER_ARTICLE * top))
    ][:MAX_ARTICLES]
    return _windows_around(chosen, hits)


def nearest_contexts(hits: Sequence[Hit]) -> list[list[Evidence]]:
    """What a model may read that says itself whether it is told: the windows that the first hits lie in, nearest first.
    Given texts are read together."""
    if hits and hits[0].passage.article.is_given:
        return list(filter(None, [_best_together(hits)]))
    return _windows_around({(hit.passage.article.id, window_of(hit.passage)): hit for hit in hits}.values(), hits)


def _windows_around(chosen: Iterable[Hit], hits: Sequence[Hit]) -> list[list[Evidence]]:
    """The windows that the chosen ones of the hits lie in, with what the judge makes of each passage of theirs."""
    p_answers = _p_answers(hits)
    read = [[(p, p_answers.get(p.id, 0.0)) for p in windows(h.passage.article)[window_of(h.passage)]] for h in chosen]
    return [context for scored in read if (context := _without_orders(scored))]


def answering_part(question: Question, hits: Sequence[Hit], context: Sequence[Evidence]) -> Sequence[Evidence]:
    """The part of what is read that may answer: the best passage alone where it is far ahead of all others; else all.
    Not where several places are asked for, or several texts were given."""
    several = question.is_comparison or question.asks_summary or hits[0].passage.article.is_given
    if several or len(hits) < 2 or hits[0].score - hits[1].score < FAR_AHEAD:
        return context
    return [e for e in context if e.passage.id == hits[0].passage.id] or context


def _best_together(hits: Sequence[Hit]) -> list[Evidence]:
    """The best of the hits' passages within a budget, in the order in which they were given."""
    chosen: list[Hit] = []
    for hit in hits:
        length = sum(len(h.passage.text) for h in (*chosen, hit))
        if chosen and (length > GIVEN_CHARACTERS or len(chosen) == GIVEN_PASSAGES):
            break
        chosen.append(hit)
    chosen.sort(key=lambda h: (int(h.passage.article.id.rpartition("-")[2]), h.passage.span))
    p_answers = _p_answers(hits)
    return _without_orders([(hit.passage, p_answers[hit.passage.id]) for hit in chosen])


def _p_answers(hits: Sequence[Hit]) -> dict[str, float]:
    """Probability that each passage answers, by the judge (what it has not read: 0); without a judge, by rank."""
    if any(hit.reading for hit in hits):
        return {hit.passage.id: hit.reading.probability if hit.reading else 0.0 for hit in hits}
    return {hit.passage.id: 1 / hit.rank for hit in hits}


def article_contexts(article: Article) -> list[list[Evidence]]:
    """The article from beginning to end, as the model reads it."""
    return [_without_orders([(passage, 1.0) for passage in window]) for window in windows(article)]


def windows(article: Article) -> list[list[Passage]]:
    """The article's passages in one window, or a long article's in as few as hold WINDOW_CHARACTERS each, of about the
    same length. The same article has the same windows whatever is asked, so that what was read of it can be kept."""
    read: list[list[Passage]] = [[] for _ in range(_window_count(article))]
    for passage in split_passages(article):
        read[window_of(passage)].append(passage)
    return read


def window_of(passage: Passage) -> int:
    """Which of its article's windows the middle of the passage lies in."""
    article = passage.article
    return (passage.span.start + passage.span.end) * _window_count(article) // (2 * max(1, len(article.text)))


def _window_count(article: Article) -> int:
    return max(1, math.ceil(len(article.text) / WINDOW_CHARACTERS))


def _without_orders(scored: Sequence[tuple[Passage, float]]) -> list[Evidence]:
    return [piece for passage, score in scored for piece in without_orders(Evidence(passage, passage.span, score))]


def without_orders(evidence: Evidence) -> list[Evidence]:
    """The evidence in one piece, or in the pieces between sentences that give the assistant orders."""
    orders = list(order_spans(evidence.text))
    if not orders:
        return [evidence]
    kept = [
        Evidence(evidence.passage, Span(evidence.span.start + s.start, evidence.span.start + s.end), evidence.score)
        for s in split_sentences(evidence.text)
        if not any(s.start < order.end and order.start < s.end for order in orders)
    ]
    return join_neighbours(kept)


ABOUT_SUGGESTIONS = re.compile(r"建议|提议|提案|委员|代表|建言|呼吁|主张|谁提|谁说|两会|政协|人大")


def rules_first(question: Question, hits: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
    """The hits on either side, where rules and suggestions stand side by side and the question does not ask for
    suggestions: all that suggests nothing, and the suggestions. Else all of them, and none."""
    first = hits[:RULE_RANKS]
    rules = [h for h in first if h.passage.article.kind is Kind.POLICY]
    suggestions = [h for h in first if h.passage.article.kind is Kind.PROPOSAL]
    named = any(h.passage.article.speaker and h.passage.article.speaker in question.text for h in suggestions)
    topic = analyse(
        re.sub(r"[\d.]+", " ", question.normalized)
    )  # the figure asked about is the one side's or the other's
    fits = [
        max((content_coverage(topic, searched_text(h.passage)) for h in kind), default=0.0)
        for kind in (rules, suggestions)
    ]
    if (
        not rules
        or not suggestions
        or named
        or fits[0] < RULE_FITS * fits[1]
        or ABOUT_SUGGESTIONS.search(question.text)
    ):
        return list(hits), []
    apart = [h for h in hits if h.passage.article.kind is Kind.PROPOSAL]
    return [h for h in hits if h not in apart], apart


def keep_named(question: Question, hits: Sequence[Hit]) -> list[Hit]:
    """The hits of the articles that hold most of the names in the question: another article's telephone number is no
    answer to a question about 电梯管家, nor one member's suggestion to a question about another's, nor one county's notice to
    one about another county (rag.answering.jurisdiction). Given texts belong together: the name may stand in one, the answer in another."""
    if any(hit.passage.article.is_given for hit in hits):
        return list(hits)
    asked = asked_of(question, [hit.passage.article for hit in hits])
    hits = [hit for hit in hits if not is_anothers(asked, hit.passage)]
    words = {h.passage.article.id: article_words(h.passage.article) for h in hits}
    speakers = speakers_in(question, [hit.passage.article for hit in hits])

    def may_answer(article: Article) -> bool:
        anothers = speakers and article.kind is Kind.PROPOSAL
        return not anothers or any(speaker in words[article.id] for speaker in speakers)

    speaking = [hit for hit in hits if may_answer(hit.passage.article)]
    missing = {h.passage.article.id: names_missing(question, words[h.passage.article.id]) for h in speaking}
    least = min(missing.values(), default=0)
    return [hit for hit in speaking if missing[hit.passage.article.id] == least]


STANDS_FOR = re.compile("公司|该|本|其|我们")  # what a text that names nothing says for the thing it speaks of
SPEAKS_OF = 0.3  # share of one name's bigrams, beyond that of another's, which a text holds that speaks of it


def own_texts(question: Question, each: Sequence[Question], given: Sequence[Passage]) -> Sequence[Passage]:
    """The given texts without those that speak of the other of two things asked about. What follows a name belongs to it
    until the other is named: a report says 公司 from its second paragraph on."""
    if len(each) != 2 or question not in each:
        return given
    this, that = apart(question, each[1 - each.index(question)])
    kept, foreign = [], False
    for passage in given:
        plain = alnum_only(passage.text)
        here, there = share_held(this, plain), share_held(that, plain)
        if abs(here - there) >= SPEAKS_OF:
            foreign = there > here
        elif min(here, there) >= SPEAKS_OF or not STANDS_FOR.search(passage.text):
            foreign = False
        if not foreign:
            kept.append(passage)
    return kept


def apart(one: Question, other: Question) -> tuple[set[str], set[str]]:
    """What tells two questions apart: the content bigrams of each that the other has not."""
    these, those = set(one.bigrams), set(other.bigrams)
    return these - those, those - these
