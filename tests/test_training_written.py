"""The texts and questions that were written to teach the local model: each line holds what it says it holds."""

import json
import re
from pathlib import Path

import pytest

from eval.training.written import HERE, SOURCE, is_kept, written

TEXT = "青檀镇关于发放助餐补贴的通知"
LINE = {
    "title": TEXT,
    "text": "一、补贴标准：60周岁以上老人每餐补3元。\n二、80周岁以上老人每餐补6元。\n三、电话：5550166。",
    "questions": [
        {"kind": "fact", "question": "我奶奶81了 一餐补几块", "answer": "6元", "support": ["每餐补6元"]},
        {"kind": "two", "question": "60的和80的各补多少", "answer": "3元和6元", "support": ["每餐补3元", "每餐补6元"]},
        {"kind": "untold", "question": "补贴啥时候到账", "answer": "", "support": []},
    ],
}


def a_folder(folder: Path, **changed: object) -> Path:
    (folder / "one.jsonl").write_text(json.dumps(LINE | changed, ensure_ascii=False) + "\n", "utf-8")
    return folder


def test_a_question_rests_on_the_numbered_sentences_that_its_pieces_stand_in(tmp_path: Path):
    (asking,) = [*written(False, a_folder(tmp_path)), *written(True, tmp_path)]
    assert (asking.source, asking.reading.title) == (SOURCE, TEXT)
    assert [(e.answer, e.support, e.kind) for e in asking.examples] == [
        ("6元", (2,), "fact"),
        ("3元和6元", (1, 2), "two"),
        ("", (), "untold"),
    ]


def test_a_piece_that_stands_in_two_places_is_no_place(tmp_path: Path):
    doubled = [{"kind": "fact", "question": "补多少", "answer": "3元", "support": ["周岁以上老人每餐补"]}]
    with pytest.raises(ValueError, match="补多少"):
        [*written(False, a_folder(tmp_path, questions=doubled)), *written(True, tmp_path)]


def test_what_is_measured_on_is_not_trained_on():
    trained, kept = ({a.reading.title for a in written(k)} for k in (False, True))
    assert trained
    assert kept
    assert not trained & kept
    assert all(is_kept(title) for title in kept)


def test_every_figure_of_an_answer_stands_in_its_sentences_or_in_the_question():
    strange = [
        (e.question, figure)
        for a in written() + written(kept=True)
        for e in a.examples
        for figure in re.findall(r"\d+(?:[.,]\d+)*", e.answer)
        if figure not in "".join(a.reading.sentences[n - 1] for n in e.support) + a.reading.title + e.question
    ]
    assert strange == []


def test_no_text_is_there_twice():
    titles = [
        json.loads(line)["title"] for path in HERE.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()
    ]
    assert len(titles) == len(set(titles))
