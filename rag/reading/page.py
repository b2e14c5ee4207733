"""A newspaper page's text -> draft articles: which line is a headline, a byline, a credit, a paragraph's piece.

Pure rules over lines; nothing is read from disk. The order of work: `rag.reading.lines` (lines, with a fixed-width wrap undone, and
what each looks like by itself), `_Builder` (one pass that settles what only the neighbours can tell), `rag.reading.draft_article`
(what the whole article tells).
"""

import re

from rag.datatypes import Kind, Span
from rag.reading.draft_article import (
    POLICY_TITLE,
    SAID,
    DraftArticle,
    is_caption,
    is_document_title,
    iso_date,
    item_number,
    settle,
    take_imprint,
    take_note,
)
from rag.reading.lines import (
    AUTHOR_NOTE,
    BARE_NAME_NOTE,
    BULLET,
    COMPILED,
    DASH,
    DATELINE,
    ENUMERATOR,
    ISSUER,
    JUMP_FROM,
    JUMP_TO,
    NEWS_OPENING,
    NOTICE,
    OFFICE,
    PHOTO,
    PHOTO_ANYONE,
    REPORTER_NOTE,
    ROLE_LINE,
    SECTION_DASH,
    Block,
    Role,
    blocks,
    role_of,
    speaker_of,
)
from rag.reading.speakers import settle_speakers
from rag.text.normalization import HAN, ends_sentence
from rag.text.person_names import clean_names

SUBHEAD_MAX = 20
HEADING_MAX = 4  # signs: so short a line never begins an article below another
LABEL_MAX = 7


def parse_page(text: str) -> list[DraftArticle]:
    """The page's articles in the order of their text, paragraphs whole again."""
    found = blocks(text)
    return _Builder(text, found, [role_of(block) for block in found]).build()


class _Builder:
    """Walks the blocks once. State: the article that is open, and the section that holds for what follows."""

    def __init__(self, text: str, found: list[Block], roles: list[Role]) -> None:
        self.text = text
        self.blocks = [b for b, r in zip(found, roles, strict=True) if r is not Role.FURNITURE]
        self.roles = settle_speakers(self.blocks, [r for r in roles if r is not Role.FURNITURE])
        self.articles: list[DraftArticle] = []
        self.open: DraftArticle | None = None
        self.section: str | None = None
        self.opened_at = 0  # the last block of the open article's headline
        self.headline_gap = self._least_gap_above_headlines()

    def build(self) -> list[DraftArticle]:
        i = 0
        while i < len(self.blocks):
            i = self._step(i)
        self._close()
        return [a for a in self.articles if a.paragraphs]

    # Each handler takes the block's position and returns the position after what it used.

    def _step(self, i: int) -> int:
        role, block = self.roles[i], self.blocks[i]
        if not self.articles and self.open is None and NOTICE.fullmatch(block.text):
            return i + 1  # a notice of the paper's own above everything
        if role in (Role.TITLE, Role.DASH, Role.LABEL) or (role is Role.SPEAKER and self._speech_without_title(i)):
            return self._headline(i)
        if role in (Role.BYLINE, Role.REPORTER_NOTE):
            self._article().reporter = self._article().reporter or clean_names(block.text)
            return i + 1
        if role is Role.COMPILED:
            match = COMPILED.fullmatch(block.text)
            self._article().reporter = clean_names((match and (match["a"] or match["b"])) or "")
            self._close()
            return i + 1
        if role is Role.PHOTO:
            self._photo(block)
            return i + 1
        if role is Role.AUTHOR_NOTE:
            self._author_note(block.text)
            return i + 1
        if role is Role.DATE:
            if self.open is not None:
                self.open.published = iso_date(block.text)
                if self.open.paragraphs:
                    self._close()
            return i + 1
        if role is Role.IMPRINT:
            take_imprint(self._article(), block.text)
            return i + 1
        if role is Role.SPEAKER:
            return self._speaker(i)
        self._body(i)
        return i + 1

    def _article(self) -> DraftArticle:
        if self.open is None:
            self.open = DraftArticle()
        return self.open

    def _close(self) -> None:
        if self.open is not None:
            settle(self.open, self.text)
            self.articles.append(self.open)
            self.open = None

    def _cut(self) -> bool:
        """Whether the open article's last paragraph stops in the middle of a sentence."""
        if self.open is None or not self.open.paragraphs or self.open.complete:
            return False
        return not ends_sentence(self._last_text())

    def _last_text(self) -> str:
        piece = self.open.paragraphs[-1][-1] if self.open else Span(0, 0)
        return self.text[piece.start : piece.end]

    def _role(self, i: int) -> Role | None:
        return self.roles[i] if i < len(self.roles) else None

    # -------- headlines

    def _headline(self, i: int) -> int:
        """A run of headline-like blocks: a section, an article's headline, a signature, a subheading, or a piece."""
        end = i
        while self._role(end) in (Role.TITLE, Role.LABEL) or (self._role(end) is Role.DASH and end > i):
            end += 1
            if self._ends_section_headline(end - 1):
                break
        if end == i:
            end = i + (self.roles[i] is Role.DASH)
        run = list(range(i, end))
        if self._is_signature(run, end):
            return end
        if run and self._ends_section_headline(run[-1]):
            return self._section_headline(run)
        if not self._starts_article(run, end):
            for position in run:
                self._body(position)
            return end
        return self._open_article(run, end)

    def _is_signature(self, run: list[int], end: int) -> bool:
        """Offices above a date that close a notice."""
        return bool(self.open and self.open.paragraphs and self._role(end) is Role.DATE and run and not self._cut())

    def _ends_section_headline(self, i: int) -> bool:
        """A ——…… line that names a collection (发言摘编), or above another headline: not a subtitle, which stands right
        above the byline or the text. A second such line belongs to the section too."""
        if self._role(i) is not Role.DASH or self._role(i + 1) is Role.DASH:
            return False
        collection = SECTION_DASH.search(self.blocks[i].text) is not None
        return collection or self._role(i + 1) in (Role.TITLE, Role.LABEL)

    def _section_headline(self, run: list[int]) -> int:
        self._close()
        titles = [self.blocks[p].text for p in run if self.roles[p] is not Role.DASH]
        self.section = titles[0] if titles else None
        return run[-1] + 1

    def _starts_article(self, run: list[int], end: int) -> bool:
        """Whether the run is an article's headline, and not a subheading or a piece of the open article."""
        if end >= len(self.blocks):
            return False
        if self.open is None or not self.open.paragraphs or self._announced(run, end):
            return True
        texts = [self.blocks[p].text for p in run]
        gap = self.blocks[run[0]].gap
        if len(texts[-1]) <= HEADING_MAX:
            return False  # a heading of the open article
        if self._cut() or gap < self.headline_gap or (ends_sentence(texts[-1]) and gap <= 1):
            return False  # a piece of the paragraph above, a subheading, or a short spoken line
        return len(run) >= 2 or gap >= 2 or 14 <= len(texts[-1]) <= 30

    def _announced(self, run: list[int], end: int) -> bool:
        """Whether what stands around the run says that it is a headline: a speaker, a byline, a dateline below it…"""
        next_text = self.blocks[end].text if end < len(self.blocks) else ""
        return (
            self._role(end) in (Role.SPEAKER, Role.BYLINE, Role.IMPRINT)
            or any(self.roles[p] in (Role.DASH, Role.LABEL) for p in run)
            or bool(DATELINE.match(next_text) or JUMP_FROM.match(next_text))
            or (len(self.blocks[run[-1]].text) >= 8 and bool(NEWS_OPENING.match(next_text)))
            or any(is_document_title(self.blocks[p].text) for p in run)
        )

    def _least_gap_above_headlines(self) -> int:
        """How many blank lines the page leaves above a headline, at least, as its unmistakable headlines show."""
        gaps = [
            self.blocks[i].gap
            for i, role in enumerate(self.roles)
            if i > 0 and role is Role.TITLE and self.roles[i - 1] is not Role.TITLE and self._announced([i], i + 1)
        ]
        return min(gaps, default=0)

    def _open_article(self, run: list[int], end: int) -> int:
        above = self.open if self.open and not self.open.paragraphs else None
        self._close()
        self.opened_at = max(end - 1, 0)
        article = self._article()
        if above is not None:  # nothing but an imprint stands above the title
            article.published, article.reporter, article.number = above.published, above.reporter, above.number
        titles = [self.blocks[p].text for p in run if self.roles[p] is Role.TITLE]
        if len(titles) > 1 and self._role(end) is Role.SPEAKER and self._is_set_apart(run, end):
            self.section = titles.pop(0)  # what stands over several speeches
        labelled = any(self.roles[p] is Role.LABEL for p in run)
        for position in run:
            text = self.blocks[position].text
            if self.roles[position] is Role.DASH:
                article.subtitle = DASH.sub("", text, count=1).strip("—–― ")
            elif self.roles[position] is Role.LABEL:
                self.section = text
        if len(titles) > 1 and self._is_issuer(titles, end):
            article.issuer = titles.pop()
        take_note(article, titles)
        if len(titles) > 1 and self._role(end) is Role.SPEAKER and ROLE_LINE.fullmatch(titles[-1]):
            article.speaker_role = titles.pop()  # the role stands above the name
        if (
            len(titles) > 1
            and self.section is None
            and len(titles[0]) <= LABEL_MAX
            and not re.search(r"[\s，,！!？?“]", titles[0])
        ):
            self.section = titles.pop(0)
            labelled = True
        speech = self._role(end) is Role.SPEAKER or self._author_note_follows(end)
        if len(titles) > 1 and not speech and self._is_name_by_layout(run[-1]):
            article.speaker = titles.pop()
            speech = True
        if len(titles) > 1 and not speech and not any(POLICY_TITLE.search(t) for t in titles):
            article.kicker, article.title = titles[0], titles[1]
            if len(titles) > 2:
                article.subtitle = article.subtitle or titles[2]
        elif titles:
            article.title = " ".join(titles)
        article.section = self.section if speech or labelled else None
        if not speech:
            self.section = None
        return end

    def _is_issuer(self, titles: list[str], end: int) -> bool:
        """Whether the last line is the office that issued the document, between its title and its date."""
        titled = any(POLICY_TITLE.search(title) for title in titles[:-1])
        return titled and self._role(end) is Role.DATE and bool(ISSUER.fullmatch(titles[-1]))

    def _is_set_apart(self, run: list[int], end: int) -> bool:
        """Whether more blank lines follow the first of the titles than the others, down to the speaker."""
        _, *others = [p for p in run if self.roles[p] is Role.TITLE]
        below, *rest = [self.blocks[p].gap for p in [*others, end]]
        return below > max(rest)

    def _is_name_by_layout(self, i: int) -> bool:
        """A line of two to four characters set apart below a headline, of which the text says that somebody in an office
        says something: a speaker whose surname is too rare for the list."""
        text = self.blocks[i].text
        body = "".join(b.text for b in self.blocks[i + 1 : i + 4])
        return bool(re.fullmatch(f"[{HAN}]{{2,4}}", text)) and bool(re.search(f"{OFFICE}{text}{SAID}", body))

    def _author_note_follows(self, i: int) -> bool:
        """Whether the article that begins at `i` ends with a note on its author, before the next headline."""
        for position in range(i, min(i + 40, len(self.blocks))):
            if AUTHOR_NOTE.search(self.blocks[position].text):
                return True
            if self.roles[position] in (Role.TITLE, Role.DASH, Role.BYLINE, Role.COMPILED):
                return False
        return False

    def _speech_without_title(self, i: int) -> bool:
        """A speaker's line under the paragraphs of another speaker: a speech of its own, without a headline."""
        return bool(self.open and self.open.paragraphs and not self._cut())

    # -------- people and credits

    def _speaker(self, i: int) -> int:
        """A speaker's line, and the line below it where that is nothing but the role."""
        article = self._article()
        found = speaker_of(self.blocks[i].text)
        if found is None:
            return i + 1
        article.speaker, role = found
        article.speaker_role = role or article.speaker_role
        if role is None and self._role(i + 1) is Role.TITLE and ROLE_LINE.fullmatch(self.blocks[i + 1].text):
            article.speaker_role = self.blocks[i + 1].text
            return i + 2
        return i + 1

    def _author_note(self, text: str) -> None:
        match = AUTHOR_NOTE.search(text)
        article = self._article()
        if match:
            article.speaker_role = match["role"].strip()
        self._close()

    def _photo(self, block: Block) -> None:
        """A photographer's credit: the paragraph above it is a caption, an article of its own."""
        match = PHOTO.fullmatch(block.text)
        anyone = PHOTO_ANYONE.fullmatch(block.text)
        names = clean_names((match and (match["names"] or match["after"])) or (anyone and anyone["names"]) or "")
        article = self.open
        if article is None or not article.paragraphs:
            return
        if len(article.paragraphs) > 1 or article.speaker or article.reporter:
            last = article.paragraphs.pop()
            if not is_caption("".join(self.text[p.start : p.end] for p in last)):
                article.paragraphs.append(last)  # a picture without words; the article goes on
                return
            self._close()
            article = self.open = DraftArticle(paragraphs=[last])
        article.kind = Kind.CAPTION
        article.reporter = names
        self._close()

    # -------- paragraphs

    def _body(self, i: int) -> None:
        block, role = self.blocks[i], self.roles[i]
        pieces = list(block.pieces)
        if role is Role.CLAUSE or (role is Role.TITLE and not self._cut() and len(block.text) <= SUBHEAD_MAX):
            self._article().paragraphs.append(pieces)
            self._article().complete = True
            return
        if block.text.startswith(("图为", "图①")) and not self._cut():
            if self.open and self.open.paragraphs:
                self._close()
            self._article().kind = Kind.CAPTION
        article = self._article()
        head = JUMP_FROM.match(self.text[pieces[0].start : pieces[0].end])
        if head:
            pieces[0] = Span(pieces[0].start + head.end(), pieces[0].end)
        ended = self._trim_tail(article, pieces)
        pieces = [p for p in pieces if p.end > p.start]
        if pieces and self._continues(article, block):
            article.paragraphs[-1] += pieces
        elif pieces:
            article.paragraphs.append(pieces)
        article.complete = False
        if ended:
            self._close()

    def _trim_tail(self, article: DraftArticle, pieces: list[Span]) -> bool:
        """Take a note on the author, the reporter or the next page off the paragraph's end; True when it ends there."""
        tail = self.text[pieces[-1].start : pieces[-1].end]
        for pattern in (JUMP_TO, AUTHOR_NOTE, REPORTER_NOTE, BARE_NAME_NOTE):
            match = pattern.search(tail)
            if not match or match.start() == 0:
                continue
            pieces[-1] = Span(pieces[-1].start, pieces[-1].start + len(tail[: match.start()].rstrip()))
            if pattern is AUTHOR_NOTE:
                article.speaker_role = match["role"].strip()
            if pattern in (REPORTER_NOTE, BARE_NAME_NOTE):
                article.reporter = clean_names(match["names"])
            return pattern is not JUMP_TO
        return False

    def _continues(self, article: DraftArticle, block: Block) -> bool:
        """Whether the block goes on with the last paragraph, which the column cut."""
        if not article.paragraphs or article.complete or BULLET.match(block.text):
            return False
        first = article.paragraphs[-1][0]
        above, here = item_number(self.text[first.start : first.end]), item_number(block.text)
        if above is not None and here == above + 1:
            return False  # the next item of a list, whatever the one above it ends with
        last = self._last_text()
        if re.search(r"[；;]$", last):
            return not (block.indented or ENUMERATOR.match(block.text))
        return not ends_sentence(last) and not (block.indented and ENUMERATOR.match(block.text))
