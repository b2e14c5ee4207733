"""Who says it. A suggestion is not a rule: what rests on a proposal says who suggests it. And who speaks in an article, or
wrote it, where that is what the question asks for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.answerability import RetrievalSignals
from rag.answering.context import OTHER_ARTICLE
from rag.answering.refusals import (
    ALSO_SUGGESTS,
    HEAD_REPORTER,
    HEAD_SPEAKER,
    HEAD_SUBTITLE,
    MENTIONS,
    SUGGESTS,
    title_marks,
)
from rag.datatypes import Article, Evidence, Hit, Kind, Passage, Sentence, Span
from rag.question.analysis import Question
from rag.reading.passages import passage_at
from rag.text.normalization import split_sentences

SUGGESTION = re.compile("建议|提议|呼吁")
SUGGESTING = re.compile(rf"^[他她]?(?:还|同时|也|另外|此外|并)*(?:{SUGGESTION.pattern})[，,：:]?")  # 他同时建议，……


def attribute(text: str, evidence: Sequence[Evidence], before: Sequence[Sentence]) -> tuple[str, tuple[Evidence, ...]]:
    """A sentence that rests on a proposal says who suggested it, in the source's words, and cites where it says so."""
    article = evidence[0].passage.article
    if article.kind is not Kind.PROPOSAL or not article.speaker or article.speaker in text:
        return text, tuple(evidence)
    introduced = speaker_span(article)
    if introduced is None:
        named, cited = article.speaker, tuple(evidence)
    else:
        named = article.text[introduced.start : introduced.end]
        source = Evidence(passage_at(evidence[0].passage, introduced), introduced, 1.0)
        cited = tuple(evidence) if any(e.span.holds(introduced) for e in evidence) else (*evidence, source)
    again = any(c.article.id == article.id for s in before for c in s.citations)
    if _stands_before(evidence[0].span, introduced, article):
        template = MENTIONS
    else:
        template = ALSO_SUGGESTS if again else SUGGESTS
    said = SUGGESTING.sub("", text)
    return template.format(speaker=article.speaker if again else named) + said, cited


def _stands_before(span: Span, introduced: Span | None, article: Article) -> bool:
    """Whether it stands before the speaker is named, or where nobody is, before the first word that suggests something."""
    if introduced is not None:
        return span.start < introduced.end and not span.holds(introduced)
    begins = SUGGESTION.search(article.text)
    return begins is not None and span.end <= begins.start()


def speaker_span(article: Article) -> Span | None:
    """Where the article's text names its speaker with the role, or the name alone; None where it does not."""
    if not article.speaker:
        return None
    for words in (f"{article.speaker_role or ''}{article.speaker}", article.speaker):
        start = article.text.find(words)
        if start >= 0:
            return Span(start, start + len(words))
    return None


SPEAKS_TOO = 0.15  # least probability, by the judge, that another member's proposal says so too


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who speaks in an article, or wrote it. `text`: what is said of it where only the article's head tells; None where
    the evidence itself does."""

    evidence: Evidence
    text: str | None = None


def introductions(question: Question, found: RetrievalSignals, hits: Sequence[Hit]) -> list[Introduction]:
    """Who makes the best proposal, where the question asks for that; asked for several speakers (哪两位委员), each of whose
    proposals tells too; or who wrote the best article, or is named under its title. Empty where something else is asked."""
    best = hits[0].passage.article
    several, one = question.speakers_asked, question.asks_speaker
    if question.asks_byline and not one and best.reporter and best.reporter not in best.text:
        return [_by_head(HEAD_REPORTER.format(title=title_marks(best.title), reporter=best.reporter), hits[0].passage)]
    person = question.person
    if person and person in (best.subtitle or ""):
        return [_by_head(HEAD_SUBTITLE.format(title=title_marks(best.title), subtitle=best.subtitle), hits[0].passage)]
    if found.speakers and (one or person or question.asks_identity):
        hits = [h for h in hits if h.passage.article.speaker in found.speakers] or hits
    elif not several and not one:
        return []
    if hits[0].passage.article.kind is not Kind.PROPOSAL:
        return []
    top = hits[0].reading.probability if hits[0].reading else 1.0
    least = max(SPEAKS_TOO, OTHER_ARTICLE * top)
    passages: dict[str, Passage] = {}  # the first of each article that tells
    for hit in hits:
        if hit is hits[0] or (hit.reading and hit.reading.probability >= least):
            passages.setdefault(hit.passage.article.id, hit.passage)
    chosen = list(passages.values())[: max(1, several)]
    return [made for passage in chosen if (made := _introduction(passage))]


def _introduction(passage: Passage) -> Introduction | None:
    article = passage.article
    if article.kind is not Kind.PROPOSAL or not article.speaker:
        return None
    spans = (span for paragraph in article.paragraphs for span in _sentences_of(article, paragraph))
    named = next((span for span in spans if article.speaker in article.text[span.start : span.end]), None)
    if named is not None:
        return Introduction(Evidence(passage_at(passage, named), named, 1.0))
    speaker = f"{article.speaker_role or ''}{article.speaker}"
    return _by_head(HEAD_SPEAKER.format(title=title_marks(article.title), speaker=speaker), passage)


def _by_head(text: str, passage: Passage) -> Introduction:
    """It cites the article's first sentence: the head stands above it."""
    article = passage.article
    first = _sentences_of(article, article.paragraphs[0])[0]
    return Introduction(Evidence(passage_at(passage, first), first, 1.0), text)


def _sentences_of(article: Article, paragraph: Span) -> list[Span]:
    return split_sentences(article.text[paragraph.start : paragraph.end], paragraph.start)
