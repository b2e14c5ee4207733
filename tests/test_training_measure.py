"""What a measurement counts: answers right, refused, cited, told from untold."""

import json
from pathlib import Path

import pytest

from eval.real_policies import PolicyDocument, PolicyQuestion
from eval.training.development import policy_item
from eval.training.measure import Answered, add_figures, keep, refused_at, summary
from rag.datatypes import Span


def answered(answers: tuple[tuple[str, ...], ...], written: str, untold: float, *numbers: int) -> Answered:
    return Answered("q", "set", "问？", answers, written, numbers, (2,), untold)


def test_a_list_is_right_only_when_all_of_it_is_told() -> None:
    both = (("3元", "三元"), ("两餐",))
    assert answered(both, "每餐三元，补两餐", 0.0).is_right
    assert not answered(both, "每餐三元", 0.0).is_right
    assert not answered((), "每餐三元", 0.0).is_right


def test_f1_is_against_the_best_alternative_or_the_first_of_each_thing() -> None:
    assert answered((("3元", "每餐3元"),), "每餐3元", 0.0).f1 == 1.0
    assert answered((("3元", "三元"), ("两餐",)), "3元；两餐", 0.0).f1 == 1.0


def test_a_summary_counts_told_and_untold_apart() -> None:
    told, untold = (("3元",),), ()
    figures = summary(
        [
            answered(told, "3元", -5.0, 2),
            answered(told, "4元", -4.0, 1),
            answered(told, "", 3.0),
            answered(untold, "", 4.0),
            answered(untold, "5元", -4.5),
        ]
    )
    assert (figures["told"], figures["untold"]) == (3, 2)
    assert figures["holds_gold"][0] == pytest.approx(1 / 3, abs=1e-3)
    assert figures["told_refused"][0] == pytest.approx(1 / 3, abs=1e-3)
    assert figures["untold_refused"][0] == 0.5
    assert figures["cites_bearing"][0] == 0.5
    assert figures["auroc"][0] == pytest.approx(4 / 6, abs=1e-3)


def test_the_threshold_refuses_no_more_told_ones_than_it_may() -> None:
    told = [answered((("甲",),), "甲", score) for score in (-3.0, -2.0, -1.0, 0.0)]
    untold = [answered((), "", score) for score in (-2.5, -1.5, -0.5, 0.5)]
    assert refused_at([*told, *untold], 0.0) == 0.25
    assert refused_at([*told, *untold], 0.25) == 0.5


def test_a_policy_question_is_asked_of_the_stretch_that_tells_it() -> None:
    text = "梅溪县的办法。" + "助餐点很多。" * 40 + "每餐补助3元。" + "另有规定。" * 40
    start = text.index("每餐补助3元")
    question = PolicyQuestion("p", "d/0", "fact", "补几多", (), ((Span(start, start + 6),),), (("3元",),))
    item = policy_item(question, PolicyDocument("d/0", "助餐办法", text), most=60)
    assert item is not None
    assert item.reading.title == "助餐办法"
    assert [item.reading.sentences[n - 1] for n in item.support] == ["每餐补助3元。"]
    assert sum(map(len, item.reading.sentences)) <= 60


def test_figures_of_a_set_are_kept_beside_those_of_others(tmp_path: Path) -> None:
    add_figures(tmp_path / "run.json", "one", {"told": 1})
    add_figures(tmp_path / "run.json", "other", {"told": 2})
    add_figures(tmp_path / "run.json", "one", {"told": 3})
    assert json.loads((tmp_path / "run.json").read_text("utf-8")) == {"one": {"told": 3}, "other": {"told": 2}}


def test_answers_are_kept_a_line_each(tmp_path: Path) -> None:
    kept = keep(iter([answered((("甲",),), "甲", 0.0, 2)]), tmp_path / "run.jsonl")
    lines = (tmp_path / "run.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["answer"] for line in lines] == ["甲"]
    assert kept == [answered((("甲",),), "甲", 0.0, 2)]
