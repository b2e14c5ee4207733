"""60 turns of conversations over invented notices, written to measure whether a question is understood as it is meant.

Half of them need what was said before (`leans`), a quarter stand alone although they look short (`stands_alone`), a quarter
change the topic (`new_topic`). The notices (eval/follow_ups/notices) are nobody's: what is developed on is only half of the
questions, the other half is scored only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from eval.data import HERE, broken, read_records, read_text
from eval.metrics import contains
from eval.real_policies import PolicyDocument
from rag.datatypes import Span

FOLDER = HERE / "follow_ups"
KINDS = ("leans", "stands_alone", "new_topic")
REASONS = ("not_told", "no_article")  # an article is about it but does not tell it; none is about it


@dataclass(frozen=True, slots=True)
class FollowUp:
    """`standalone`: what is meant, in words that need no conversation. `gold`: the places of `notice` that tell it, and of every
    inner tuple of `answers` one alternative must stand in a right answer; both empty where it is to be refused for `reason`."""

    id: str
    kind: str
    text: str
    history: tuple[tuple[str, str], ...]
    standalone: str
    notice: str
    gold: tuple[Span, ...]
    answers: tuple[tuple[str, ...], ...]
    reason: str
    is_for_scoring_only: bool

    @property
    def is_told(self) -> bool:
        return bool(self.gold)


def read_notices(folder: Path = FOLDER / "notices") -> dict[str, PolicyDocument]:
    """The notices by id; the first line of a file is its title."""
    notices = {}
    for path in sorted(folder.glob("*.txt")):
        title, _, text = read_text(path).partition("\n")
        notices[f"notices/{path.stem}"] = PolicyDocument(f"notices/{path.stem}", title, text)
    return notices


def read_follow_ups(notices: Mapping[str, PolicyDocument], path: Path = FOLDER / "questions.jsonl") -> list[FollowUp]:
    """The questions. UserError that names the line where something does not fit its notice."""
    return read_records(path, partial(_follow_up, notices, path))


def _follow_up(notices: Mapping[str, PolicyDocument], path: Path, record: Mapping[str, Any], line: int) -> FollowUp:
    notice = notices.get(record["notice"])
    if notice is None:
        raise broken(path, line, f"no notice {record['notice']}")
    if lost := [words for words in record["gold"] if notice.text.count(words) != 1]:
        raise broken(path, line, f"does not stand once in {notice.id}: {lost[0]}")
    starts = [(notice.text.index(words), len(words)) for words in record["gold"]]
    made = FollowUp(
        record["id"], record["kind"], record["question"], tuple((asked, told) for asked, told in record["history"]),
        record["standalone"], notice.id, tuple(Span(start, start + length) for start, length in starts),
        tuple(tuple(group) for group in record["answers"]), record["reason"], record["half"] == "held",
    )  # fmt: skip
    if why := wrong_with(made, notice.text):
        raise broken(path, line, why)
    return made


def wrong_with(asked: FollowUp, text: str) -> str:
    """What makes the question useless; empty where nothing does."""
    if asked.kind not in KINDS:
        return f"no kind {asked.kind}"
    if not asked.history:
        return "it follows nothing"
    if asked.is_told != bool(asked.answers) or asked.is_told == (asked.reason in REASONS):
        return "gold and answers belong to what is told, a reason to what is not"
    told = "\n".join(text[span.start : span.end] for span in asked.gold)
    if lost := [group for group in asked.answers if not any(contains(told, alternative) for alternative in group)]:
        return f"no alternative stands in the gold: {'/'.join(lost[0])}"
    return ""
