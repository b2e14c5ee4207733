"""What the browser keeps of a turn, there and back; and what is refused of what comes back."""

import json
from dataclasses import replace

import pytest

from rag.datatypes import Sentence, Status
from tests.ui_fakes import ARTICLE, PROPOSAL, answered, cite
from web.turns import (
    MAX_TEXT,
    MAX_TURNS,
    Turn,
    answer_text,
    history_from_json,
    label_of,
    turn_from_json,
    turn_of,
    turn_to_json,
    turns_from_json,
)

ANSWER = replace(
    answered(
        "多少？",
        Sentence("每月600元。", (cite(1, ARTICLE, "每月补贴600元"), cite(2, ARTICLE, "补贴按季度发放。"))),
        Sentence("建议。", (cite(3, PROPOSAL, "高培元建议"), cite(1, ARTICLE, "每月补贴600元")), quoted=True),
        nearest=(ARTICLE, PROPOSAL),
    ),
    note="说明",
)
TURN = turn_of(ANSWER, label_of(PROPOSAL), "id1")


def test_a_turn_comes_back_from_the_browser_as_it_went():
    assert turn_from_json(json.loads(json.dumps(turn_to_json(TURN)))) == TURN


def test_a_turn_lists_each_of_its_sources_once_by_number():
    assert [(source.number, source.quote) for source in TURN.sources] == [
        (1, "每月补贴600元"),
        (2, "补贴按季度发放。"),
        (3, "高培元建议"),
    ]


def test_a_speaker_is_kept_with_the_role():
    assert label_of(PROPOSAL).speaker == "市政协常委高培元"
    assert label_of(replace(PROPOSAL, speaker=None)).speaker == ""


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "turn",
        [],
        {"question": 1},
        {"question": "?", "status": "certain"},
        {"question": "?", "said": [{"text": "。", "sources": [{"number": "x"}]}]},
        {"question": "?", "nearest": [{"article_id": "a", "title": "t", "kind": "gossip"}]},
        {"question": "?", "nearest": 3},
    ],
)
def test_what_is_no_turn_is_left_out(broken: object):
    assert turns_from_json([broken, turn_to_json(TURN)]) == (TURN,)


def test_only_a_list_holds_turns_and_only_so_many():
    assert turns_from_json({"0": turn_to_json(TURN)}) == ()
    assert len(turns_from_json([{"question": "?"}] * (MAX_TURNS + 5))) == MAX_TURNS


def test_a_kept_text_has_its_length():
    assert len(turn_from_json({"question": "?" * (MAX_TEXT + 5)}).question) == MAX_TEXT


def test_a_turn_without_an_answer_is_a_turn():
    assert turn_from_json({"question": "?", "problem": "已停止。"}) == Turn("?", problem="已停止。")
    assert turn_from_json({"question": "?", "status": "no_evidence"}).status is Status.NO_EVIDENCE


def test_the_history_is_the_last_pairs_of_texts_cut_to_length():
    values = [["一？", "一。"], ["二？"], ["三？", 3], "四", *[[f"{n}？", "答" * 9] for n in range(7)]]
    assert history_from_json(values, 4) == [(f"{n}？", "答答答答") for n in range(1, 7)]
    assert history_from_json({"a": 1}, 4) == []


def test_the_answer_as_a_follow_up_leans_on_it_has_no_markers():
    assert answer_text(TURN.said, "说明") == "每月600元。建议。说明"
