"""PDF -> marked text, by PDFium: paragraphs in reading order (`rag.reading.layout`), tables by their rulings (`rag.reading.ruled`), pages
kept as places. Running heads and page numbers are told as left out; so is a page that holds no text, or a text that is none.
"""

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.datatypes import Why
from rag.errors import UserError
from rag.reading.apart import get_on
from rag.reading.decoding import rarity
from rag.reading.layout import HEADLINE, Line, Paragraph, Piece, bands_of, goes_on, join, paragraphs
from rag.reading.marked import Maker, Mark, MarkedText
from rag.reading.ruled import Stroke, Table, tables
from rag.reading.tables import lines_of
from rag.text.normalization import plain_ideographs

if TYPE_CHECKING:
    import pypdfium2

MOST_PAGES = 3000
MOST_BROKEN = 0.1  # of a page's characters: with more, its text is not what it shows
MARGIN = 0.12  # of a page's height, at its head and foot
REPEATED = 0.3  # of the pages: what stands in the margin of so many is a running head
PAGE_NUMBER = re.compile(r"[-—–·•]*第?\d{1,4}页?(?:[/／,，]?共?\d{1,4}页?)?[-—–·•]*")  # without its blanks
LEAST_HEADLINES = 2  # on a newspaper's page
ASCENT = 0.88  # of a letter's height, above its line
THIN = 2.5  # points: a stroke, where it is a filled rectangle
STROKE = 8.0  # points: shorter ones are parts of a drawing


@dataclass(slots=True)
class _Page:
    number: int
    height: float
    pieces: list[Piece] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    broken: float = 0.0
    has_pictures: bool = False
    unread: list[Line] = field(default_factory=list)  # its running head and its number

    @property
    def is_scan(self) -> bool:
        return not self.pieces and self.has_pictures


def read_pdf(data: bytes, name: str, recognise: bool = False) -> MarkedText:
    """`recognise`: pages without a text that can be read are given as such, not told. UserError where the file is no PDF, is
    locked, or has too many pages."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _cannot_open(name, str(error)) from None
    if len(document) > MOST_PAGES:
        raise UserError(
            f"{name} 有 {len(document)} 页，超过 {MOST_PAGES} 页，请拆分后再试；已跳过。",
            f"{name} has {len(document)} pages, more than {MOST_PAGES}; split it. Skipped.",
        )
    maker = Maker()
    pages: list[_Page] = []
    for number in range(len(document)):
        get_on()
        try:
            pages.append(_read_page(document[number], number + 1))
        except pypdfium2.PdfiumError:
            maker.warnings.append(_page_damaged(name, number + 1))
    _take_furniture(pages)
    writer = _Writer(maker, pages)
    writer.write()
    if not recognise:
        maker.warnings += filter(None, [_no_text(name, writer.scans), _broken(name, writer.broken)])
    unread = tuple(sorted(writer.scans + writer.broken)) if recognise else ()
    return replace(maker.made(), flat=writer.is_newspaper, unread_pages=unread)


def _cannot_open(name: str, why: str) -> UserError:
    if "password" in why.casefold():
        return UserError(
            f"{name} 有打开密码，请去掉密码后另存；已跳过。", f"{name} has a password; save it without one. Skipped."
        )
    return UserError(
        f"{name} 不是完整的 PDF，请重新下载，或打开后另存一次；已跳过。",
        f"{name} is no whole PDF; download it again or save it anew. Skipped.",
    )


def _page_damaged(name: str, number: int) -> UserError:
    return UserError(f"{name} 第 {number} 页已损坏，没有读入。", f"{name}: page {number} is damaged and was not read.")


# ---------------------------------------------------------------- a page's words and strokes


def _read_page(page: "pypdfium2.PdfPage", number: int) -> _Page:
    import pypdfium2.raw as pdfium

    read = _Page(number, page.get_height())
    text = page.get_textpage()
    read.pieces, read.broken = _pieces(text, read.height)
    strokes: list[Stroke] = []
    for item in page.get_objects(max_depth=4):
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            read.has_pictures = True
        elif item.type == pdfium.FPDF_PAGEOBJ_PATH:
            strokes += _strokes(item.get_bounds(), read.height)
    read.tables = tables(strokes, read.pieces)
    text.close()
    page.close()
    return read


def _strokes(bounds: tuple[float, float, float, float], height: float) -> Iterator[Stroke]:
    """A path as strokes: a line, or the four sides of a rectangle."""
    left, bottom, right, top = bounds
    wide, high = right - left, top - bottom
    if high <= THIN:
        if wide >= STROKE:
            yield Stroke(True, height - (top + bottom) / 2, left, right)
    elif wide <= THIN:
        if high >= STROKE:
            yield Stroke(False, (left + right) / 2, height - top, height - bottom)
    elif wide >= STROKE and high >= STROKE:
        for at in (top, bottom):
            yield Stroke(True, height - at, left, right)
        for at in (left, right):
            yield Stroke(False, at, height - top, height - bottom)


def _pieces(text: "pypdfium2.PdfTextPage", height: float) -> tuple[list[Piece], float]:
    """The page's words, and which share of its characters is none."""
    import pypdfium2.raw as pdfium

    raw, count = text.raw, text.count_chars()
    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    colour = [ctypes.c_uint() for _ in range(4)]
    pieces: list[Piece] = []
    broken, blank = 0, False
    shown: list[str] = []
    for n in range(count):
        code = pdfium.FPDFText_GetUnicode(raw, n)
        sign = chr(code) if 0 < code < 0x110000 else "\ufffd"
        broken += (
            pdfium.FPDFText_HasUnicodeMapError(raw, n) == 1
            or sign in "\ufffd\ufffe\uffff"
            or "\ue000" <= sign <= "\uf8ff"
        )
        if pdfium.FPDFText_IsGenerated(raw, n) == 1:
            continue
        if sign.isspace() or not pdfium.FPDFText_GetLooseCharBox(raw, n, ctypes.byref(box)):
            blank = True
            continue
        x0, x1, size = box.left, box.right, pdfium.FPDFText_GetFontSize(raw, n) or 1.0
        shown.append(sign)
        above = pieces[-1] if pieces else None
        pdfium.FPDFText_GetCharOrigin(raw, n, ctypes.byref(x), ctypes.byref(y))
        line_top, line_bottom = height - y.value - ASCENT * size, height - y.value + (1 - ASCENT) * size
        if (
            above is not None
            and _same_line(above, line_top, line_bottom, size)
            and -0.5 * size <= x0 - above.x1 <= 0.8 * size
        ):
            gap = x0 - above.x1
            apart = (
                gap > 0.5 * size
                or (gap > 0.15 * size and (sign + above.text[-1]).isascii())
                or (blank and gap > 0.1 * size)
            )
            pieces[-1] = above._replace(text=above.text + (" " if apart else "") + sign, x1=max(x1, above.x1))
        else:
            pdfium.FPDFText_GetFillColor(raw, n, *map(ctypes.byref, colour))
            red = colour[0].value > 180 and colour[1].value < 90 and colour[2].value < 90
            pieces.append(Piece(sign, x0, x1, line_top, line_bottom, size, red))
        blank = False
    strange = max(broken / max(count, 1), rarity("".join(shown)) if len(shown) > 20 else 0.0)
    return [piece._replace(text=plain_ideographs(piece.text)) for piece in pieces], strange


def _same_line(piece: Piece, top: float, bottom: float, size: float) -> bool:
    overlap = min(piece.bottom, bottom) - max(piece.top, top)
    return overlap > 0.5 * size and 0.6 <= piece.size / size <= 1.7


# ---------------------------------------------------------------- running heads


def _take_furniture(pages: Sequence[_Page]) -> None:
    """Move what repeats itself in the margins, and what counts the pages, out of the pages' words."""
    margins = {page.number: _in_margin(page) for page in pages}
    seen = Counter(mask for lines in margins.values() for mask in {_mask(line) for line in lines})
    least = max(3, REPEATED * len(pages))
    for page in pages:
        page.unread = [line for line in margins[page.number] if seen[_mask(line)] >= least or _is_number(line)]
        unread = {piece for line in page.unread for piece in line.pieces}
        page.pieces = [piece for piece in page.pieces if piece not in unread]


def _in_margin(page: _Page) -> list[Line]:
    """The lines at the page's head and foot that stand in no table."""
    tabled = {piece for table in page.tables for piece in table.pieces}
    edge = MARGIN * page.height
    found = [p for p in page.pieces if p not in tabled and (p.bottom < edge or p.top > page.height - edge)]
    return [Line(tuple(band)) for band in bands_of(found)]


def _is_number(line: Line) -> bool:
    return PAGE_NUMBER.fullmatch("".join(line.text.split())) is not None


def _mask(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+|[一二三四五六七八九十]+", "#", line.text), round(line.top / 12)


# ---------------------------------------------------------------- paragraphs


class _Writer:
    """Gives the pages' paragraphs to the maker, one that goes on over a page's end whole."""

    def __init__(self, maker: Maker, pages: Sequence[_Page]) -> None:
        self.maker = maker
        self.pages = pages
        self.scans: list[int] = []  # pages that are pictures
        self.broken: list[int] = []  # pages whose text is none
        sizes: Counter[float] = Counter()
        for piece in (piece for page in pages for piece in page.pieces):
            sizes[round(piece.size, 1)] += len(piece.text)
        self.size = sizes.most_common(1)[0][0] if sizes else 0.0
        self.open: list[tuple[Paragraph, int]] = []  # the paragraph that may go on, by its parts and their pages
        self.read = {page.number: self._blocks(page) for page in pages}
        self.is_newspaper = self._is_newspaper()

    def write(self) -> None:
        for page in self.pages:
            for line in page.unread:
                self.maker.leave_out(line.text, Why.PAGE, page.number)
            if page.is_scan or page.broken > MOST_BROKEN:
                self._close()
                (self.scans if page.is_scan else self.broken).append(page.number)
            else:
                self._page(page)
        self._close()

    def _is_newspaper(self) -> bool:
        """Whether a page holds several texts: headlines here and there over columns."""
        for blocks in self.read.values():
            found = [block for block in blocks if isinstance(block, Paragraph)]
            headlines = [p for p in found if p.size >= HEADLINE * self.size and not self._is_letterhead(p)]
            if len(headlines) >= LEAST_HEADLINES and any(p.columns > 1 for p in found):
                return True
        return False

    def _blocks(self, page: _Page) -> list[Paragraph | Table]:
        """The page's paragraphs and tables in their order."""
        get_on()
        if page.broken > MOST_BROKEN:
            return []
        blocks: list[Paragraph | Table] = []
        tabled = {piece for table in page.tables for piece in table.pieces}
        free = [piece for piece in page.pieces if piece not in tabled]
        for table in page.tables:
            blocks += paragraphs([piece for piece in free if piece.top < table.top])
            blocks.append(table)
            free = [piece for piece in free if piece.top >= table.top]
        return blocks + list(paragraphs(free))

    def _page(self, page: _Page) -> None:
        for n, block in enumerate(self.read[page.number]):
            if isinstance(block, Table):
                self._close()
                for words, is_row in lines_of(block.grid):
                    self.maker.add_parts([(words, page.number)], Mark.ROW if is_row else None)
            elif n == 0 and self.open and goes_on(self.open[-1][0], block):
                self.open.append((block, page.number))
            else:
                self._close()
                self.open = [(block, page.number)]

    def _close(self) -> None:
        if not self.open:
            return
        parts: list[tuple[str, int]] = []
        words = ""
        for paragraph, number in self.open:
            joined = join(words, paragraph.text)
            parts.append((joined[len(words) :] if joined.startswith(words) else paragraph.text, number))
            words = joined
        first, number = self.open[0]
        headline = self.is_newspaper and first.size >= HEADLINE * self.size
        self.maker.add_parts(parts, self._mark(first, number), above=2 if headline else 0)
        self.open = []

    def _mark(self, paragraph: Paragraph, number: int) -> Mark | None:
        if number > 1 or paragraph.size < HEADLINE * self.size or paragraph.columns > 1:
            return None
        if self._is_letterhead(paragraph):
            return Mark.LETTERHEAD
        return Mark.TITLE if paragraph.is_centred else None

    @staticmethod
    def _is_letterhead(paragraph: Paragraph) -> bool:
        return all(piece.red for line in paragraph.lines for piece in line.pieces)


def _no_text(name: str, numbers: Sequence[int]) -> UserError | None:
    if not numbers:
        return None
    pages = _ranges(numbers)
    return UserError(
        f"{name} 第 {pages} 页是图片，没有可读的文字；安装文字识别后可以读：pip install 'wence[ocr]'。",
        f"{name}: page {pages} is a picture without text; to read it: pip install 'wence[ocr]'.",
    )


def _broken(name: str, numbers: Sequence[int]) -> UserError | None:
    if not numbers:
        return None
    pages = _ranges(numbers)
    return UserError(
        f"{name} 第 {pages} 页的文字层已损坏（复制出来是乱码），没有读入；请用原文件重新导出 PDF。",
        f"{name}: the text of page {pages} is broken and was not read; export the PDF anew from its source.",
    )


def _ranges(numbers: Sequence[int]) -> str:
    """1、3-5"""
    starts = [n for before, n in pairwise([-1, *numbers]) if n != before + 1]
    ends = [n for n, after in pairwise([*numbers, -1]) if after != n + 1]
    return "、".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))
