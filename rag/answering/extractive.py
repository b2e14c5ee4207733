"""The source's own sentences that answer: the one that the judge points at, the best for a question, the part that is asked
about. Beside them, whether what a drafted sentence cites has to do with the question at all.
"""

import re
from collections.abc import Sequence

from rag.answering.alignment import asked_above, evidence_sentences, join_neighbours
from rag.answering.constraints import AS_NEAR, HAS_TOO, within_constraints
from rag.datatypes import Evidence, EvidenceJudge, Hit, Kind, Span
from rag.models.encoder import searched_title
from rag.question.analysis import Question
from rag.question.answer_type import AnswerType
from rag.question.fit import asks_all_suggestions, content_coverage, counts_asked, gives_answer_type, names_missing
from rag.text.normalization import alnum_only, ends_sentence, is_question, only_announces, share_held, split_sentences
from rag.text.quantity_check import holds_amounts

QUICK = 0.75  # probability from which the sentence that the judge points at is shown at once
QUICK_PLAIN = 0.5  # where the kind of figure asked for stands there too (docs/experiments.md#quick-plain)
RELEVANT = 0.5  # least share of the best reading's probability for what a drafted sentence cites (docs/experiments.md#relevance)
HELD_ELSEWHERE = 0.3  # share of the question's words in a sentence, from which one without any is beside the point
NAMED_MEANS, SURELY_NAMED = 0.6, 0.75  # shares of the bigrams of what a question names which a sentence of it holds
CONTINUES = re.compile("这|该|此举")  # how a sentence begins that takes up the one before it
SHORTEST = 6  # characters of a drafted sentence that says something
QUOTED_FROM = 0.5  # what a sentence must reach, by the judge, to be quoted
LONG = 60  # characters of a sentence of which one part may be enough
PARTS = re.compile(r"[^；;。\s](?:[^；;]*[^；;。])?")
TAKES_UP = re.compile("但|除|其|该|此|上述|以上|前款|并|同时|否则|不足|超过")  # the same of a part of a sentence
EXCEPTED = re.compile(r"(?:除外|不在此限)[)）]?[。；;]?$")
EXCEPTS = re.compile(rf"^但|{EXCEPTED.pattern}")  # in rules, which tell nothing with 但 but what is otherwise
OF_ALL = re.compile("(?<![年月日周人户平])均|两[条个者种类项家]")  # of the parts before it too: 两条线路均可半价乘坐
COUNTS_TOO = 0.15  # least share of the question that a sentence holds which counts by the measure word of the question
QUICK_CHARACTERS = 110  # a longer sentence is for the model to shorten


def quick_sentence(question: Question, hits: Sequence[Hit]) -> Evidence | None:
    """The sentence that the judge points at, where it is sure of it and the sentence is short enough to show."""
    best = hits[0]
    if question.answer_type is AnswerType.PERSON:
        return None  # a name has no form by which to tell that the sentence gives it: the model points at it
    checked = question.is_plain and question.answer_type is not AnswerType.PLACE  # a place has no form to check
    least = QUICK_PLAIN if checked else QUICK
    if best.reading is None or best.reading.probability < least or best.reading.certainty < 0:
        return None
    found = sentence_at(best)
    short = found.span.end - found.span.start <= QUICK_CHARACTERS and not only_announces(found.text)
    fits = short and gives_answer_type(question, found.text) and not _another_fits_better(question, hits)
    return found if fits else None


def _another_fits_better(question: Question, hits: Sequence[Hit]) -> bool:
    """Whether the sentence that the judge points at speaks of another than is asked about, or lacks a name of the question
    which a sentence beside it has."""
    best = hits[0].passage
    found = sentence_at(hits[0])
    passages = [h.passage for h in hits if h.passage.article.id == best.article.id]
    sentences = evidence_sentences([Evidence(p, p.span, 1.0) for p in passages])
    left = within_constraints(question, sentences)
    counting = [s for s in sentences if counts_asked(question, s.text)]
    if not counts_asked(question, found.text) and any(
        content_coverage(question, s.text) >= COUNTS_TOO for s in counting
    ):
        return True
    if any(found.span.holds(s.span) for s in sentences if s not in left):
        return True
    beside = [names_missing(question, s.text) for s in sentences if s.passage is best]
    return names_missing(question, found.text) > min(beside, default=0)


def stated_sentence(question: Question, hits: Sequence[Hit]) -> list[Evidence]:
    """Of a question whether so much is so, the sentence that says so, however it writes the amounts: it has each of them, and
    with its title as much of the question as another sentence, or nearly; one on another thing has them by chance. Else none."""
    if not question.stated:
        return []
    sentences = evidence_sentences([Evidence(h.passage, h.passage.span, 1.0) for h in hits])
    scored = [
        Evidence(s.passage, s.span, content_coverage(question, f"{searched_title(s.passage)}\n{s.text}"))
        for s in within_constraints(question, sentences)
        if not is_question(s.text)
    ]
    least = max((AS_NEAR * s.score for s in scored), default=0.0)
    saying = [s for s in scored if s.score >= max(HAS_TOO, least) and holds_amounts(question.stated, s.text)]
    return sorted(saying, key=lambda s: -s.score)[:1]


def sentence_at(hit: Hit) -> Evidence:
    """The sentences of the hit's passage in which the judge sees the answer."""
    passage = hit.passage
    assert hit.reading is not None
    start, end = (passage.span.start + offset for offset in hit.reading.span)
    spans = split_sentences(passage.text, passage.span.start)
    held = [s for s in spans if s.start < max(end, start + 1) and start < s.end] or spans[:1]
    # Over an answer stands its question, which says nothing.
    while is_question(passage.article.text[held[0].start : held[0].end]) and held[-1] != spans[-1]:
        held = held[1:] or spans[spans.index(held[0]) + 1 :][:1]
    return Evidence(passage, Span(held[0].start, held[-1].end), hit.reading.probability)


def part_asked(question: Question, sentence: Evidence) -> Evidence:
    """Of a long sentence of parts (……；……；……) the one part that holds all that the sentence holds of a plain question, and
    the kind of figure asked for; the whole sentence where none does alone, or one part takes up another."""
    text = sentence.text
    pieces = [match.span() for match in PARTS.finditer(text)]
    takes_up = any(TAKES_UP.match(text[start:end]) or OF_ALL.search(text[start:end]) for start, end in pieces[1:])
    if len(text) < LONG or len(pieces) < 2 or takes_up or not question.is_plain:
        return sentence
    held = content_coverage(question, text)
    fits = [
        (start, end)
        for start, end in pieces
        if gives_answer_type(question, text[start:end]) and content_coverage(question, text[start:end]) == held
    ]
    if held == 0 or len(fits) != 1:
        return sentence
    start, end = fits[0]
    return Evidence(sentence.passage, Span(sentence.span.start + start, sentence.span.start + end), sentence.score)


def with_its_exception(sentence: Evidence) -> Evidence:
    """A rule together with the next sentence of its passage where that takes something out of it (出租汽车经驾驶员同意的除外。), and
    the other way round: one without the other says something else."""
    passage, text = sentence.passage, sentence.passage.article.text
    excepts = EXCEPTS if passage.article.kind is Kind.POLICY else EXCEPTED
    start, end = sentence.span.start, sentence.span.end
    before = split_sentences(text[passage.span.start : start], passage.span.start)[-1:]
    after = split_sentences(text[end : passage.span.end], end)[:1] if ends_sentence(text[:end]) else []
    if before and excepts.search(sentence.text) and ends_sentence(text[: before[0].end]):
        start = before[0].start
    if after and excepts.search(text[after[0].start : after[0].end]):
        end = after[0].end
    return Evidence(passage, Span(start, end), sentence.score)


def is_relevant(
    question: Question, cited: Sequence[Evidence], source: Sequence[Evidence], judge: EvidenceJudge
) -> bool:
    """Whether what a drafted sentence cites has to do with the question: true words of the article may not."""
    if asks_all_suggestions(question, cited[0].passage.article.speaker):
        return True  # the judge does not know whose sentence it reads
    (reading,) = judge.read(question.judged, [_under_its_heads(cited[0], "".join(e.text for e in cited))])
    return reading.probability >= RELEVANT * max(e.score for e in source)


def is_beside(question: Question, cited: Sequence[Evidence], sentences: Sequence[Evidence]) -> bool:
    """Whether what a drafted sentence cites has no word of the question, and another sentence has a good part of them."""
    words = "".join(e.text for e in cited)
    elsewhere = any(content_coverage(question, s.text) >= HELD_ELSEWHERE for s in sentences)
    return elsewhere and not content_coverage(question, words)


def _under_its_heads(cited: Evidence, text: str) -> str:
    """The text as the judge reads it: under its article's title, and the question that its passage answers."""
    asked = asked_above(cited, evidence_sentences([Evidence(cited.passage, cited.passage.span, 1.0)]))
    return "\n".join([searched_title(cited.passage), *([asked.text] if asked else []), text])


def rank_sentences(question: Question, evidence: Sequence[Evidence], judge: EvidenceJudge | None) -> list[Evidence]:
    """The evidence's sentences that speak of what is asked about, those that answer best first; `score` in [0, 1]: what
    the judge makes of the sentence under its title, or without a judge how much of the question it covers."""
    pieces = within_constraints(question, evidence_sentences(evidence))
    if judge is None:
        scores = [content_coverage(question, piece.text) for piece in pieces]
    else:
        texts = [_under_its_heads(piece, piece.text) for piece in pieces]
        scores = [reading.probability for reading in judge.read(question.judged, texts)]
    scored = [Evidence(e.passage, e.span, score) for e, score in zip(pieces, scores, strict=True)]
    return sorted(scored, key=lambda e: -e.score)


def sentences_on_means(question: Question, source: Sequence[Evidence]) -> list[Evidence]:
    """Of each of the means that the question names, the source's best sentence: one that surely names it, and this alone
    rather than all of them, of the passage that answers best; with those before and after it that take up each other. In
    the question's order. What stands nowhere is left out: the model does no better on it (docs/experiments.md#summaries)."""
    pieces = within_constraints(question, evidence_sentences(source))
    shares = [[share_held(grams, alnum_only(piece.text)) for grams in question.means] for piece in pieces]
    found: list[Evidence] = []
    for n in range(len(question.means)):
        named = [i for i, held in enumerate(shares) if held[n] >= NAMED_MEANS and not is_question(pieces[i].text)]
        if not named:
            continue

        def fits(i: int, n: int = n) -> tuple[bool, bool, float, float]:
            alone = sum(share >= NAMED_MEANS for share in shares[i]) == 1
            return shares[i][n] >= SURELY_NAMED, alone, pieces[i].score, content_coverage(question, pieces[i].text)

        best = max(named, key=fits)
        first, last = best, best + 1
        while first > 0 and _continues(pieces[first - 1], pieces[first]):
            first -= 1
        while last < len(pieces) and _continues(pieces[last - 1], pieces[last]):
            last += 1
        found += pieces[first:last]
    return list(dict.fromkeys(found))


def _continues(before: Evidence, after: Evidence) -> bool:
    """Whether a sentence takes up the one before it: 这一举措……"""
    return before.passage == after.passage and bool(CONTINUES.match(after.text))


def best_sentences(question: Question, evidence: Sequence[Evidence], judge: EvidenceJudge | None) -> list[Evidence]:
    """The source's own best sentences for the question: the best one, and one that is good and almost as good."""
    ranked = [
        e
        for e in rank_sentences(question, evidence, judge)
        if len(alnum_only(e.text)) >= SHORTEST and not is_question(e.text)
    ]
    second = [e for e in ranked[1:2] if e.score >= max(QUOTED_FROM, 0.85 * ranked[0].score)]
    best = [e for e in ranked[:1] if e.score > 0] + second
    return join_neighbours(sorted(best, key=lambda e: (e.passage.article.id, e.span)))
