"""DOCX -> marked text. The make of WordprocessingML is ECMA-376, part 1; elements are known by their names without namespace, so that
the strict form is read too.

A reader of the page sees what is not in its text: the numbers of lists (`rag.reading.docx_numbers`), accepted revisions, footnotes.
Running heads, comments, hidden and struck words are no part of the text and are told as left out.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from rag.datatypes import Why
from rag.errors import UserError
from rag.reading.docx_numbers import Numbers
from rag.reading.docx_styles import Look, Styles
from rag.reading.marked import Maker, Mark, MarkedText
from rag.reading.tables import lines_of
from rag.reading.xml_parts import attribute, child, children, local, part_of, text_of, value_of

BESIDE = {"del", "moveFrom"}  # what a revision took out
PASSED = {"rPr", "pPr", "instrText", "delText", "Fallback", "tblPr", "tblGrid", "sdtPr", "sdtEndPr", "annotationRef"}
TITLE_SIZE = 18.0  # points: the title of an official document is 二号 (22), its text 三号 (16); GB/T 9704-2012
TITLE_WITHIN = 15  # paragraphs from the top
MOST_COLUMNS = 200  # a cell may span


def read_docx(data: bytes, name: str) -> MarkedText:
    """UserError where the file is no whole DOCX."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _Reader(package, name).read()
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, EOFError, NotImplementedError, zlib.error) as error:
        raise UserError(
            f"{name} 不是完整的 DOCX（{type(error).__name__}），请用 Word 或 WPS 打开后另存一次；已跳过。",
            f"{name} is no whole DOCX ({type(error).__name__}); open it in Word or WPS and save it anew. Skipped.",
        ) from None


@dataclass(slots=True)
class _Paragraph:
    """A paragraph being read: its lines, what of it is left out, its notes and the text boxes that hang on it."""

    pieces: list[str] = field(default_factory=list)
    struck: list[tuple[str, Why]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)


class _Reader:
    """Walks the document once, in order."""

    def __init__(self, package: zipfile.ZipFile, name: str) -> None:
        self.package = package
        self.name = name
        self.document = part_of(package, "word/document.xml", name)
        self.styles = Styles(self._part("word/styles.xml"))
        self.numbers = Numbers(self._part("word/numbering.xml"), self.styles)
        self.notes = {
            kind: {attribute(note, "id"): note for note in children(self._part(f"word/{kind}s.xml"), kind)}
            for kind in ("footnote", "endnote")
        }
        self.maker = Maker()

    def _part(self, part: str) -> Element:
        return part_of(self.package, part, self.name) if part in self.package.NameToInfo else Element("none")

    def read(self) -> MarkedText:
        body = child(self.document, "body")
        if body is not None:
            self._blocks(body)
        self._beside()
        return self.maker.made()

    def _beside(self) -> None:
        """What is around the text: running heads, comments."""
        seen: set[str] = set()
        for name in sorted(self.package.NameToInfo):
            why = Why.PAGE if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name) else None
            why = Why.HIDDEN if name == "word/comments.xml" else why
            if why is None:
                continue
            for paragraph in self._part(name).iter():
                words = text_of(paragraph).strip() if local(paragraph) == "p" else ""
                if words and words not in seen:
                    seen.add(words)
                    self.maker.leave_out(words, why)

    def _blocks(self, parent: Element) -> None:
        for element in parent:
            kind = local(element)
            if kind == "p":
                self._paragraph(element)
            elif kind == "tbl":
                self._table(element)
            elif kind not in PASSED and kind not in BESIDE:
                self._blocks(element)  # sdt, sdtContent, customXml, ins: what is in them is text

    def _paragraph(self, element: Element) -> None:
        read = self._read(element)
        look = self.styles.look(element)
        if look.is_contents:
            self.maker.leave_out("".join(read.pieces), Why.FURNITURE)
            return
        number = self.numbers.number(element, look) if "".join(read.pieces).strip() else ""
        mark = self._mark(look)
        for n, line in enumerate("".join(read.pieces).split("\n")):
            self.maker.add((number if n == 0 else "") + line.strip(), mark)
        for words, why in read.struck:
            self.maker.leave_out(words, why)
        for n, note in enumerate(read.notes, start=1):
            self.maker.add(f"注{n if len(read.notes) > 1 else ''}：{note}", Mark.NOTE)
        for box in read.boxes:
            self._blocks(box)

    def _mark(self, look: Look) -> Mark | None:
        leading = self.maker.paragraphs < TITLE_WITHIN
        if look.is_title or (leading and look.centred and look.size >= TITLE_SIZE and not look.red):
            return Mark.TITLE
        if leading and look.red:
            return Mark.LETTERHEAD
        return Mark.HEADING if look.is_heading else None

    def _read(self, element: Element) -> _Paragraph:
        read = _Paragraph()
        for piece in self._pieces(element, read):
            read.pieces.append(piece)
        return read

    def _pieces(self, parent: Element, read: _Paragraph) -> Iterator[str]:
        """The words of a paragraph in order; "\\n" for a line's end that is meant."""
        for element in parent:
            kind = local(element)
            if kind in BESIDE:
                read.struck.append((text_of(element, ("t", "delText")), Why.STRUCK))
            elif kind == "r" and (why := self.styles.unseen(element)):
                read.struck.append((text_of(element), why))
            elif kind == "t":
                yield element.text or ""
            elif kind in ("br", "cr"):
                yield "\n"
            elif kind == "tab":
                yield "\u3000"
            elif kind == "noBreakHyphen":
                yield "-"
            elif kind == "sym":
                yield _symbol(attribute(element, "char"))
            elif kind in ("footnoteReference", "endnoteReference"):
                self._note(element, kind.removesuffix("Reference"), read)
            elif kind == "txbxContent":
                read.boxes.append(element)
            elif kind == "oMath":
                yield text_of(element)
            elif kind not in PASSED:
                yield from self._pieces(element, read)

    def _note(self, reference: Element, kind: str, read: _Paragraph) -> None:
        note = self.notes[kind].get(attribute(reference, "id"))
        if note is not None:
            words = " ".join("".join(self._read(p).pieces).strip() for p in note.iter() if local(p) == "p")
            if words.strip():
                read.notes.append(words.strip())

    # -------- tables

    def _table(self, table: Element) -> None:
        grid: list[list[str]] = []
        headers = 0
        for row in _unwrapped(table, "tr"):
            properties = child(row, "trPr")
            if child(properties, "del") is not None:
                self.maker.leave_out(text_of(row, ("t", "delText")), Why.STRUCK)
                continue
            headers += child(properties, "tblHeader") is not None and headers == len(grid)
            grid.append(self._row(row, grid[-1] if grid else []))
        if max(map(len, grid), default=0) == 1:  # a frame around paragraphs
            for row in _unwrapped(table, "tr"):
                for cell in _unwrapped(row, "tc"):
                    self._blocks(cell)
            return
        for words, is_row in lines_of(grid, headers or None):
            self.maker.add(words, Mark.ROW if is_row else None)

    def _row(self, row: Element, above: list[str]) -> list[str]:
        """The cells of a row, one for each column that it spans; one that is merged with the cell above says the same."""
        cells: list[str] = []
        for cell in _unwrapped(row, "tc"):
            properties = child(cell, "tcPr")
            span = int(value_of(properties, "gridSpan") or 1)
            merge = child(properties, "vMerge")
            goes_on = merge is not None and attribute(merge, "val") != "restart" and len(cells) < len(above)
            words = above[len(cells)] if goes_on else self._cell(cell)
            cells += [words] * min(max(span, 1), MOST_COLUMNS)
        return cells

    def _cell(self, cell: Element) -> str:
        """The words of a cell, those of a table within it too."""
        lines: list[str] = []
        for paragraph in (p for p in cell.iter() if local(p) == "p"):
            read = self._read(paragraph)
            words = "".join(read.pieces).strip()
            if words:
                lines.append(self.numbers.number(paragraph, self.styles.look(paragraph)) + words)
            lines += [f"（注：{note}）" for note in read.notes]
            for struck, why in read.struck:
                self.maker.leave_out(struck, why)
        return " ".join(lines)


def _unwrapped(parent: Element, kind: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, those in content controls and insertions too."""
    for element in parent:
        if local(element) == kind:
            yield element
        elif local(element) in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _unwrapped(element, kind)


def _symbol(code: str) -> str:
    """A character of a symbol font; what its font alone could show (a private code) is a bullet."""
    character = chr(int(code, 16)) if re.fullmatch(r"[0-9A-Fa-f]{1,4}", code) else ""
    return "•" if "\ue000" <= character <= "\uf8ff" else character
