"""Page: answers whose source is not what it was."""

from starlette.responses import Response

from desk.decay import recheck
from desk.store.decays import PAGE, Outcome
from desk.web.desk import Desk
from desk.web.visit import Visit


def show_changes(desk: Desk, visit: Visit) -> Response:
    outcome = visit.query.get("outcome", "")
    outcome = outcome if outcome in set(Outcome) else ""
    after = visit.query.get("after", "")
    skipped = int(after) if after.isdecimal() and len(after) < 10 else 0
    lines = desk.store.decays.open(outcome, skipped)
    return desk.page(
        visit,
        "decay.html",
        here="decay",
        lines=lines,
        counts={key: count for key, count in desk.store.decays.counts().items() if key is not Outcome.STANDS},
        outcome=outcome,
        skipped=skipped,
        more=skipped + PAGE if len(lines) == PAGE else None,
        found=visit.query.get("found"),
        titles={article.id: article.title for article in desk.bot.articles},
    )


def settle(desk: Desk, visit: Visit) -> Response:
    number, outcome = visit.form.get("number", ""), visit.form.get("outcome", "")
    if number.isdecimal() and len(number) < 16:
        desk.store.decays.settle(int(number), visit.name)
    elif outcome in set(Outcome):
        desk.store.decays.settle_all(Outcome(outcome), visit.name)
    return visit.go(f"/decay?outcome={outcome}" if outcome in set(Outcome) else "/decay")


def check_now(desk: Desk, visit: Visit) -> Response:
    found = recheck(desk.store, desk.bot.articles)
    desk.store.audit.note(visit.name, "decay.recheck", str(found))
    return visit.go(f"/decay?found={found}")
