"""What the browser keeps of a turn, there and back; and what is refused of what comes back."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.answers import conversation_markdown
from chat.rendering import turn_html
from chat.turns import (
    MAX_NUMBER,
    MAX_TEXT,
    MAX_TURNS,
    CitedPlace,
    Label,
    Said,
    Turn,
    answer_text,
    conversation_from_json,
    history_from_json,
    label_of,
    turn_from_json,
    turn_of,
    turn_to_json,
    turns_from_json,
)
from rag.datatypes import Choice, Kind, Sentence, Status
from rag.validity import Standing, State
from tests.ui_fakes import ARTICLE, PROPOSAL, answered, cite

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
PLACE = turn_to_json(TURN)["said"][0]["sources"][0]

# ---------------------------------------------------------------- laws

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
STANDINGS = st.none() | st.builds(Standing, st.sampled_from(State), TEXTS, TEXTS, TEXTS)
LABELS = st.builds(Label, TEXTS, TEXTS, st.sampled_from(Kind), TEXTS, TEXTS, TEXTS, STANDINGS)
NUMBERS = st.integers(0, MAX_NUMBER)
SOURCES = st.builds(CitedPlace, NUMBERS, LABELS, NUMBERS, NUMBERS, TEXTS)
SENTENCES = st.builds(Said, TEXTS, st.lists(SOURCES, max_size=3).map(tuple), st.booleans())
TURNS = st.builds(
    Turn, TEXTS, st.none() | LABELS, st.lists(SENTENCES, max_size=3).map(tuple), st.none() | st.sampled_from(Status),
    TEXTS, st.lists(LABELS, max_size=2).map(tuple), TEXTS, TEXTS, TEXTS,
    st.lists(st.builds(Choice, TEXTS, TEXTS), max_size=2).map(tuple),
)  # fmt: skip
NAMES = st.sampled_from([*turn_to_json(TURN), *PLACE, *PLACE["article"], "turns", "title", "text", "sources", "quoted"])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from([*Status, *Kind]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=6),
    max_leaves=25,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(TURNS, max_size=4).map(tuple))
def test_any_turns_come_back_from_the_browser_as_they_went(turns: tuple[Turn, ...]):
    kept = json.dumps({"title": "托育", "turns": [turn_to_json(turn) for turn in turns]})
    assert conversation_from_json(kept) == ("托育", turns)


@settings(max_examples=60, deadline=None)
@given(ANY_JSON)
def test_whatever_comes_back_is_turns_that_can_be_shown_or_refused(value: object):
    for kept in (value, {"title": "x", "turns": value}, {"title": "x", "turns": [value]}):
        try:
            title, turns = conversation_from_json(json.dumps(kept))
        except ValueError:
            continue
        html = "".join(turn_html(turn, rated=True) for turn in turns)
        assert (html + conversation_markdown(title, turns, "今天")).encode()


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"title": "x", "turns": ' + "[" * 100_000, '{"a":' * 100_000, "1" * 9_999]
)
def test_what_is_nested_without_end_is_refused(text: str):
    with pytest.raises(ValueError):  # noqa: PT011 - json's own or ours, both end as 400
        conversation_from_json(text)


# ---------------------------------------------------------------- examples


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
        {"said": []},
        {"question": "?", "said": "abc"},
        {"question": "?", "said": {"text": "。"}},
        {"question": "?", "said": [{"sources": []}]},
        {"question": "?", "status": ["answered"]},
        {"question": "?", "within": {}},
        {"question": "?", "said": [{"text": "。"}] * 501},
        {"question": "?", "said": [{"text": "。", "sources": [PLACE | {"number": 10**400}]}]},
        {"question": "?", "said": [{"text": "。", "sources": [PLACE | {"start": -1}]}]},
        {"question": "?", "said": [{"text": "。", "sources": [PLACE | {"end": True}]}]},
    ],
)
def test_what_is_no_turn_is_refused(broken: object):
    with pytest.raises(ValueError, match=r"no |not "):
        turns_from_json([turn_to_json(TURN), broken])


def test_only_a_list_holds_turns_and_only_so_many():
    with pytest.raises(ValueError, match="turns is no list"):
        turns_from_json({"0": turn_to_json(TURN)})
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


@pytest.mark.parametrize(
    "standing", ["in_force", ["in_force"], ["kept", "", "", ""], ["in_force", 1, "", ""], {"state": "x"}]
)
def test_a_standing_that_is_none_is_refused(standing: object) -> None:
    label = {**PLACE["article"], "standing": standing}
    with pytest.raises(ValueError, match=r"standing|State"):
        turn_from_json({"question": "多少？", "within": label})


def test_a_turn_kept_before_there_were_states_is_still_shown() -> None:
    label = {name: value for name, value in PLACE["article"].items() if name != "standing"}
    within = turn_from_json({"question": "多少？", "within": label}).within
    assert within is not None
    assert within.standing is None
