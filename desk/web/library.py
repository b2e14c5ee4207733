"""Pages: the articles. Upload, see what was understood, correct it, index it; withdraw and restore."""

from starlette.responses import JSONResponse, Response

from desk.clock import now
from desk.drafts import FACTS, RULED, correct_article, read_uploads
from desk.store.catalogue import PAGE, CatalogueEntry, State
from desk.web.desk import Desk
from desk.web.marking import mark_paragraphs
from desk.web.texts import TEXT
from desk.web.visit import Visit
from rag.answering.refusals import day_words
from rag.datatypes import Article, Kind, Span
from rag.errors import UserError
from rag.reading.formats import SUFFIXES
from rag.validity import standing_of


def show_articles(desk: Desk, visit: Visit) -> Response:
    state = visit.query.get("state", "")
    state = state if state in set(State) else State.LIVE.value
    words, after = visit.query.get("words", "").strip()[:100], visit.query.get("after", "")
    skipped = int(after) if after.isdecimal() and len(after) < 10 else 0
    entries = desk.store.catalogue.entries(State(state), words, skipped)
    return desk.page(
        visit,
        "articles.html",
        here="articles",
        state=state,
        words=words,
        entries=entries,
        more=skipped + PAGE if len(entries) == PAGE else None,
        counts=desk.store.catalogue.counts(),
        differences=desk.indexing.differences(),
        held=len(desk.bot.articles),
        progress=desk.indexing.progress,
        builds=desk.store.catalogue.builds(5),
        adopted=desk.store.audit.adopted(),
        said=visit.query.get("said", ""),
        number=visit.query.get("count", ""),
        suffixes=",".join(sorted(SUFFIXES)),
    )


def upload(desk: Desk, visit: Visit) -> Response:
    """Every article of the files becomes a draft. What cannot be read and what is in no article is said, the rest is kept."""
    if not visit.files:
        raise UserError(*TEXT["upload.none"])
    loaded = read_uploads(((file.name, file.data) for file in visit.files), visit.form.get("published", "").strip())
    problems = [problem.message(visit.lang) for problem in (*loaded.problems, *loaded.warnings)]
    kept = 0
    for article in loaded.articles:
        try:
            desk.store.catalogue.add_draft(article, visit.name)
            kept += 1
        except UserError as error:
            problems.append(error.message(visit.lang))
    if not problems and not loaded.left_out:
        return visit.go(f"/articles?state=draft&said=uploaded&count={kept}")
    return desk.page(
        visit, "uploaded.html", 200 if kept else 400, here="articles", kept=kept, problems=problems,
        left_out=loaded.left_out,
    )  # fmt: skip


def show_article(desk: Desk, visit: Visit) -> Response:
    entry = desk.store.catalogue.find(visit.values["id"])
    if entry is None:
        return desk.problem(visit, visit.say("error.404"), 404)
    indexed = next((article for article in desk.bot.articles if article.id == entry.article.id), entry.article)
    state = indexed.validity.state_on(now().date()) if indexed.validity else None
    return desk.page(
        visit,
        "article.html",
        here="articles",
        entry=entry,
        article=entry.article,
        standing=standing_of(indexed.validity, state),
        told=validity_of(indexed),
        facts=facts_of(entry.article),
        paragraphs=mark_paragraphs(entry.article.text, (), entry.article.uncertain),
        successor=desk.store.catalogue.successor(entry.article.id),
        history=desk.store.audit.of(entry.article.id),
        said=visit.query.get("said", ""),
    )


def facts_of(article: Article) -> list[tuple[str, str]]:
    """(key of its name, value) of what is known of the article beside its title, kind and text."""
    values = [(name, getattr(article, name)) for name in FACTS]
    of_files = (("source", article.source), ("copies", "、".join(article.copies)))
    return [(name, value) for name, value in [*values, *of_files] if value]


def validity_of(article: Article) -> list[tuple[str, str, str]]:
    """(key of its name, value, the text's own words) of what the indexed article tells of its validity."""
    validity = article.validity
    if validity is None:
        return []
    days = (("effective", validity.effective), ("expires", validity.expires))
    rows = [(name, day_words(told.day), _words(article, told.span)) for name, told in days if told]
    rows += [("repeals", named.title or named.number, _words(article, named.span)) for named in validity.repeals]
    return [*rows, *([("superseded_by", validity.superseded.title, "")] if validity.superseded else [])]


def _words(article: Article, span: Span | None) -> str:
    return article.text[span.start : span.end] if span else ""


def edit_article(desk: Desk, visit: Visit) -> Response:
    entry = desk.store.catalogue.find(visit.values["id"])
    if entry is None or entry.state not in (State.DRAFT, State.LIVE):
        return desk.problem(visit, visit.say("error.404"), 404)
    return _form(desk, visit, entry, 200, "")


def _form(desk: Desk, visit: Visit, entry: CatalogueEntry, status: int, problem: str) -> Response:
    kept = {"title": entry.article.title, "kind": entry.article.kind.value, "text": entry.article.text}
    typed = {**kept, **{name: getattr(entry.article, name) or "" for name in FACTS}, **visit.form}
    return desk.page(
        visit, "edit.html", status, here="articles", entry=entry, article=entry.article, typed=typed, facts=FACTS, ruled=RULED,
        kinds=[kind.value for kind in Kind], problem=problem,
    )  # fmt: skip


def save_article(desk: Desk, visit: Visit) -> Response:
    """A corrected draft takes the place of the draft; a corrected article becomes a draft that replaces it."""
    entry = desk.store.catalogue.find(visit.values["id"])
    if entry is None or entry.state not in (State.DRAFT, State.LIVE):
        return desk.problem(visit, visit.say("error.404"), 404)
    try:
        corrected = correct_article(entry.article, visit.form)
        if entry.state is State.DRAFT:
            id = desk.store.catalogue.add_draft(corrected, visit.name, entry.replaces, instead_of=entry.article.id)
        else:
            id = desk.store.catalogue.add_draft(corrected, visit.name, replaces=entry.article.id)
    except UserError as error:
        return _form(desk, visit, entry, 400, error.message(visit.lang))
    return visit.go(f"/articles/{id}?said=saved")


def publish(desk: Desk, visit: Visit) -> Response:
    ids = visit.chosen.get("id", [])
    if not ids:
        raise UserError(*TEXT["publish.none"])
    desk.store.catalogue.publish(ids, visit.name)
    desk.indexing.start(visit.name)
    return visit.go("/articles")


def discard(desk: Desk, visit: Visit) -> Response:
    desk.store.catalogue.discard(visit.values["id"], visit.name)
    return visit.go("/articles?state=draft")


def withdraw(desk: Desk, visit: Visit) -> Response:
    id = visit.values["id"]
    desk.store.catalogue.withdraw(id, visit.name, visit.form.get("why", "").strip())
    desk.indexing.start(visit.name)
    return visit.go(f"/articles/{id}")


def restore(desk: Desk, visit: Visit) -> Response:
    id = visit.values["id"]
    desk.store.catalogue.restore(id, visit.name)
    desk.indexing.start(visit.name)
    return visit.go(f"/articles/{id}")


def build(desk: Desk, visit: Visit) -> Response:
    desk.indexing.start(visit.name)
    return visit.go("/articles")


def show_progress(desk: Desk, visit: Visit) -> Response:
    now = desk.indexing.progress
    words = visit.say("index.progress", done=now.done, total=now.total) if now.total else visit.say("index.building")
    return JSONResponse({"running": now.running, "done": now.done, "total": now.total, "words": words})
