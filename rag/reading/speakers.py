"""Which of a page's lines name a speaker. A line that could be a name is one only where the page's layout says so: a lone
word of two or three characters in a notice is a heading (范围, 申请, 宁静), however like a name it looks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.reading.draft_article import POLICY_TITLE, SAID
from rag.reading.lines import AUTHOR_NOTE, LABEL, OFFICE, SECTION_DASH, Block, Role, looks_like_title, speaker_of
from rag.text.person_names import is_person_name

MEMBER = re.compile(r"委员|代表|常委")
ROLE_BELOW = re.compile(rf"[^。，,；;：:？！?!]{{0,60}}{OFFICE}")
COLLECTION = re.compile(r"发言|建言|代表委员|委员代表|(?:委员|代表)[^。]{0,6}(?:说|谈|声音|心声|建议)")
SUGGESTS = re.compile("建议|提议|呼吁|希望")
HEADING_MAX = 4  # signs that a lone heading and a name alike may have
HEADLINE_MIN = 4
SPEECH_MAX = 60  # blocks of a page that are looked at for one speech


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A line that could be a speaker. `certain`: it is a name whatever stands around it."""

    at: int
    name: str
    role: str | None
    certain: bool


def settle_speakers(found: Sequence[Block], roles: Sequence[Role]) -> list[Role]:
    """The roles, where those lines alone are speakers that the page shows to be; the others are what they look like."""
    candidates = [
        _candidate(i, block) for i, (block, role) in enumerate(zip(found, roles, strict=True)) if role is Role.SPEAKER
    ]
    if not candidates:
        return list(roles)
    page = _Page(found, roles, candidates)
    settled = list(roles)
    shown = [c for c in candidates if page.is_shown(c)]
    if page.is_series([c for c in candidates if c not in shown], bool(shown)):
        shown = [c for c in candidates if c in shown or page.heads_a_speech(c)]
    for candidate in candidates:
        if candidate not in shown:
            settled[candidate.at] = page.other_role(candidate)
    return settled


def _candidate(at: int, block: Block) -> _Candidate:
    name, role = speaker_of(block.text) or ("", None)
    return _Candidate(at, name, role, is_person_name(name))


class _Page:
    def __init__(self, found: Sequence[Block], roles: Sequence[Role], candidates: Sequence[_Candidate]) -> None:
        self.blocks, self.roles = found, roles
        self.starts = {candidate.at for candidate in candidates}
        self.is_notice = any(
            POLICY_TITLE.search(block.text) and len(block.text) > HEADING_MAX
            for block, role in zip(found, roles, strict=True)
            if role is Role.TITLE
        )

    def is_shown(self, one: _Candidate) -> bool:
        """Whether what stands beside the name, by it alone, shows that somebody speaks: an office, a role in the text."""
        if not self._speech(one):
            return False
        if one.role is not None:
            member = bool(MEMBER.search(one.role))
            return (member or (one.certain and not self.is_notice)) and (one.certain or not re.search(r"\s", one.role))
        return self._has_office_below(one) or self._has_author_note(one) or self._is_named_in_text(one)

    def is_series(self, lone: Sequence[_Candidate], others: bool) -> bool:
        """Whether the lone names make up a collection of speeches: its headline says so, or several stand alike, each
        between a headline and a speech that suggests something, and no heading stands among them."""
        lone = [one for one in lone if one.role is None and self.heads_a_speech(one)]
        if not lone or self.is_notice:
            return False
        if any(self._announces(block, role) for block, role in zip(self.blocks, self.roles, strict=True)):
            return True
        certain = [one for one in lone if one.certain and self._suggests(one)]
        return len(certain) * 3 >= len(lone) and not self._has_headings(besides=lone)

    def heads_a_speech(self, one: _Candidate) -> bool:
        """Whether a headline stands right above and a text below."""
        above = self.blocks[one.at - 1].text if one.at else ""
        headline = one.at > 0 and self.roles[one.at - 1] in (Role.TITLE, Role.DASH) and len(above) >= HEADLINE_MIN
        return headline and bool(self._speech(one))

    def other_role(self, one: _Candidate) -> Role:
        """What the line is where it is no speaker: an author under a headline, or else what it looks like by itself."""
        if (
            one.role is None
            and one.certain
            and not self.is_notice
            and not self._has_headings()
            and self.heads_a_speech(one)
        ):
            return Role.BYLINE
        if LABEL.fullmatch(self.blocks[one.at].text):
            return Role.LABEL
        return Role.TITLE if looks_like_title(self.blocks[one.at].text) else Role.BODY

    def _speech(self, one: _Candidate) -> list[Block]:
        """What stands below the name, down to the next; empty where that is no text, as in a list of people."""
        start = one.at + 1 + self._has_office_below(one)
        end = start
        while end < min(len(self.blocks), start + SPEECH_MAX) and end not in self.starts:
            end += 1
        speech = self.blocks[start:end]
        return list(speech) if any(self.roles[p] in (Role.BODY, Role.CLAUSE) for p in range(start, end)) else []

    def _has_office_below(self, one: _Candidate) -> bool:
        below = one.at + 1
        if one.role is not None or below >= len(self.blocks) or self.roles[below] is not Role.TITLE:
            return False
        return bool(ROLE_BELOW.fullmatch(self.blocks[below].text)) and (
            one.certain or bool(MEMBER.search(self.blocks[below].text))
        )

    def _has_author_note(self, one: _Candidate) -> bool:
        notes = (AUTHOR_NOTE.search(block.text) for block in self._speech(one))
        return any(note and re.search(OFFICE, note["role"]) for note in notes)

    def _is_named_in_text(self, one: _Candidate) -> bool:
        """Whether the speech says it: 市政协委员高峰建议. A name that is no word needs no more than its office."""
        name = re.escape(one.name)
        pattern = rf"{OFFICE}{name}" if one.certain else rf"{OFFICE}{name}[^，。,；;：:]{{0,4}}{SAID}"
        if one.certain:
            pattern += rf"|(?:^|[，,。；;：:]){name}{SAID}"
        text = "".join(block.text for block in self._speech(one))
        return bool(re.search(pattern, text))

    def _announces(self, block: Block, role: Role) -> bool:
        collection = role is Role.DASH and SECTION_DASH.search(block.text)
        return bool(collection) or (role in (Role.TITLE, Role.DASH, Role.LABEL) and bool(COLLECTION.search(block.text)))

    def _suggests(self, one: _Candidate) -> bool:
        return any(SUGGESTS.search(block.text) for block in self._speech(one))

    def _has_headings(self, besides: Sequence[_Candidate] = ()) -> bool:
        """Whether lone words of the page below its first line are headings: as short as a name, and none."""
        skipped = {0, *(one.at for one in besides), *(one - 1 for one in self.starts)}
        return any(
            role in (Role.TITLE, Role.SPEAKER)
            and len(block.text) <= HEADING_MAX
            and not is_person_name("".join(block.text.split()))
            for i, (block, role) in enumerate(zip(self.blocks, self.roles, strict=True))
            if i not in skipped
        )
