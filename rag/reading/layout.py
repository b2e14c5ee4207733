"""Words at places on a page -> paragraphs in the order in which they are read. Knows no file format: a PDF's text and a scan's come here.

A page is cut where its white goes through: first between columns, then where a headline or a picture ends them. Lengths are in the
page's own units, from its upper left corner; most are compared with the size of the letters.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from rag.spans import Span
from rag.text.normalization import ends_sentence

GUTTER = 0.9  # letters of white between two columns, at least
JOINED = 0.8  # letters: a narrower gap in a line separates nothing
CELLS = 2.5  # letters of white between the cells of a row
LEAST_LINES = 3  # in a column
HEADLINE = 1.25  # times the size of the text around it
FULL = 0.6  # of a column's width: so wide is a line of running text
MOSTLY = 0.5  # of the lines of a column of running text are so wide; in a table's they are not
INDENT = 0.8  # letters
SHORT = 1.8  # letters that a line which ends a paragraph leaves free, at least
LEADING = 1.6  # of the usual distance of two lines: a wider one ends a paragraph
SAME_SIZE = 0.12


class Piece(NamedTuple):
    """Words on one line, without a gap. `size`: of the letters. `red`: a letterhead's colour. `sure`: they were surely recognised."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    red: bool = False
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """`left`, `right`: the edges of its column."""

    pieces: tuple[Piece, ...]
    left: float = 0.0
    right: float = 0.0

    @property
    def x0(self) -> float:
        return self.pieces[0].x0

    @property
    def x1(self) -> float:
        return self.pieces[-1].x1

    @property
    def top(self) -> float:
        return min(piece.top for piece in self.pieces)

    @property
    def bottom(self) -> float:
        return max(piece.bottom for piece in self.pieces)

    @property
    def size(self) -> float:
        return max(piece.size for piece in self.pieces)

    @property
    def is_row(self) -> bool:
        """Whether white parts its words, as a table's without rulings."""
        return any(b.x0 - a.x1 > CELLS * b.size for a, b in pairwise(self.pieces))

    @property
    def text(self) -> str:
        return "".join(gap + piece.text for gap, piece in self._parts())

    @property
    def unsure(self) -> Iterator[Span]:
        """Where in its text words stand that were not surely recognised."""
        at = 0
        for gap, piece in self._parts():
            at += len(gap) + len(piece.text)
            if not piece.sure:
                yield Span(at - len(piece.text), at)

    def _parts(self) -> Iterator[tuple[str, Piece]]:
        """The pieces, each with what parts it from the one before."""
        yield "", self.pieces[0]
        for before, piece in pairwise(self.pieces):
            yield ("　" if piece.x0 - before.x1 > JOINED * piece.size else ""), piece


class Paragraph(NamedTuple):
    """`columns`: how many columns stand side by side where it is."""

    lines: tuple[Line, ...]
    columns: int = 1

    @property
    def text(self) -> str:
        words = ""
        for line in self.lines:
            words = join(words, line.text)
        return words

    @property
    def unsure(self) -> list[Span]:
        """Where in its text words stand that were not surely recognised."""
        words, found = "", list[Span]()
        for line in self.lines:
            words = join(words, line.text)
            begins = len(words) - len(line.text)
            found += [Span(begins + span.start, begins + span.end) for span in line.unsure]
        return found

    @property
    def size(self) -> float:
        return Counter(round(line.size, 1) for line in self.lines).most_common(1)[0][0]

    @property
    def is_centred(self) -> bool:
        """Whether its lines leave as much free on the left as on the right, and something."""
        return all(
            abs((line.x0 - line.left) - (line.right - line.x1)) <= 2 * line.size and line.x0 - line.left > line.size
            for line in self.lines
        )


def join(words: str, more: str) -> str:
    """Two lines of a paragraph as one: Chinese without a blank; a word that a hyphen cuts whole again."""
    if re.search(r"[A-Za-z]-$", words) and re.match(r"[a-z]", more):
        return words[:-1] + more
    apart = words[-1:].isascii() and more[:1].isascii() and words[-1:].isalnum() and more[:1].isalnum()
    return words + (" " if apart else "") + more


def paragraphs(pieces: Sequence[Piece]) -> list[Paragraph]:
    """The page's paragraphs in reading order."""
    found: list[Paragraph] = []
    for lines, columns in _flows(list(pieces), 1):
        for n, group in enumerate(_grouped(lines)):
            paragraph = Paragraph(tuple(group), columns)
            if n == 0 and found and goes_on(found[-1], paragraph):
                found[-1] = Paragraph((*found[-1].lines, *group), columns)
            else:
                found.append(paragraph)
    return found


def goes_on(above: Paragraph, below: Paragraph) -> bool:
    """Whether the one at a column's or a page's head goes on with the one at the foot of the column or page before."""
    last, first = above.lines[-1], below.lines[0]
    if abs(last.size - first.size) > SAME_SIZE * last.size or not _is_full(last) or _is_indented(first):
        return False
    return not ends_sentence(last.text) or _is_indented(above.lines[0])


def _is_indented(line: Line) -> bool:
    return line.x0 - line.left >= INDENT * line.size


# ---------------------------------------------------------------- lines into paragraphs


def _grouped(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The lines of one column as paragraphs."""
    distances = [b.top - a.top for a, b in pairwise(lines)]
    usual = median(distances) if distances else 0.0
    group: list[Line] = []
    for line in lines:
        if group and not _belongs(group[-1], line, usual):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _belongs(above: Line, below: Line, usual: float) -> bool:
    size = above.size
    if (
        above.is_row
        or below.is_row
        or abs(below.size - size) > SAME_SIZE * size
        or below.top - above.top > LEADING * max(usual, size)
    ):
        return False
    centred = [
        abs((x.x0 - x.left) - (x.right - x.x1)) <= 2 * size and x.x0 - x.left > 1.5 * size for x in (above, below)
    ]
    if all(centred) and size * 1.15 >= below.size:
        return below.top - above.top <= 2.2 * size and not ends_sentence(above.text)
    return _is_full(above) and not _is_indented(below)


def _is_full(line: Line) -> bool:
    return line.right - line.x1 < SHORT * line.size


# ---------------------------------------------------------------- the order of what stands on a page


def _flows(pieces: list[Piece], columns: int) -> Iterator[tuple[list[Line], int]]:
    """Runs of lines one below the other, in reading order, and how many columns stand side by side there."""
    bands = bands_of(pieces)
    cut = _gutter(bands)
    if cut is not None:
        for side in ([p for p in pieces if p.x0 < cut], [p for p in pieces if p.x0 >= cut]):
            yield from _flows(side, columns + 1)
        return
    current: list[list[Piece]] = []
    n = 0
    while n < len(bands):
        end = _end_of_columns(bands, n)
        if end > n:
            yield from _lines(current, columns)
            current = []
            yield from _flows([piece for band in bands[n:end] for piece in band], columns)
            n = end
        else:
            current.append(bands[n])
            n += 1
    yield from _lines(current, columns)


def _lines(bands: list[list[Piece]], columns: int) -> Iterator[tuple[list[Line], int]]:
    if bands:
        left = min(piece.x0 for band in bands for piece in band)
        right = max(piece.x1 for band in bands for piece in band)
        yield [Line(tuple(band), left, right) for band in bands], columns


def bands_of(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces that stand side by side, from above; each band from the left."""
    bands: list[list[Piece]] = []
    top = bottom = 0.0
    for piece in sorted(pieces, key=lambda p: (p.top + p.bottom) / 2):
        middle = (piece.top + piece.bottom) / 2
        if bands and top <= middle <= bottom:
            bands[-1].append(piece)
            top, bottom = max(top, piece.top), min(bottom, piece.bottom)
        else:
            bands.append([piece])
            top, bottom = piece.top, piece.bottom
    return [sorted(band, key=lambda p: p.x0) for band in bands]


def _stretched(bands: Sequence[Sequence[Piece]]) -> list[list[Piece]]:
    """The bands with each headline as wide as what it stands over: up to what stands beside it, else to the region's edge."""
    pieces = [piece for band in bands for piece in band]
    large = HEADLINE * median(piece.size for piece in pieces)
    edge = max(piece.x1 for piece in pieces)
    found: list[list[Piece]] = []
    for band in bands:
        wide: list[Piece] = []
        for n, piece in enumerate(band):
            end = band[n + 1].x0 - 1.01 * GUTTER * piece.size if n + 1 < len(band) else edge
            wide.append(piece._replace(x1=max(piece.x1, end)) if piece.size >= large else piece)
        found.append(wide)
    return found


def _gaps(pieces: Sequence[Piece]) -> list[tuple[float, float]]:
    """The stretches of white between all that stands on the left and on the right of them."""
    found: list[tuple[float, float]] = []
    end = None
    for piece in sorted(pieces, key=lambda p: p.x0):
        if end is not None and piece.x0 > end:
            found.append((end, piece.x0))
        end = piece.x1 if end is None else max(end, piece.x1)
    return found


def _gutter(bands: Sequence[Sequence[Piece]]) -> float | None:
    """Where the bands fall into two columns of running text; None where they do not."""
    pieces = [piece for band in bands for piece in band]
    if len(pieces) < 2 * LEAST_LINES:
        return None
    wide = GUTTER * median(piece.size for piece in pieces)
    stretched = [piece for band in _stretched(bands) for piece in band]
    for start, end in sorted(_gaps(stretched), key=lambda gap: gap[0] - gap[1]):
        if end - start < wide:
            return None
        cut = (start + end) / 2
        sides = [[[p for p in band if (p.x0 < cut) is left] for band in bands] for left in (True, False)]
        if all(map(_is_running, sides)):
            return cut
    return None


def _is_running(bands: Sequence[Sequence[Piece]]) -> bool:
    """Whether these are the lines of a column of running text, and no cells of a table."""
    lines = [(band[0].x0, max(p.x1 for p in band)) for band in bands if band]
    if len(lines) < LEAST_LINES:
        return False
    width = max(x1 for _, x1 in lines) - min(x0 for x0, _ in lines)
    size = median(p.size for band in bands for p in band)
    return width > 4 * size and sum(x1 - x0 >= FULL * width for x0, x1 in lines) >= MOSTLY * len(lines)


def _end_of_columns(bands: Sequence[Sequence[Piece]], n: int) -> int:
    """Up to which band, from `n` on, columns stand side by side; `n` where they do not."""
    bands = _stretched(bands)
    wide = GUTTER * bands[n][0].size
    held = list(bands[n])
    if not any(end - start >= wide for start, end in _gaps(held)):
        return n
    last = end = n + 1
    while end < len(bands):
        held += bands[end]
        gaps = [gap for gap in _gaps(held) if gap[1] - gap[0] >= wide]
        if not gaps:
            break
        end += 1
        if any(_on_both_sides(bands[end - 1], gap) for gap in gaps):
            last = end
    while last < end and bands[last][0].top - bands[last - 1][0].bottom <= 1.2 * bands[last][0].size:
        last += 1  # one column is longer
    found = bands[n:last]
    return last if _gutter(found) is not None else n


def _on_both_sides(band: Sequence[Piece], gap: tuple[float, float]) -> bool:
    return any(p.x1 <= gap[0] for p in band) and any(p.x0 >= gap[1] for p in band)
