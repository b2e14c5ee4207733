"""The follow-ups: each fits its notice, and what does not is named."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from eval.follow_ups import FollowUp, read_follow_ups, read_notices, wrong_with
from eval.real_policies import PolicyDocument
from rag.datatypes import Span
from rag.errors import UserError

TEXT = "本科生补300元，硕士生补500元。"
NOTICE = PolicyDocument("notices/n", "补贴", TEXT)
ASKED = FollowUp(
    "t1", "leans", "硕士呢", (("本科生补多少？", "300元。"),), "硕士生补多少？", "notices/n", (Span(9, 17),), (("500元",),), "", False,
)  # fmt: skip


def write(folder: Path, **changed: object) -> Path:
    record = {
        "id": "t1", "kind": "leans", "notice": "notices/n", "history": [["本科生补多少？", "300元。"]], "question": "硕士呢",
        "standalone": "硕士生补多少？", "gold": ["硕士生补500元"], "answers": [["500元"]], "reason": "", "half": "read",
    } | changed  # fmt: skip
    (folder / "questions.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    return folder / "questions.jsonl"


def test_a_follow_up_is_read_with_the_places_of_its_words(tmp_path: Path) -> None:
    assert read_follow_ups({"notices/n": NOTICE}, write(tmp_path)) == [ASKED]


@pytest.mark.parametrize(
    "changed",
    [
        {"notice": "notices/m"},
        {"gold": ["博士生补700元"]},
        {"gold": ["生补"]},
        {"answers": [["700元"]]},
        {"answers": []},
        {"reason": "not_told"},
        {"gold": [], "answers": [], "reason": ""},
        {"gold": [], "answers": [], "reason": "tired"},
        {"history": []},
        {"kind": "riddle"},
    ],
)
def test_what_does_not_fit_its_notice_names_the_line(tmp_path: Path, changed: dict[str, object]) -> None:
    with pytest.raises(UserError, match=r"questions\.jsonl:1"):
        read_follow_ups({"notices/n": NOTICE}, write(tmp_path, **changed))


def test_what_is_not_told_needs_a_reason_and_no_gold() -> None:
    untold = replace(ASKED, gold=(), answers=(), reason="not_told")
    assert wrong_with(untold, TEXT) == ""
    assert not untold.is_told


def test_the_follow_ups_that_ship_are_sixty_over_fourteen_notices() -> None:
    notices = read_notices()
    asked = read_follow_ups(notices)
    assert len(notices) == 14
    assert len({f.id for f in asked}) == 60
    assert Counter(f.kind for f in asked) == {"leans": 30, "stands_alone": 15, "new_topic": 15}
    assert sum(f.is_for_scoring_only for f in asked) == 30
    assert {f.reason for f in asked} == {"", "not_told", "no_article"}
