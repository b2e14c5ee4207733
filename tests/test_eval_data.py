"""Loaders read every form, sample by seed, and name the file and the line of what is broken."""

import json
from pathlib import Path

import pytest
from eval_fakes import page_questions, write_lines

from eval.answer_cache import AnswerCache, Asked, Key
from eval.data import sample
from eval.data_sets import (
    Pair,
    read_citecheck,
    read_distractors,
    read_dragonball,
    read_policy,
    read_reading,
    reading_corpus,
)
from eval.page_sets import read_page_questions
from rag.errors import UserError


def test_absent_data_sets_are_none(tmp_path: Path) -> None:
    assert read_policy(tmp_path) is None
    assert read_dragonball(tmp_path) is None
    assert read_citecheck(tmp_path) is None
    assert read_distractors(tmp_path, 5, 1) is None
    assert read_reading(tmp_path, "squad2_zh", "dev.json") is None


def test_samples_are_fixed_by_the_seed() -> None:
    pairs = [Pair(str(i), "", "", True) for i in range(50)]
    chosen = sample(pairs, 10, 1)
    assert chosen == sample(list(pairs), 10, 1)
    assert chosen != sample(pairs, 10, 2)
    assert {p.id for p in sample(pairs, 5, 1)} <= {p.id for p in chosen}
    assert sample(pairs, None, 1) == pairs


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "citecheck" / "dev.jsonl"
    write_lines(path, [{"idx": "1", "statement": "甲", "quote": "[1] 乙", "label": "1"}, {"idx": "2", "label": "1"}])
    with pytest.raises(UserError, match=r"dev\.jsonl:2"):
        read_citecheck(tmp_path)
    path.write_text('{"idx": "1", "statement": "甲", "quote": "[1] 乙", "label": "1"}\n', "utf-8")
    assert read_citecheck(tmp_path) == [Pair("1", "甲", "乙", True)]


def test_a_reading_set(tmp_path: Path) -> None:
    asked = [
        {"id": "a", "question": "哪国？", "answers": [{"text": "法国"}, {"text": "法国"}], "is_impossible": False},
        {"id": "b", "question": "谁？", "answers": [], "is_impossible": True},
    ]
    (tmp_path / "squad2_zh").mkdir()
    whole = {"data": [{"paragraphs": [{"context": "在法国。", "qas": asked}]}]}
    (tmp_path / "squad2_zh" / "dev.json").write_text(json.dumps(whole), "utf-8")
    first, second = read_reading(tmp_path, "squad2_zh", "dev.json") or []
    assert (first.answers, first.passages, second.answerable) == ((("法国",),), ("在法国。",), False)
    assert [a.text for a in reading_corpus([first, second])] == ["在法国。"]


PAGE = "桃李桥工程投资1203万元。" * 20


def read_with(tmp_path: Path, **changes: object) -> None:
    page = tmp_path / "page.txt"
    page.write_text(PAGE, "utf-8")
    good = {"id": "before", "question": "多少？", "history": [], "kind": "fact", "answerable": True, "article": None,
              "answers": ["1203"], "gold": [[0, 5]], "note": ""}  # fmt: skip
    write_lines(tmp_path / "page.jsonl", [good, {**good, "id": "q", **changes}])
    read_page_questions(tmp_path / "page.jsonl", page)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "riddle"},
        {"answerable": "yes"},
        {"answerable": False},
        {"answers": []},
        {"gold": []},
        {"gold": [[5, 5]]},
        {"gold": [[0, 99999]]},
        {"kind": "follow_up"},
        {"id": "before"},
        {"question": " "},
    ],
)
def test_a_page_question_that_is_not_whole_is_refused_with_its_line(tmp_path: Path, changes: dict[str, object]) -> None:
    read_with(tmp_path)
    with pytest.raises(UserError, match=r"page\.jsonl:2"):
        read_with(tmp_path, **changes)


def test_page_questions_carry_their_gold_words(tmp_path: Path) -> None:
    from eval_fakes import facts

    page = tmp_path / "page.txt"
    page.write_text("\n".join(facts()), "utf-8")
    write_lines(tmp_path / "page.jsonl", page_questions("\n".join(facts())))
    questions = read_page_questions(tmp_path / "page.jsonl", page)
    assert questions[1].gold == (facts()[1],)
    assert questions[-1].answerable is False


# ---- resuming ----------------------------------------------------------------------------------------------------


def test_a_question_in_the_ledger_is_not_asked_again(tmp_path: Path) -> None:
    path, key = tmp_path / "asked.jsonl", Key("abc", "fake")
    AnswerCache(path, key).take("q", lambda: Asked("q", "answered", seconds=1.5))

    def fail() -> Asked:
        raise AssertionError("asked again")

    assert AnswerCache(path, key).take("q", fail) == Asked("q", "answered", seconds=1.5)
    assert AnswerCache(path, Key("abd", "fake")).find("q") is None
    assert AnswerCache(path, Key("abc", "other")).find("q") is None


def test_a_line_cut_off_by_a_stop_is_dropped_and_asked_again(tmp_path: Path) -> None:
    path, key = tmp_path / "asked.jsonl", Key("abc", "fake")
    AnswerCache(path, key).take("q", lambda: Asked("q", "answered"))
    with path.open("a", encoding="utf-8") as file:
        file.write('{"commit": "abc", "set')
    answer_cache = AnswerCache(path, key)
    answer_cache.take("r", lambda: Asked("r", "insufficient"))
    assert len(AnswerCache(path, key)) == 2


def test_a_broken_ledger_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_text("{nonsense\n", "utf-8")
    with pytest.raises(UserError, match=r"asked\.jsonl:1"):
        AnswerCache(path, Key("abc", "fake"))
