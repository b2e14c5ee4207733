"""Training examples: sentence numbers, targets, texts without their answer, swapped questions, packing."""

import random
from pathlib import Path

import pytest

from eval.training.batches import Asked, Group
from eval.training.data import pack, split, to_group, unpack
from eval.training.documents import ask_window, for_measuring, lists, windows
from eval.training.examples import Asking, Example, cut, short, supporting, without
from eval.training.prompt import target_text
from eval.training.swaps import swapped
from eval.training.untold import Nearest, add_near, add_swapped
from eval.training.wording import as_typed
from rag.answering.prompts import UNTOLD, NumberedText, article_text, ask_text, parse_answer, read_text
from rag.errors import UserError

PASSAGE = "梅溪县设立了助餐点。每个助餐点补助三万元，由县民政局发放。2024年共建成12个。"


class Characters:
    """A tokenizer of one token a character, and one for each of the chat's marks."""

    MARKS = ("<|im_start|>", "<|im_end|>")

    class Encoded:
        def __init__(self, ids: list[int]) -> None:
            self.ids = ids

    def encode(self, text: str, add_special_tokens: bool) -> "Characters.Encoded":
        assert not add_special_tokens
        for number, mark in enumerate(self.MARKS):
            text = text.replace(mark, chr(number + 1))
        return self.Encoded([ord(c) for c in text])


def reading() -> NumberedText:
    return NumberedText.of(PASSAGE)


def told(question: str, answer: str, *support: int) -> Example:
    return Example(question, answer, support, "told")


def asking() -> Asking:
    return Asking("test", reading(), (told("一个点补多少？", "三万元", 2), told("2024年建成多少个？", "12个", 3)))


def test_sentences_are_numbered_from_one_after_the_title() -> None:
    text = article_text(NumberedText("助餐点办法", reading().sentences))
    assert text.split("\n") == [
        "《助餐点办法》",
        "[1]梅溪县设立了助餐点。",
        "[2]每个助餐点补助三万元，由县民政局发放。",
        "[3]2024年共建成12个。",
    ]


def test_the_article_ends_with_its_turn_and_the_question_begins_its_own() -> None:
    assert read_text(reading()).endswith("[3]2024年共建成12个。<|im_end|>\n")
    assert ask_text("补多少？") == "<|im_start|>user\n问题：补多少？<|im_end|>\n<|im_start|>assistant\n"


def test_what_a_text_says_is_never_a_mark_of_the_chat() -> None:
    assert ask_text("<|im_end|>").count("<|im_end|>") == 1
    assert "< |im_start|>system" in read_text(NumberedText("", ("<|im_start|>system",)))


@pytest.mark.parametrize(
    ("answer", "support", "written"),
    [
        ("三万元", (2,), "三万元[2]"),
        ("三万元；12个", (2, 3), "三万元；12个[2,3]"),
        ("", (), UNTOLD),
        ("三万元", (), "三万元"),
    ],
)
def test_a_target_is_the_answer_with_its_sentences_and_is_read_back(
    answer: str, support: tuple[int, ...], written: str
) -> None:
    assert target_text(answer, support) == written
    assert parse_answer(written) == (answer, support)


def test_a_bracket_inside_an_answer_is_no_sentence_number() -> None:
    assert parse_answer("打开[3]；登录[4]；提交[3,4]") == ("打开；登录；提交", (3, 4))
    assert parse_answer("资料未提及。") == ("", ())


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("三万元。", "三万元"),
        ("，三万元", "三万元"),
        ("“好邻居”", "“好邻居”"),
        ("助餐点）", "助餐点"),
        ("（一次）", "（一次）"),
    ],
)
def test_an_answer_loses_the_marks_at_its_ends(written: str, kept: str) -> None:
    assert short(written) == kept


def test_support_is_every_sentence_that_the_answer_stands_in() -> None:
    assert supporting(reading(), PASSAGE, PASSAGE.index("三万元"), "三万元") == (2,)
    both = "县民政局发放。2024年共建成12个"
    assert supporting(reading(), PASSAGE, PASSAGE.index(both), both) == (2, 3)


def test_support_is_counted_without_the_blanks_that_a_passage_has() -> None:
    spaced = "梅溪县  设立了助餐点。 \n每个助餐点补助 三万元。"
    assert supporting(NumberedText.of(spaced), spaced, spaced.index("三万元"), "三万元") == (2,)


def test_without_its_sentence_a_question_is_untold_and_the_others_are_renumbered() -> None:
    made = without(asking(), (2,), "without", "三万元")
    assert made is not None
    assert made.reading.sentences == ("梅溪县设立了助餐点。", "2024年共建成12个。")
    assert made.examples == (
        Example("一个点补多少？", "", (), "without"),
        Example("2024年建成多少个？", "12个", (2,), "told"),
    )


def test_sentences_that_repeat_the_hidden_answer_go_too() -> None:
    repeated = Asking(
        "test", NumberedText("", ("补三万元。", "就是三万元。", "其他。", "再者。")), (told("补多少？", "三万元", 1),)
    )
    made = without(repeated, (1,), "without", "三万元")
    assert made is not None
    assert made.reading.sentences == ("其他。", "再者。")
    assert without(asking(), (1, 2), "without", "三万元") is None  # one sentence is no text


def test_a_long_text_is_cut_around_what_is_asked() -> None:
    long = Asking("test", NumberedText("", ("甲" * 30, "乙" * 30, "丙" * 30, "丁" * 30)), (told("丙？", "丙丙", 3),))
    made = cut(long, 60)
    assert made is not None
    assert made.reading.sentences == ("丙" * 30, "丁" * 30)
    assert made.examples == (told("丙？", "丙丙", 1),)
    assert cut(long, 20) is None
    assert cut(long, 120) is long


def test_a_year_or_place_is_swapped_only_for_one_that_the_text_never_names() -> None:
    rng = random.Random(0)
    made = {swapped("2024年建成多少个？", PASSAGE, rng) for _ in range(60)}
    assert made == {f"{year}年建成多少个？" for year in (2021, 2022, 2023, 2025, 2026, 2027)}
    both = "青海和宁夏都报名了。"
    assert all(
        other is not None and "青海" not in other and "宁夏" not in other
        for other in (swapped("青海报名了吗？", both, rng) for _ in range(40))
    )
    assert swapped("何时报名？", both, rng) is None
    assert swapped("甘肃报名了吗？", both, rng) is None  # the text does not tell of it as it is


def test_swapped_questions_are_added_as_untold() -> None:
    made = [add_swapped(asking(), random.Random(seed)) for seed in range(20)]
    added = {e for a in made for e in a.examples} - set(asking().examples)
    assert added
    assert {(e.answer, e.support, e.kind) for e in added} == {("", (), "swapped")}


def test_a_near_question_is_of_another_text_and_its_answer_stands_not_in_this_one() -> None:
    other = Asking("test", NumberedText.of("云潭县的助餐点早上六点开门。"), (told("助餐点几点开门？", "早上六点", 1),))
    same = Asking("test", NumberedText.of("这里的助餐点补助三万元。"), (told("助餐点补助多少？", "三万元", 1),))
    nearest = Nearest([asking(), other, same])
    assert nearest.find(asking(), random.Random(0)) == Example("助餐点几点开门？", "", (), "near")
    kept = {add_near(asking(), nearest, random.Random(seed)).examples[2:] for seed in range(60)}
    assert kept == {(), (Example("助餐点几点开门？", "", (), "near"),)}


def test_a_question_as_typed_keeps_what_it_asks_of() -> None:
    rng = random.Random(0)
    typed = {as_typed("补助什么时候发放？", rng) for _ in range(50)}
    assert len(typed) > 5
    assert all("补助" in t and "发放" in t for t in typed)


def test_questions_of_a_rule_have_their_answer_in_the_sentence_that_they_name() -> None:
    text = (
        "第三条每个助餐点每年补助运营经费不超过三十户。符合条件的老人每餐可以享受补贴5元。由梅溪县民政局负责审核申请材料。"
        "申请开办助餐点应当具备下列条件：（一）有固定场所；（二）有健康证明；（三）有消防设施。"
        "骗取助餐点补助的，责令退回补助并取消资格。本办法自2025年3月1日起施行。"
    )
    read = NumberedText.of(text)
    examples = ask_window(read, random.Random(3), most=12)
    answers = {e.answer for e in examples}
    assert {
        "5元",
        "2025年3月1日",
        "梅溪县民政局",
        "有固定场所；有健康证明；有消防设施",
        "责令退回补助并取消资格",
    } <= answers
    for e in examples:
        stood = "".join(read.sentences[n - 1] for n in e.support)
        assert all(part in stood for part in e.answer.split("；"))


def test_a_list_has_all_its_items_and_the_sentences_of_each() -> None:
    read = NumberedText.of("开办者应当提交下列材料：（一）申请表；（二）证明；（三）照片。另有其他。")
    ((found, support),) = lists(read.sentences)
    assert found.answer == "申请表；证明；照片"
    assert found.questions[0] == "开办者应当提交哪些材料？"
    assert support == (1, 2, 3)


def test_windows_hold_every_sentence_once_in_order() -> None:
    text = "".join(f"第{n}句说了一些与补助有关的话。" for n in range(200))
    cut_up = [s for w in windows(text, "题目", random.Random(1)) for s in w.sentences]
    assert "".join(cut_up) == text


def test_an_eighth_of_the_documents_is_kept_for_measuring() -> None:
    kept = sum(for_measuring(f"document {n}") for n in range(2000))
    assert 200 < kept < 300


def test_a_group_has_the_text_once_and_each_target_ends_with_the_end_mark() -> None:
    group = to_group(asking(), Characters())  # type: ignore[arg-type]
    assert "".join(map(chr, group.read)) == "\1system\n" + read_text(reading()).split("system\n")[1].replace(
        "<|im_start|>", "\1"
    ).replace("<|im_end|>", "\2")
    assert ["".join(map(chr, a.target)) for a in group.asked] == ["三万元[2]\2", "12个[3]\2"]


def test_packed_groups_are_read_back_as_they_were(tmp_path: Path) -> None:
    untold = Asking("other", NumberedText.of("别的事。还有。"), (Example("补多少？", "", (), "near"),))
    pack([asking(), untold], Characters(), tmp_path / "data.npz")  # type: ignore[arg-type]
    packed = unpack(tmp_path / "data.npz")
    assert packed.groups == tuple(to_group(a, Characters()) for a in (asking(), untold))  # type: ignore[arg-type]
    assert packed.kinds == (("test/told", "test/told"), ("other/near",))
    assert all(isinstance(g, Group) and isinstance(a, Asked) for g in packed.groups for a in g.asked)


def test_a_missing_data_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"python -m eval\.training\.data"):
        unpack(tmp_path / "data.npz")


def test_many_questions_of_a_text_are_split_and_none_is_lost() -> None:
    many = Asking("test", reading(), tuple(told(f"第{n}问？", "三万元", 2) for n in range(19)))
    parts = split(many, random.Random(0))
    assert [len(p.examples) for p in parts] == [8, 8, 3]
    assert {e for p in parts for e in p.examples} == set(many.examples)
