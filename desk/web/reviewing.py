"""Pages: the queue, one answer beside its sources with the verdict's keys, and the list of all answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from desk.decay import nearest_words
from desk.log import StoredCitation
from desk.store.answers import KeptAnswer
from desk.store.queue import Reason
from desk.verdicts import OF_ANSWERS, OF_REFUSALS, Verdict
from desk.web.desk import Desk
from desk.web.marking import Piece, Table, mark_paragraphs
from desk.web.visit import Visit
from rag.answering.refusals import date_words, state_facts
from rag.datatypes import Article, Status
from rag.validity import Standing


@dataclass(frozen=True, slots=True)
class Side:
    """An article's text as it was or as it is, in paragraphs, what is cited marked."""

    title: str
    facts: str
    paragraphs: list[list[Piece] | Table]


@dataclass(frozen=True, slots=True)
class CitedArticle:
    """One cited article. `now` is None where it is what it was (`same`) or is no more."""

    numbers: tuple[int, ...]
    kind: str
    standing: Standing | None  # of a rule, on the day of the answer
    then: Side
    now: Side | None
    same: bool
    present_id: str | None


def show_queue(desk: Desk, visit: Visit) -> Response:
    reason = _reason(visit.query.get("why", "")) or Reason.THUMBS
    lines, counts = desk.store.queue.lines(reason), desk.store.queue.counts()
    if not lines and "why" not in visit.query:  # open where there is work
        reason = next((other for other in Reason if counts[other]), reason)
        lines = desk.store.queue.lines(reason)
    return desk.page(
        visit, "queue.html", here="queue", reason=reason, lines=lines, counts=counts, done=visit.query.get("done")
    )


def show_answer(desk: Desk, visit: Visit) -> Response:
    kept = desk.store.answers.find(visit.values["id"])
    if kept is None:
        return desk.problem(visit, visit.say("error.404"), 404)
    reason = _reason(visit.query.get("why", ""))
    present = {article.id: article for article in desk.bot.articles}
    return desk.page(
        visit,
        "answer.html",
        here="queue" if reason else "answers",
        kept=kept,
        reason=reason,
        sources=_sources(desk, kept, present),
        nearest=[(id, title, desk.store.catalogue.find(id)) for id, title in kept.nearest],
        verdicts=[(verdict.value, verdict_words(visit, kept, verdict)) for verdict in verdicts_of(kept)],
        ruled=_ruled(visit, kept),
        around=desk.store.queue.around(reason, kept.answer.id) if reason else None,
        history=desk.store.audit.of(kept.answer.id),
    )


def give_verdict(desk: Desk, visit: Visit) -> Response:
    kept = desk.store.answers.find(visit.values["id"])
    verdict = visit.form.get("verdict", "")
    if kept is None or verdict not in verdicts_of(kept):
        return desk.problem(visit, visit.say("error.404"), 404)
    reason, id = _reason(visit.form.get("why", "")), kept.answer.id
    following = desk.store.queue.around(reason, id).following if reason else None
    desk.store.answers.review(id, verdict, visit.form.get("note", ""), visit.name)
    if reason and following:
        return visit.go(f"/answers/{following}?why={reason.value}")
    return visit.go(f"/queue?why={reason.value}&done=1" if reason else f"/answers/{id}")


def browse_answers(desk: Desk, visit: Visit) -> Response:
    status, words = visit.query.get("status", ""), visit.query.get("words", "").strip()[:100]
    before = visit.query.get("before", "")
    lines = desk.store.answers.browse(
        status=status if status in set(Status) else "",
        words=words,
        before=int(before) if before.isdecimal() and len(before) < 16 else None,
    )
    return desk.page(
        visit, "answers.html", here="answers", lines=lines, outcome=status, words=words, before=before,
        statuses=[status.value for status in Status],
    )  # fmt: skip


def verdicts_of(kept: KeptAnswer) -> Sequence[Verdict]:
    return OF_ANSWERS if kept.answer.sentences else OF_REFUSALS


def verdict_words(visit: Visit, kept: KeptAnswer, verdict: str) -> str:
    return visit.say(f"v.{verdict}" if kept.answer.sentences else f"v.refusal.{verdict}")


def _ruled(visit: Visit, kept: KeptAnswer) -> list[tuple[str, str, str]]:
    """(who and when, the verdict's words, the note) of every verdict, newest first."""
    return [
        (
            visit.say("verdict.now", who=review.reviewer, at=review.at[:16].replace("T", " ")),
            verdict_words(visit, kept, review.verdict),
            review.note,
        )
        for review in kept.reviews
    ]


def _reason(text: str) -> Reason | None:
    return Reason(text) if text in set(Reason) else None


def _sources(desk: Desk, kept: KeptAnswer, present: dict[str, Article]) -> list[CitedArticle]:
    """Each cited article as it was, and as it is now where that is another text; by the first citation's number."""
    by_article: dict[tuple[str, str], list[StoredCitation]] = {}
    for sentence in kept.answer.sentences:
        for citation in sentence.citations:
            by_article.setdefault((citation.article_id, citation.article_text), []).append(citation)
    return [_source(desk, citations, present) for citations in by_article.values()]


def _source(desk: Desk, citations: list[StoredCitation], present: dict[str, Article]) -> CitedArticle:
    first = citations[0]
    article = present.get(desk.store.catalogue.successor(first.article_id) or first.article_id)
    if article is None:
        article = next((other for other in present.values() if other.title == first.title), None)
    told = state_facts(first.standing) if first.standing else []
    facts = " · ".join(filter(None, (first.speaker, date_words(first.published), *told)))
    then = Side(
        first.title, facts, mark_paragraphs(first.article_text, [(c.start, c.end, c.number) for c in citations])
    )
    same = article is not None and article.text == first.article_text
    return CitedArticle(
        numbers=tuple(sorted({c.number for c in citations})),
        kind=first.kind,
        standing=first.standing,
        then=then,
        now=_side_now(article, citations) if article is not None and not same else None,
        same=same,
        present_id=article.id if article is not None else None,
    )


def _side_now(article: Article, citations: list[StoredCitation]) -> Side:
    spans = [(*nearest_words(citation.quote, article), citation.number) for citation in citations]
    facts = " · ".join(filter(None, (article.speaker, date_words(article.published))))
    return Side(article.title, facts, mark_paragraphs(article.text, spans))
