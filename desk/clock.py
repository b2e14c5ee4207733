"""The desk's time: China's, one zone without summer time, so that ISO texts sort and a day is the reader's day."""

from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


def now() -> datetime:
    return datetime.now(CHINA)


def iso(moment: datetime) -> str:
    """`2026-11-24T13:36:00+08:00`: to the second, always with the same offset."""
    return moment.astimezone(CHINA).isoformat(timespec="seconds")
