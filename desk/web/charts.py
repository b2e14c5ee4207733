"""Figures as inline SVG: no script, no style attribute, every word escaped. Colours are the stylesheet's classes."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT = 720, 200
LEFT, BOTTOM, TOP = 44, 24, 10
MOST_LABELS = 8  # days named below the bars


@dataclass(frozen=True, slots=True)
class Bar:
    """One day's bar: its parts (class, count) from the bottom up."""

    label: str
    parts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.parts)


def nice_top(most: int) -> int:
    """The first of 4, 8, 20, 40, 80, 200 … that is no less: each quarter of it is whole."""
    scale = 1
    while most > 20 * scale:
        scale *= 10
    return next(top * scale for top in (4, 8, 20) if most <= top * scale)


def stacked_bars(bars: Sequence[Bar], title: str) -> Markup:
    """A bar a day, its statuses one on the other."""
    top = nice_top(max((bar.total for bar in bars), default=0))
    room, step = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT) / max(1, len(bars))
    pieces = [_line(top * quarter // 4, top, room) for quarter in range(5)]
    every = -(-len(bars) // MOST_LABELS)
    for place, bar in enumerate(bars):
        x, y = LEFT + place * step, float(TOP + room)
        words = f"{bar.label}: {bar.total}"
        pieces.append(Markup("<g><title>{}</title>").format(words))
        for name, count in bar.parts:
            height = room * count / top
            y -= height
            if count:
                pieces.append(
                    Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                        name, x + step * 0.12, y, step * 0.76, height
                    )
                )
        pieces.append(Markup("</g>"))
        if place % every == 0:
            pieces.append(
                Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                    x + step / 2, HEIGHT - 6, bar.label[5:]
                )
            )
    return Markup('<svg class="chart" role="img" viewBox="0 0 {} {}" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, title, Markup("").join(pieces)
    )


def _line(value: int, top: int, room: int) -> Markup:
    y = TOP + room - room * value / top
    return Markup(
        '<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/><text x="{}" y="{:.1f}" text-anchor="end">{}</text>'
    ).format(LEFT, WIDTH, y, y, LEFT - 6, y + 4, value)


def level_bars(rows: Sequence[tuple[str, str, int]], title: str) -> Markup:
    """A level bar for each (label, class, count), with its count and share at the right."""
    total, most = sum(count for *_, count in rows), max((count for *_, count in rows), default=0)
    height = 30
    pieces = []
    for place, (label, name, count) in enumerate(rows):
        y, length = place * height, 150 * count / most if most else 0
        share = f"{count}（{100 * count / total:.0f}%）" if total else "0"
        pieces.append(
            Markup(
                '<text x="84" y="{}" text-anchor="end">{}</text><rect class="{}" x="94" y="{}" width="{:.1f}" '
                'height="16"/><text x="{:.1f}" y="{}">{}</text>'
            ).format(y + 19, escape(label), name, y + 6, max(length, 1), 102 + length, y + 19, share)
        )
    return Markup('<svg class="levels" role="img" viewBox="0 0 340 {}" aria-label="{}">{}</svg>').format(
        max(1, len(rows)) * height, title, Markup("").join(pieces)
    )
