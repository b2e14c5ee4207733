"""What holds on the day that is asked about: which hits may answer, and what is said of a source that does not hold.

Asked of now, what is in force answers; what no longer holds, or not yet, only where nothing else tells, and then the answer's first
line says so. Asked of a year, what held in that year answers. All of it is read off the stored validity.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.answering.answerability import RetrievalSignals
from rag.answering.context import keep_named
from rag.answering.jurisdiction import names_other_year, years_asked
from rag.answering.refusals import CAUTIONS, day_words, title_marks
from rag.datatypes import Article, Evidence, Hit, Passage
from rag.question.analysis import Question, analyse
from rag.reading.passages import split_passages
from rag.spans import Span
from rag.text.days import Days, without_years
from rag.validity import State, Why


@dataclass(frozen=True, slots=True)
class Caution:
    """What is said before the first sentence that rests on an article which does not hold. `basis`: the words that tell it."""

    text: str
    basis: Evidence | None


def held_on(article: Article, days: Days) -> bool:
    """Whether the article may have held then; what tells nothing of it may."""
    return article.validity is None or article.validity.held_in(*days)


def of_its_years(
    question: Question, find: Callable[[Question], RetrievalSignals]
) -> tuple[Question, RetrievalSignals] | None:
    """The question without its years, and what is found for it in what held in them: the year is the article's, and its
    sentences do not say it again. None where no year is asked about, or nothing else."""
    undated = analyse(without_years(question.text)) if years_asked(question) else question
    if undated == question or not undated.bigrams:
        return None
    found = find(undated)
    kept = (hit for hit in keep_named(question, found.hits) if not names_other_year(question, hit.passage.text))
    return undated, replace(found, hits=tuple(kept))


def apart_by_validity(
    hits: Sequence[Hit],
    articles: Sequence[Article],
    days: Days,
    search: Callable[[Sequence[Passage]], RetrievalSignals],
) -> tuple[list[Hit], list[Hit]]:
    """The hits of articles that may hold when it is asked about, and the others. Where the best no longer holds, what stands in
    its place is searched too, however far from the question's words it is."""
    holding = [hit for hit in hits if held_on(hit.passage.article, days)]
    past = [hit for hit in hits if hit not in holding]
    later = successor(hits[0].passage.article, articles, days) if past else None
    if later and not any(hit.passage.article.id == later.id for hit in holding):
        holding = [*search(split_passages(later)).hits, *holding]
    return holding, past


def successor(article: Article, articles: Sequence[Article], days: Days) -> Article | None:
    """The article that stands in this one's place when it is asked about; of several, one after the other, the last."""
    by_id = {other.id: other for other in articles}
    seen = {article.id}
    while not held_on(article, days):
        superseded = article.validity.superseded if article.validity else None
        later = by_id.get(superseded.article_id) if superseded else None
        if later is None or later.id in seen:
            return None
        seen.add(later.id)
        article = later
    return article if len(seen) > 1 else None


def cautions(hits: Sequence[Hit], articles: Sequence[Article], days: Days) -> dict[str, Caution]:
    """What is said of each article of the hits that does not hold when it is asked about, by its id."""
    by_id = {article.id: article for article in articles}
    first, last = days
    found: dict[str, Caution] = {}
    for article in {hit.passage.article.id: hit.passage.article for hit in hits}.values():
        validity, title = article.validity, title_marks(article.title)
        if validity is None:
            continue
        state = validity.state_on(first) if validity.state_on(first).is_past else validity.state_on(last)
        superseded = validity.superseded
        if state is State.SUPERSEDED and superseded:
            since = f"自{day_words(superseded.day)}起" if superseded.day else ""
            text = CAUTIONS[superseded.why.value].format(title=title, later=title_marks(superseded.title), since=since)
            basis = (by_id.get(superseded.article_id, article), superseded.span)
        elif state is State.EXPIRED and validity.expires and not validity.withdrawn:
            text = CAUTIONS["expired"].format(title=title, day=day_words(validity.expires.day))
            basis = (article, validity.expires.span)
        elif state is State.EXPIRED:
            text, basis = CAUTIONS["withdrawn"].format(title=title), (article, validity.withdrawn)
        elif state is State.NOT_YET and validity.begins:
            key = "not_yet" if validity.effective else "not_issued"
            text = CAUTIONS[key].format(title=title, day=day_words(validity.begins.day), on=day_words(last))
            basis = (article, validity.begins.span)
        else:
            continue
        found[article.id] = Caution(text, _words(*basis))
    return found


def _words(article: Article, span: Span | None) -> Evidence | None:
    """The words of the article as evidence, in the passage that holds them."""
    passage = next((p for p in split_passages(article) if span and p.span.holds(span)), None)
    return Evidence(passage, span, 1.0) if passage and span else None


def former(hits: Sequence[Hit], cited: Sequence[Evidence]) -> list[Hit]:
    """The hits of the best article in whose place one of the cited articles stands, that told the same before it."""
    ids = {evidence.passage.article.id for evidence in cited}
    for hit in hits:
        validity = hit.passage.article.validity
        superseded = validity.superseded if validity else None
        if superseded and superseded.article_id in ids and superseded.why is not Why.REPEALED:
            return [other for other in hits if other.passage.article.id == hit.passage.article.id]
    return []
