"""What of a page's text is in no article: told with its line and why, or, where nothing says that it may go, put back."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.datatypes import Span, Why
from rag.reading.draft_article import DraftArticle, iso_date, settle
from rag.reading.lines import DATE, NOTICE, SECTION_DASH, Block, Role, page_furniture, role_of, speaker_of
from rag.text.normalization import normalize

WHY = {
    Role.FURNITURE: Why.FURNITURE,
    Role.BYLINE: Why.CREDIT,
    Role.COMPILED: Why.CREDIT,
    Role.PHOTO: Why.CREDIT,
    Role.AUTHOR_NOTE: Why.CREDIT,
    Role.REPORTER_NOTE: Why.CREDIT,
    Role.DATE: Why.CREDIT,
    Role.IMPRINT: Why.CREDIT,
}
FIELDS = ("title", "kicker", "subtitle", "section", "speaker", "speaker_role", "reporter", "issuer", "number")
JUMP = re.compile(r"[（(]\s{0,8}(?:上接|下转)")
BELOW = re.compile(r"\s*+([^\n\f]+)")  # the next line that holds anything
TITLE_MAX = 45


@dataclass(frozen=True, slots=True)
class Rest:
    """A stretch of a line that no article holds. `line` counts from 1."""

    span: Span
    text: str
    line: int


def account_for(
    text: str, drafts: Sequence[DraftArticle], known: Mapping[int, Why]
) -> tuple[list[DraftArticle], list[tuple[Rest, Why]]]:
    """The articles with all that the page says, and what is left out of them with the reason. `known`: why a line goes whose place is
    given, where the reader of the file knew it."""
    furniture = page_furniture(text)
    rests = list(_rests(text, drafts, furniture))
    speakers = {draft.speaker for draft in drafts}
    left: list[tuple[Rest, Why]] = []
    lost: list[Rest] = []
    signed = -1  # where the lines that sign a notice begin
    for rest in reversed(rests):
        role = role_of(Block((rest.span,), rest.text, 0, False))
        below = BELOW.match(text, rest.span.end)
        if role is Role.TITLE and below and (below.start(1) == signed or DATE.fullmatch(below[1].strip())):
            signed = rest.span.start
        why = known.get(rest.span.start)
        if why is None:
            why = _why(rest, role, furniture, speakers) if signed != rest.span.start else Why.CREDIT
        if why is None:
            lost.append(rest)
        else:
            left.append((rest, why))
    return _put_back(text, list(drafts), lost[::-1]), left[::-1]


def _why(rest: Rest, role: Role, furniture: set[int], speakers: set[str | None]) -> Why | None:
    if rest.span.start in furniture:
        return Why.PAGE
    if JUMP.match(rest.text):
        return Why.FURNITURE
    if NOTICE.fullmatch(rest.text) or (role is Role.DASH and SECTION_DASH.search(rest.text)):
        return Why.NOTE
    if role is Role.SPEAKER and (speaker := speaker_of(rest.text)) and speaker[0] in speakers:
        return Why.CREDIT
    return WHY.get(role)


def _rests(text: str, drafts: Sequence[DraftArticle], furniture: set[int]) -> Iterator[Rest]:
    """The stretches that are furniture, or hold words that no fact of an article holds."""
    facts = re.sub(r"\W+", " ", normalize(" ".join(str(getattr(d, name) or "") for d in drafts for name in FIELDS)))
    dates = {draft.published for draft in drafts} - {None}
    pieces = sorted(piece for draft in drafts for paragraph in draft.paragraphs for piece in paragraph)
    for rest in _stretches(text, pieces):
        told = all(run in facts for run in re.findall(r"\w+", normalize(rest.text))) or iso_date(rest.text) in dates
        if rest.span.start in furniture or not told:
            yield rest


def _stretches(text: str, pieces: Sequence[Span]) -> Iterator[Rest]:
    """What of each line is in none of the pieces."""
    i = 0
    for number, match in enumerate(re.finditer(r"[^\n\f]*(?:[\n\f]|\Z)", text), start=1):
        start, end = match.span()
        ends = [start]
        while i < len(pieces) and pieces[i].start < end:
            ends += pieces[i]
            i += 1
        ends.append(end)
        for begin, stop in zip(ends[::2], ends[1::2], strict=True):
            raw = text[begin:stop]
            if words := raw.strip():
                first = begin + len(raw) - len(raw.lstrip())
                yield Rest(Span(first, first + len(words)), words, number)


def _put_back(text: str, drafts: list[DraftArticle], lost: Sequence[Rest]) -> list[DraftArticle]:
    """Each stretch that is lost becomes a paragraph of the article above it, of the first one where none is above."""
    if not drafts and lost:
        title = len(lost) > 1 and len(lost[0].text) <= TITLE_MAX
        made = DraftArticle(title=lost[0].text if title else "", paragraphs=[[rest.span] for rest in lost[title:]])
        settle(made, text)
        return [made]
    begins = [draft.paragraphs[0][0].start for draft in drafts]
    for rest in lost:
        draft = drafts[max(0, bisect_right(begins, rest.span.start) - 1)]
        draft.paragraphs.append([rest.span])
    for draft in drafts if lost else ():
        draft.paragraphs.sort(key=lambda pieces: pieces[0].start)
    return drafts
