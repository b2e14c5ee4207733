"""HTML -> marked text: the page's article without the site around it, which is told as left out.

The article is the smallest element that holds nearly all of the page's prose: words in sentences that are no links. What a site
says of its article in its head (Dublin Core, Open Graph and the names that Chinese authorities use) becomes its facts.
"""

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

from rag.datatypes import Why
from rag.errors import UserError
from rag.reading.decoding import decode_file
from rag.reading.draft_article import iso_date
from rag.reading.lines import IMPRINT
from rag.reading.marked import Maker, Mark, MarkedText
from rag.reading.tables import lines_of
from rag.text.normalization import HAN

if TYPE_CHECKING:
    from lxml.html import HtmlElement

NEARLY_ALL = 0.8  # of the prose that an element holds: the child with so much of it is looked at in its place
LEAST_PROSE = 15  # characters: shorter runs without a sentence's end are a menu's as likely as a text's
MOST_DEPTH = 400  # elements one in the other: of a deeper page only the text is read
INVISIBLE_TAGS = {
    "script",
    "style",
    "noscript",
    "template",
    "head",
    "svg",
    "iframe",
    "object",
    "select",
    "button",
    "textarea",
    "link",
    "meta",
}
AROUND = {"nav", "footer", "aside"}
INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font", "i", "img", "ins", "kbd", "label",
    "mark", "o:p", "q", "rp", "rt", "ruby", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
}  # fmt: skip
STRUCK = {"del", "s", "strike"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
FACTS = {
    "title": ("articletitle", "dc.title", "og:title"),
    "published": ("pubdate", "publishdate", "article:published_time", "dc.date", "dcterms.date"),
}
SITE = re.compile(r"\s?[-_|—–]{1,3}\s?[^-_|—–]{2,30}$")  # 渡口须知_苇川市人民政府
WRAPPED = re.compile(rf"(?<=[{HAN}，。、；：！？）》”])[ \t]*\r?\n\s*(?=[{HAN}（《“])")
ATTACHED = re.compile(r"附件\s?\d{0,2}\s?[:：.、]|附件\d{1,2}")


def read_html(data: bytes, name: str) -> MarkedText:
    """UserError where the page holds no text."""
    from lxml import etree, html

    decoded = decode_file(data, name, markup=True)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        page = html.document_fromstring(decoded.text.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        raise _empty(name) from None
    text = _Reader(page).read()
    if not text.text:
        raise _empty(name)
    damage = decoded.warning(name)
    return text if damage is None else _with_warning(text, damage)


def read_mhtml(data: bytes, name: str) -> MarkedText:
    """A page that a browser saved into one file (RFC 2557). UserError where it holds no page."""
    for part in message_from_bytes(data, policy=default).walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return read_html(content, name)
    raise _empty(name)


def _with_warning(text: MarkedText, warning: UserError) -> MarkedText:
    return MarkedText(text.text, text.marks, text.pages, text.facts, text.left_out, (warning,))


def _empty(name: str) -> UserError:
    return UserError(
        f"{name} 是空的网页（正文可能由脚本生成），请在浏览器里打开后另存为“网页，单个文件”；已跳过。",
        f"{name} is an empty page (a script may make its text); open it in a browser and save it as a single file. Skipped.",
    )


class _Reader:
    """Walks the page's article once."""

    def __init__(self, page: "HtmlElement") -> None:
        self.page = page
        self.maker = Maker()
        self.prose: dict[HtmlElement, int] = {}
        self.line: list[str] = []
        self.attached: list[str] = []  # lines beside the article that name what is attached to it

    def read(self) -> MarkedText:
        body = self.page.find("body")
        root = self.page if body is None else body
        self._remove_unseen(root)
        self._weigh(root)
        article = self._article(root)
        self._facts(root)
        self._around(article)
        self._block(article, 0)
        self._end_line()
        for words in self.attached:
            self.maker.add(words)
        return self.maker.made()

    # -------- which element is the article

    def _remove_unseen(self, root: "HtmlElement") -> None:
        """What no reader sees goes; words that are hidden or struck out are told."""
        for element in list(root.iter()):
            tag = element.tag if isinstance(element.tag, str) else ""
            hidden = element.get("hidden") is not None or HIDDEN.search(element.get("style", ""))
            if element is root or not (tag in INVISIBLE_TAGS or tag in STRUCK or hidden):
                continue
            if tag not in INVISIBLE_TAGS:
                self.maker.leave_out(element.text_content(), Why.STRUCK if tag in STRUCK else Why.HIDDEN)
            element.drop_tree()

    def _weigh(self, root: "HtmlElement") -> None:
        """How many characters of prose each element holds, links and what sites put around a text not counted."""
        for element in reversed(list(root.iter())):
            own = sum(_prose(words) for words in (element.text, *(child.tail for child in element)))
            below = sum(self.prose[child] for child in element)
            self.prose[element] = 0 if element.tag == "a" or element.tag in AROUND else own + below

    def _article(self, root: "HtmlElement") -> "HtmlElement":
        element = root
        while True:
            largest = max(element, key=self.prose.__getitem__, default=None)
            inside = largest is not None and largest.tag not in INLINE | HEADINGS | {
                "p",
                "table",
                "ul",
                "ol",
                "li",
                "tr",
                "tbody",
            }
            if (
                largest is None
                or not inside
                or self.prose[largest] < NEARLY_ALL * self.prose[element]
                or not self.prose[largest]
            ):
                return element
            element = largest

    # -------- what stands around it

    def _facts(self, root: "HtmlElement") -> None:
        given = {
            (m.get("name") or m.get("property") or "").casefold(): m.get("content", "").strip()
            for m in self.page.iter("meta")
        }
        for fact, names in FACTS.items():
            if value := next((given[name] for name in names if given.get(name)), ""):
                self.maker.facts[fact] = value if fact == "title" else iso_date(value) or ""
        headings = [" ".join(h.text_content().split()) for h in root.iter("h1")]
        if "title" not in self.maker.facts and len(headings) == 1 and headings[0]:
            self.maker.facts["title"] = headings[0]
        title = self.page.findtext(".//title") or ""
        if "title" not in self.maker.facts and title.strip():
            self.maker.facts["title"] = SITE.sub("", " ".join(title.split()))
        self.maker.facts = {fact: value for fact, value in self.maker.facts.items() if value}

    def _around(self, article: "HtmlElement") -> None:
        """Each piece of the site beside the article is told once; the article's own date, source and attachments are kept."""
        kept = {article, *article.iterancestors()}
        for parent in reversed([a for a in article.iterancestors() if a.tag != "html"]):
            for element in (child for child in parent if child not in kept):
                rest: list[str] = []
                for words in _lines(element):
                    if IMPRINT.fullmatch(words) and "published" not in self.maker.facts and (day := iso_date(words)):
                        self.maker.facts["published"] = day
                    if ATTACHED.match(words):
                        self.attached.append(words)
                    elif words != self.maker.facts.get("title"):
                        rest.append(words)
                self.maker.leave_out(" ".join(rest), Why.FURNITURE)

    # -------- the article

    def _end_line(self, mark: Mark | None = None, before: str = "") -> None:
        words = _words("".join(self.line))
        self.line = []
        if words and words != self.maker.facts.get("title"):
            self.maker.add(before + words, mark)

    def _block(self, element: "HtmlElement", depth: int) -> None:
        if depth > MOST_DEPTH:
            self.line.append(element.text_content())
            return
        self.line.append(element.text or "")
        for number, child in _numbered(element):
            tag = child.tag if isinstance(child.tag, str) else "span"
            if tag == "table":
                self._end_line()
                self._table(child, depth)
            elif tag == "br":
                self._end_line()
            elif tag in INLINE and not _holds_blocks(child):
                self.line.append(child.text_content())
            else:
                self._end_line()
                self.line.append(number)
                if tag in AROUND:
                    self.maker.leave_out(child.text_content(), Why.FURNITURE)
                else:
                    self._block(child, depth + 1)
                self._end_line(Mark.HEADING if tag in HEADINGS else None)
            self.line.append(child.tail or "")

    def _table(self, table: "HtmlElement", depth: int) -> None:
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
        if max(map(len, cells), default=0) < 2 or table.find(".//table") is not None:
            for cell in (cell for row in cells for cell in row):  # it only places what is in it
                self._block(cell, depth + 1)
                self._end_line()
            return
        headers = sum(1 for row in cells if row and all(cell.tag == "th" for cell in row))
        for caption in table.iter("caption"):
            self.maker.add(_words(caption.text_content()))
        for words, is_row in lines_of(grid_of(cells), headers or None):
            self.maker.add(words, Mark.ROW if is_row else None)


def grid_of(rows: Sequence[Sequence["HtmlElement"]]) -> list[list[str]]:
    """The words of the cells, those that span rows or columns in each place that they take."""
    grid: list[list[str]] = []
    pending: dict[int, tuple[int, str]] = {}  # of a column, how many more rows a cell takes, and its words
    for row in rows:
        line: list[str] = []
        left = list(row)
        while left or len(line) in pending:
            column = len(line)
            if column in pending:
                more, words = pending.pop(column)
                line.append(words)
                if more > 1:
                    pending[column] = (more - 1, words)
                continue
            cell = left.pop(0)
            words = _words(" ".join(_lines(cell)))
            for _ in range(_span(cell, "colspan")):
                if (down := _span(cell, "rowspan")) > 1:
                    pending[len(line)] = (down - 1, words)
                line.append(words)
        grid.append(line)
    return grid


def _span(cell: "HtmlElement", name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), 100) if value.isdecimal() and len(value) < 5 else 1


def _words(text: str) -> str:
    """The text on one line; where only the source's line ended between two Han characters nothing stands."""
    return " ".join(WRAPPED.sub("", text).split())


def _prose(words: str | None) -> int:
    words = (words or "").strip()
    if IMPRINT.fullmatch(words):
        return 0
    return len(words) if len(words) >= LEAST_PROSE or re.search(r"[。；！？]", words) else 0


def _holds_blocks(element: "HtmlElement") -> bool:
    return any(isinstance(e.tag, str) and (e.tag not in INLINE) for e in element.iterdescendants())


def _numbered(element: "HtmlElement") -> Iterator[tuple[str, "HtmlElement"]]:
    """The children, each item of a numbered list with its number."""
    start = element.get("start", "1")
    number = int(start) if start.isdecimal() and len(start) < 9 else 1
    for child in element:
        if element.tag == "ol" and child.tag == "li":
            yield f"{number}. ", child
            number += 1
        else:
            yield "", child


def _lines(element: "HtmlElement") -> Iterator[str]:
    """The lines of an element's text, without marks."""
    line: list[str] = [element.text or ""]
    for child in element:
        block = not isinstance(child.tag, str) or child.tag not in INLINE or _holds_blocks(child)
        if block:
            yield from filter(None, [_words("".join(line))])
            line = []
            yield from _lines(child)
        else:
            line.append(child.text_content())
        line.append(child.tail or "")
    yield from filter(None, [_words("".join(line))])
