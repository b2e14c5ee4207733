"""Markdown -> what a reader sees of it: a paragraph for each block, each item and each row, without marks and addresses.

CommonMark as markdown-it reads it, with tables and struck-out text. An indented line is a paragraph, as Chinese writers
mean it, never code.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from rag.datatypes import Why

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONGEST_INLINE = 20_000  # characters: of a longer paragraph only the plain marks are read
MOST_LINES = 50_000  # of a longer text too, each line a paragraph
NESTED_MAX = 200  # levels of lists and quotations
# [name]: words, which is a definition only with an address behind it
DEFINITION = re.compile(
    r"^( {0,3})(\[[^\]\n]{1,80}\]:)(?!\s{0,8}(?:<|[A-Za-z][A-Za-z+.-]{0,20}:|/|#|\.|www\.))", re.MULTILINE
)
# [^1]: words below the text; [^1] where they are meant
FOOTNOTE = re.compile(r"^( {0,3})\[\^[^\]\s]{1,40}\]:[ \t]{0,8}", re.MULTILINE)
FOOTNOTE_MARK = re.compile(r"(?<!`)\[\^[^\]\s`]{1,40}\]")
NESTED = re.compile(
    r"^((?:[ \t]{0,3}(?:[-*+>]|\d{1,9}[.)])[ \t]{0,3}){8})(?:[ \t]*+(?:[-*+>]|\d{1,9}[.)])(?=[ \t>]))+", re.MULTILINE
)
TIMES = re.compile(r"(?<=[\d米])\*(?=\d)")  # 3*4米: no mark of emphasis
_TIMES = "\ufdd0"  # stands for it while marks are read
LEFT_MARKS = re.compile(r"(\*\*|~~)([^*~\n]{1,300}?)\1")  # as between **“免收”**登记费, which CommonMark leaves alone
MARKS = re.compile(r"[\\`*_~\[\]<>&]|  \n")
LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")
# A line within a paragraph that begins an item of its own, or is one of several 电话：……
ITEM = re.compile(r"(?:\d{1,3}[.、．)）](?!\d)|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|[①-⑳]|[•·●○■□◆▪]|第[一二三四五六七八九十百\d]{1,5}[条章节])")  # fmt: skip
LABELLED = re.compile(r"[^。，；：:,;]{1,12}[：:]")
TASK = re.compile(r"^\[[ xX]\]\s+")
TAGS = frozenset(
    [
        "a",
        "abbr",
        "address",
        "article",
        "aside",
        "b",
        "big",
        "blockquote",
        "body",
        "br",
        "button",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "font",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "i",
        "iframe",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "li",
        "link",
        "main",
        "mark",
        "meta",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "script",
        "section",
        "select",
        "small",
        "span",
        "strike",
        "strong",
        "style",
        "sub",
        "summary",
        "sup",
        "svg",
        "table",
        "tbody",
        "td",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "time",
        "title",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "video",
        "wbr",
    ]
)
IN_LINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
UNSEEN_TAGS = frozenset(("script", "style"))
TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")


@cache
def _parsers() -> "tuple[MarkdownIt, MarkdownIt]":
    """What finds the blocks of a text, and what reads the words of a block."""
    from markdown_it import MarkdownIt

    blocks = MarkdownIt("commonmark", {"maxNesting": NESTED_MAX}).enable("table").disable(["code", "inline"])
    return blocks, MarkdownIt("commonmark").enable("strikethrough")


@dataclass(slots=True)
class Plain:
    """What a Markdown text shows. `left_out`: (line from 0, words, why) of what no reader sees, or sees struck out."""

    title: str = ""
    paragraphs: list[str] = field(default_factory=list)
    left_out: list[tuple[int, str, Why]] = field(default_factory=list)


def read_markdown(text: str, title: str = "") -> Plain:
    """The text's paragraphs in order. `title`: the title where it is known; otherwise the first heading is."""
    if text.count("\n") > MOST_LINES:
        return Plain(
            title, [line for raw in text.split("\n") if (line := _without_marks(raw.lstrip(" \t#>*+-")).strip())]
        )
    closed = text.rfind("-->") + 1
    text = text[:closed] + text[closed:].replace("<!--", "")  # a comment that never ends hides nothing
    text = TIMES.sub(_TIMES, text)
    text = FOOTNOTE_MARK.sub("", FOOTNOTE.sub(r"\1注：", text))
    text = DEFINITION.sub(r"\1\\\2", NESTED.sub(r"\1", text))
    reader = _Reader(title)
    blocks, _ = _parsers()
    return reader.read(blocks.parse(text, reader.references))


class _Reader:
    """Walks the blocks once. State: the number of the item that has no words yet, and the cells of an open row."""

    def __init__(self, title: str) -> None:
        self.plain = Plain(title)
        self.titled = bool(title)
        self.number = ""
        self.cells: list[str] | None = None
        self.references: dict[str, object] = {}  # what markdown-it keeps of a text: [1]: https://…

    def read(self, tokens: Sequence["Token"]) -> Plain:
        for token, opening in zip(tokens, [None, *tokens], strict=False):
            line = token.map[0] if token.map else 0
            if token.type == "list_item_open":
                self._number_alone()
                self.number = f"{token.info}{token.markup} " if token.info else ""
            elif token.type == "list_item_close":
                self._number_alone()
            elif token.type == "tr_open":
                self.cells = []
            elif token.type == "tr_close":
                cells, self.cells = self.cells or [], None
                self._add("　".join(cells))
            elif token.type == "inline":
                self._inline(token.content, line, opening.tag if opening and opening.type == "heading_open" else "")
            elif token.type in ("fence", "code_block"):
                for words in token.content.split("\n"):
                    self._add(words)
            elif token.type == "html_block":
                for words in self._html(token.content, line):
                    self._add(words)
        return self.plain

    def _inline(self, content: str, line: int, heading: str) -> None:
        lines = self._lines(content, line)
        if self.cells is not None:
            self.cells.append(" ".join(lines))
        elif heading and not self.titled and (heading == "h1" or not self.plain.paragraphs):
            self.plain.title, self.titled = " ".join(lines), True
        else:
            for words in lines:
                self._add(words)

    def _add(self, words: str) -> None:
        if words := TASK.sub("", words.replace(_TIMES, "*").strip(), count=1):
            self.plain.paragraphs.append(self.number + words)
            self.number = ""

    def _number_alone(self) -> None:
        if self.number:
            self.plain.paragraphs.append(self.number.strip())
            self.number = ""

    def _leave_out(self, line: int, words: str, why: Why) -> None:
        if words.strip():
            self.plain.left_out.append((line, words.strip(), why))

    def _lines(self, content: str, line: int) -> list[str]:
        """The words of a block in the lines that a reader sees; lines that only the writer wrapped are joined."""
        if not MARKS.search(content):
            return _joined(content.split("\n"))
        if len(content) > LONGEST_INLINE:
            return _joined(_without_marks(content).split("\n"))
        _, words_of = _parsers()
        shown = "".join(self._shown(words_of.parseInline(content, self.references)[0].children or [], line))
        return [LEFT_MARKS.sub(r"\2", words) for part in shown.split("\f") for words in _joined(part.split("\n"))]

    def _shown(self, tokens: Sequence["Token"], line: int) -> Iterator[str]:
        """The words of a run; "\\n" for a line's end in the source, "\\f" for one that is meant."""
        struck: list[str] | None = None
        for token in tokens:
            words = token.content
            if token.type == "softbreak":
                words, line = "\n", line + 1
            elif token.type == "hardbreak":
                words, line = "\f", line + 1
            elif token.type == "image":
                words = "".join(self._shown(token.children or [], line))
            elif token.type == "html_inline":
                words = self._tag(words, line)
            elif token.type == "s_open":
                struck = []
            elif token.type == "s_close" and struck is not None:
                self._leave_out(line, "".join(struck), Why.STRUCK)
                struck = None
            if struck is not None:
                struck.append(words)
            else:
                yield words

    def _tag(self, raw: str, line: int) -> str:
        name = TAG.match(raw)
        if name is None or name[1].lower() in TAGS:
            if raw.startswith("<!--"):
                self._leave_out(line, raw[4:-3], Why.HIDDEN)
            return "\f" if name and name[1].lower() == "br" else ""
        return raw  # a placeholder: <name>

    def _html(self, content: str, line: int) -> list[str]:
        parser = _Html()
        parser.feed(content)
        parser.close()
        for words in parser.hidden:
            self._leave_out(line, words, Why.HIDDEN)
        return [" ".join(words.split()) for words in "".join(parser.shown).split("\f")]


class _Html(HTMLParser):
    """What a block of HTML shows, "\\f" between its lines."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.hidden: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in UNSEEN_TAGS
        self.shown.append(self._mark(tag, self.get_starttag_text() or ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shown.append(self._mark(tag, self.get_starttag_text() or ""))

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in UNSEEN_TAGS
        self.shown.append(self._mark(tag, ""))

    def handle_data(self, data: str) -> None:
        (self.hidden if self.unseen > 0 else self.shown).append(data)

    def handle_comment(self, data: str) -> None:
        self.hidden.append(data)

    def unknown_decl(self, data: str) -> None:
        self.shown.append(data)

    @staticmethod
    def _mark(tag: str, raw: str) -> str:
        return raw if tag not in TAGS else "" if tag in IN_LINE else "　" if tag in ("td", "th") else "\f"


def _without_marks(text: str) -> str:
    return re.sub(r"[*`]{1,3}", "", LINK.sub(r"\1", text))


def _joined(lines: Sequence[str]) -> list[str]:
    """A paragraph's lines, those that only the writer wrapped joined: Chinese without a blank, letters and digits with one."""
    found: list[list[str]] = []
    for line in filter(None, map(str.strip, lines)):
        above = found[-1][-1] if found else ""
        if not found or ITEM.match(line) or (LABELLED.match(line) and LABELLED.match(above)):
            found.append([line])
        else:
            apart = above[-1].isascii() and line[0].isascii() and above[-1].isalnum() and line[0].isalnum()
            found[-1] += [" ", line] if apart else [line]
    return ["".join(parts) for parts in found]


FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
FRONT_LINE = re.compile(r"([A-Za-z_]+)\s*:\s*(.*)")


def split_front_matter(text: str) -> tuple[dict[str, str] | None, int]:
    """The `key: value` lines between two `---` at the top, and where the body begins; (None, 0) without them."""
    match = FRONT_MATTER.match(text)
    if not match:
        return None, 0
    lines = filter(None, (FRONT_LINE.fullmatch(line.strip()) for line in match[1].split("\n")))
    return {m[1].lower(): m[2].strip().strip("\"'") for m in lines}, match.end()
