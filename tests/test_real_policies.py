"""The questions on real policies: each is checked against its document, and the check finds what is wrong."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.data import evaldata_root
from eval.real_policies import (
    PolicyDocument,
    PolicyQuestion,
    read_citizens,
    read_policy_documents,
    read_real_policies,
    told_by,
    wrong_with,
)
from rag.datatypes import Span
from rag.errors import UserError

TEXT = "梅溪县的助餐点每餐补助3元，最多补两餐。"
DOCUMENT = PolicyDocument("notices/0", "助餐", TEXT)
QUESTION = PolicyQuestion("q1", "notices/0", "fact", "食一餐补几多", (), ((Span(5, 13),),), (("3元",),))


def write(folder: Path, **changed: object) -> Path:
    record = {
        "id": "q1", "document": "notices/0", "digest": hashlib.sha256(TEXT.encode()).hexdigest()[:12], "kind": "fact",
        "question": "食一餐补几多", "history": [], "gold": [[[5, 13]]], "answers": [["3元"]],
    } | changed  # fmt: skip
    (folder / "questions.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    return folder / "questions.jsonl"


def test_a_question_is_read_with_its_places(tmp_path: Path) -> None:
    assert read_real_policies({"notices/0": DOCUMENT}, write(tmp_path)) == [QUESTION]


def citizen(folder: Path, **changed: object) -> Path:
    place = {"title": "助餐", "file": "notices.jsonl", "line": 0}
    record = {
        "id": "c1", "kind": "two_places", "question": "一餐补几多，补几餐", "history": [["有补贴吗", "有"]],
        "document": [place, place], "gold": [[5, 13], [14, 19]], "must": ["3元|三元", "两餐"], "answer": "", "half": "held",
    } | changed  # fmt: skip
    (folder / "citizens.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    return folder / "citizens.jsonl"


def test_a_citizens_question_has_the_names_and_the_form_of_the_others(tmp_path: Path) -> None:
    (read,) = read_citizens({"notices/0": DOCUMENT}, citizen(tmp_path))
    assert read == PolicyQuestion(
        "c1", "notices/0", "compare", "一餐补几多，补几餐", (("有补贴吗", "有"),), ((Span(5, 13),), (Span(14, 19),)),
        (("3元", "三元"), ("两餐",)), True, ("notices/0", "notices/0"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {"gold": [[5, 13], [14, 99]]},
        {"kind": "riddle"},
        {"kind": "untold"},
        {"document": {"title": "别的", "file": "notices.jsonl", "line": 0}},
        {"document": {"title": "助餐", "file": "notices.jsonl", "line": 1}},
    ],
)
def test_a_citizens_question_that_fits_no_document_names_the_line(tmp_path: Path, changed: dict[str, object]) -> None:
    with pytest.raises(UserError, match=r"citizens\.jsonl:1"):
        read_citizens({"notices/0": DOCUMENT}, citizen(tmp_path, **changed))


def test_a_document_is_a_file_with_its_facts_once() -> None:
    whole = PolicyDocument(
        "n/0",
        "梅溪县助餐办法",
        "梅溪县助餐办法梅府〔2025〕3号\n每餐补助3元。",
        "梅溪县民政局",
        "梅府〔2025〕3号",
        "2025-06-01",
    )
    assert whole.as_file() == (
        "梅溪县助餐办法\n发布机构：梅溪县民政局\n发文字号：梅府〔2025〕3号\n发布日期：2025-06-01\n每餐补助3元。\n"
    )
    assert replace(whole, number="（年度通告）", date="", text="每餐补助3元。").as_file() == (
        "梅溪县助餐办法\n发布机构：梅溪县民政局\n每餐补助3元。\n"
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"document": "notices/1"},
        {"digest": "0" * 12},
        {"gold": [[[5, 99]]]},
        {"answers": [["4元"]]},
        {"kind": "untold"},
    ],
)
def test_what_does_not_fit_its_document_names_the_line(tmp_path: Path, changed: dict[str, object]) -> None:
    with pytest.raises(UserError, match=r"questions\.jsonl:1"):
        read_real_policies({"notices/0": DOCUMENT}, write(tmp_path, **changed))


def test_an_untold_question_has_neither_gold_nor_answers() -> None:
    assert wrong_with(replace(QUESTION, kind="untold", gold=(), answers=()), TEXT) == ""
    assert wrong_with(replace(QUESTION, gold=()), TEXT) != ""
    assert wrong_with(replace(QUESTION, kind="riddle"), TEXT) == "no kind riddle"


def test_every_thing_that_must_be_told_counts_by_itself() -> None:
    question = replace(QUESTION, answers=(("3元", "三元"), ("两餐",)))
    assert told_by(question, "每餐三元") == [True, False]
    assert told_by(question, "每餐3元，补两餐") == [True, True]
    assert told_by(question, "每餐13元") == [False, False]


def test_the_questions_that_ship_fit_their_documents() -> None:
    documents = read_policy_documents(evaldata_root())
    if not documents:
        pytest.skip("../shared/evaldata is not there")
    questions = read_real_policies(documents)
    assert len(questions) == len({q.id for q in questions}) == 226
    half = sum(q.is_for_scoring_only for q in questions)
    assert 95 <= half <= 131
    citizens = read_citizens(documents)
    assert len(citizens) == len({q.id for q in citizens}) == 200
    assert sum(q.is_for_scoring_only for q in citizens) == 98
