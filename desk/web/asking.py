"""Page: what citizens ask, in figures; and the same as a CSV file."""

import itertools
from collections.abc import Sequence
from datetime import date, timedelta

from starlette.responses import Response, StreamingResponse

from desk.clusters import cluster_questions
from desk.csvfile import csv_lines
from desk.store.statistics import BUCKETS, Day
from desk.web.charts import Bar, level_bars, stacked_bars
from desk.web.desk import Desk
from desk.web.visit import Visit
from rag.datatypes import Status

PERIODS = (7, 30, 90)
MOST_CLUSTERS = 30


def show_asked(desk: Desk, visit: Visit) -> Response:
    length, first, last = _period(desk, visit)
    summary = desk.store.statistics.summary(first, last)
    days = summary.days
    statuses = {status.value: sum(day.statuses.get(status.value, 0) for day in days) for status in Status}
    total = sum(day.count for day in days)
    clusters = cluster_questions(desk.store.statistics.unanswered(first, last))[:MOST_CLUSTERS]
    return desk.page(
        visit,
        "asked.html",
        here="asked",
        length=length,
        periods=PERIODS,
        first=first,
        last=last,
        total=total,
        mean=sum(day.seconds * day.count for day in days) / total if total else 0.0,
        by_day=stacked_bars(_bars(days, first, length), visit.say("by.day")),
        by_status=level_bars(
            [(status_words(visit, s), f"s-{s}", count) for s, count in statuses.items() if count],
            visit.say("by.status"),
        ),
        by_kind=level_bars(
            [(visit.say(k), f"k-{k}", count) for k, count in summary.kinds.items()], visit.say("by.kind")
        ),
        by_thumbs=level_bars(
            [
                (visit.say("up"), "s-answered", sum(day.up for day in days)),
                (visit.say("down"), "s-error", sum(day.down for day in days)),
            ],
            visit.say("by.thumbs"),
        ),
        by_seconds=level_bars(
            [(name, "seconds", count) for name, count in _buckets(visit, summary.seconds)], visit.say("by.seconds")
        ),
        days=days,
        statuses=[status for status, count in statuses.items() if count],
        status_words=lambda status: status_words(visit, status),
        clusters=clusters,
    )


def export_asked(desk: Desk, visit: Visit) -> Response:
    _, first, last = _period(desk, visit)
    desk.store.audit.note(visit.name, "export.csv", f"{first} – {last}")
    return StreamingResponse(
        csv_lines(desk.store.statistics.export(first, last)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="wence-{first}-{last}.csv"'},
    )


def status_words(visit: Visit, status: str) -> str:
    return visit.say("error_status" if status == Status.ERROR else status)


def _period(desk: Desk, visit: Visit) -> tuple[int, str, str]:
    """How many days are looked at, the first and the last of them."""
    asked = visit.query.get("days", "")
    length = int(asked) if asked in {str(days) for days in PERIODS} else 30
    today = desk.store.clock().date()
    return length, (today - timedelta(days=length - 1)).isoformat(), today.isoformat()


def _bars(days: Sequence[Day], first: str, length: int) -> list[Bar]:
    """A bar for each day of the period, days without questions among them."""
    by_day = {day.day: day for day in days}
    names = [(date.fromisoformat(first) + timedelta(days=offset)).isoformat() for offset in range(length)]
    return [
        Bar(
            name,
            tuple((f"s-{s.value}", by_day[name].statuses.get(s.value, 0) if name in by_day else 0) for s in Status),
        )
        for name in names
    ]


def _buckets(visit: Visit, counts: Sequence[int]) -> list[tuple[str, int]]:
    edges = [f"{edge:g}" for edge in BUCKETS]
    names = [visit.say("bucket.first", high=edges[0])]
    names += [visit.say("bucket", low=low, high=high) for low, high in itertools.pairwise(edges)]
    names.append(visit.say("bucket.last", low=edges[-1]))
    return list(zip(names, counts, strict=True))
