"""The rulings on a page -> its tables: which words stand in which cell. Knows no file format.

Horizontal and vertical strokes that meet make a grid; where the stroke between two cells is missing they are one merged cell, whose
words stand in each of its places.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rag.reading.layout import Piece, join

NEAR = 3.0  # points: strokes so near are one
LEAST_STROKES = 2
MOST_STROKES = 2000  # of a page with more (a drawing, a map) no table is read


class Stroke(NamedTuple):
    """A straight stroke: along x at the height `at`, or along y."""

    horizontal: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Table:
    """`grid`: the words of each cell. `pieces`: what of the page stands in it."""

    top: float
    grid: tuple[tuple[str, ...], ...]
    pieces: frozenset[Piece]


def tables(strokes: Sequence[Stroke], pieces: Sequence[Piece]) -> list[Table]:
    """The tables that the strokes make, from above; those without words left out."""
    if len(strokes) > MOST_STROKES:
        return []
    found = [table for group in _connected(strokes) if (table := _table(group, pieces))]
    return sorted(found, key=lambda table: table.top)


def _connected(strokes: Sequence[Stroke]) -> list[list[Stroke]]:
    """The strokes in groups, in each of which all touch another."""
    rest, groups = list(strokes), []
    while rest:
        group, reached = [], [rest.pop()]
        while reached:
            one = reached.pop()
            group.append(one)
            touched = [other for other in rest if _touch(one, other)]
            rest = [other for other in rest if not _touch(one, other)]
            reached += touched
        groups.append(group)
    return groups


def _touch(a: Stroke, b: Stroke) -> bool:
    if a.horizontal is b.horizontal:
        return abs(a.at - b.at) <= NEAR and a.start <= b.end + NEAR and b.start <= a.end + NEAR
    return a.start - NEAR <= b.at <= a.end + NEAR and b.start - NEAR <= a.at <= b.end + NEAR


def _table(strokes: Sequence[Stroke], pieces: Sequence[Piece]) -> Table | None:
    ys = _places([s.at for s in strokes if s.horizontal])
    xs = _places([s.at for s in strokes if not s.horizontal])
    if len(ys) <= LEAST_STROKES or len(xs) <= LEAST_STROKES:
        return None  # a frame, or lines under words
    inside = [p for p in pieces if xs[0] <= (p.x0 + p.x1) / 2 <= xs[-1] and ys[0] <= (p.top + p.bottom) / 2 <= ys[-1]]
    rows, columns = len(ys) - 1, len(xs) - 1
    owner = _merged(strokes, xs, ys)
    words = [["" for _ in range(columns)] for _ in range(rows)]
    for piece in sorted(inside, key=lambda p: (round(p.top), p.x0)):
        row, column = owner[_cell((piece.top + piece.bottom) / 2, ys)][_cell((piece.x0 + piece.x1) / 2, xs)]
        words[row][column] = join(words[row][column], piece.text)
    if not inside or sum(bool(cell) for row in words for cell in row) < 2:
        return None
    grid = tuple(tuple(words[r][c] for r, c in line) for line in owner)
    return Table(ys[0], grid, frozenset(inside))


def _places(values: Sequence[float]) -> list[float]:
    """Where strokes stand, those that are near as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > NEAR:
            found.append(value)
    return found


def _cell(at: float, places: Sequence[float]) -> int:
    return min(max(bisect_right(places, at) - 1, 0), len(places) - 2)


def _merged(strokes: Sequence[Stroke], xs: Sequence[float], ys: Sequence[float]) -> list[list[tuple[int, int]]]:
    """Of each place of the grid, the first place of the cell that it belongs to."""
    owner = [[(r, c) for c in range(len(xs) - 1)] for r in range(len(ys) - 1)]
    for r, line in enumerate(owner):
        for c in range(len(line)):
            if c and not _is_drawn(strokes, False, xs[c], ys[r], ys[r + 1]):
                line[c] = line[c - 1]
            elif r and not _is_drawn(strokes, True, ys[r], xs[c], xs[c + 1]):
                line[c] = owner[r - 1][c]
    return owner


def _is_drawn(strokes: Sequence[Stroke], horizontal: bool, at: float, start: float, end: float) -> bool:
    """Whether a stroke stands at `at` over the middle of `start` to `end`."""
    middle = (start + end) / 2
    return any(s.horizontal is horizontal and abs(s.at - at) <= NEAR and s.start <= middle <= s.end for s in strokes)
