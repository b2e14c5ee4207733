"""An answer's [n] are its citations; the source's own note marks are left out of what is shown."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datatypes import Kind, Status
from rag.text.note_marks import without_note_marks
from tests.fakes import FakeGenerator, FakeJudge, make_article, make_bot


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("古树实行一级保护[2]，每株补助1200元[3]。", "古树实行一级保护，每株补助1200元。"),
        ("处三万元罚款［４］。", "处三万元罚款。"),
        ("处三万元罚款 [4] 。", "处三万元罚款 。"),
        ("每株补助1200元[2][3]。", "每株补助1200元。"),
        ("每株补助1200元[2,3]。", "每株补助1200元。"),
        ("每株补助1200元[2-5]。", "每株补助1200元。"),
        ("每株补助1200元[2、3]。", "每株补助1200元。"),
        ("每株补助1200元[注1]。", "每株补助1200元。"),
        ("每株补助1200元（注1）。", "每株补助1200元。"),
        ("每株补助1200元（见注２）。", "每株补助1200元。"),
        ("每株补助1200元[^1]。", "每株补助1200元。"),
        ("每株补助1200元【3】。", "每株补助1200元。"),
        ("每株补助1200元〔3〕。", "每株补助1200元。"),
        ("每株补助1200元①。", "每株补助1200元。"),
        ("一级保护②，二级保护。", "一级保护，二级保护。"),
        ("每株补助1200元¹。", "每株补助1200元。"),
        ("[3] 补助资金列入预算。", " 补助资金列入预算。"),
        ("按国发[2026]12号文件办理。", "按国发〔2026〕12号文件办理。"),
        ("按柳政办〔2026〕5号文件办理。", "按柳政办〔2026〕5号文件办理。"),
        ("按柳政办［2026］5号文件办理。", "按柳政办〔2026〕5号文件办理。"),
        ("按柳政办【2026】第5号文件办理。", "按柳政办〔2026〕第5号文件办理。"),
        ("按财字[86]12号文件办理。", "按财字〔86〕12号文件办理。"),
        ("按财字〔86〕12号文件办理。", "按财字〔86〕12号文件办理。"),
        ("[2026]年度计划", "〔2026〕年度计划"),
        ("编号[12345]", "编号〔12345〕"),
        ("取值范围为[0,100]。", "取值范围为〔0,100〕。"),
        ("①申请；②审核；③发证。", "①申请；②审核；③发证。"),
        ("见附件①。", "见附件①。"),
        ("属于情形①、②的", "属于情形①、②的"),
        ("绿地100m²。", "绿地100m²。"),
        ("约10⁸元。", "约10⁸元。"),
        ("每平方米（含公摊）2.5元。", "每平方米（含公摊）2.5元。"),
        ("（一）申请；（2）审核。", "（一）申请；（2）审核。"),
        ("【通知】各乡镇：", "【通知】各乡镇："),
        ("[某市]某局", "[某市]某局"),
        ("《办法》（2026年修订）", "《办法》（2026年修订）"),
        ("每株补助1200元（注：税后）。", "每株补助1200元（注：税后）。"),
        ("每株补助1200元。", "每株补助1200元。"),
        ("每株补助1\u200b200\u2060元[\u200b3]。", "每株补助1200元。"),
        ("", ""),
    ],
)
def test_what_is_shown_of_a_sentence(text: str, shown: str) -> None:
    assert without_note_marks(text) == shown


PIECES = st.lists(
    st.sampled_from(["补助", "1200元", "[3]", "［４］", "①", "[2026]", "5号", "〔2026〕", "（注1）", "¹", "m²", "，", "。", "[", "]", "3", " "]),
    max_size=30,
).map("".join)  # fmt: skip


@given(PIECES | st.text(max_size=60))
def test_no_number_is_left_in_square_brackets(text: str) -> None:
    assert not re.search(r"\[\d+\]", without_note_marks(text))


@given(st.text(alphabet="补助每株1200元，。（）〔2026〕5号《》m%", max_size=60))
def test_a_text_without_note_marks_is_shown_as_it_is(text: str) -> None:
    if not re.search("〔[0-9]{1,2}〕", text):
        assert without_note_marks(text) == text


NOTED = (
    "根据县政府文件（柳政办[2026]5号），制定本办法[1]。",
    "树龄三百年以上的古树实行一级保护[2]，每株每年养护补助1200元[3]。",
    "擅自移植古树的，处以三万元以上五万元以下罚款［４］。",
    "[3] 补助资金列入县级财政预算。",
)


@pytest.mark.parametrize(
    ("question", "draft", "shown"),
    [
        ("古树每株每年养护补助多少钱？", None, "1200元"),
        ("擅自移植古树罚多少？", None, "五万元以下罚款"),
        ("古树养护补助是怎么规定的？", "树龄三百年以上的古树实行一级保护[2]，每株每年养护补助1200元[3]。", "1200元"),
    ],
)
def test_each_number_in_brackets_is_a_citation_of_the_answer(
    tmp_path: Path, question: str, draft: str | None, shown: str
) -> None:
    generator = FakeGenerator(draft) if draft else None
    judge = FakeJudge(most=0.7) if draft else FakeJudge()
    bot = make_bot(tmp_path, [make_article("柳溪县古树保护办法[1]", *NOTED, kind=Kind.POLICY)], generator, judge)
    answer = bot.ask(question)
    numbers = {int(n) for n in re.findall(r"\[(\d+)\]", answer.text)}
    assert numbers == {citation.number for citation in answer.citations}
    assert shown in answer.text
    assert not re.search(r"[\[［][\d４]", "".join(sentence.text for sentence in answer.sentences))
    assert all(c.quote == c.article.text[c.span.start : c.span.end] for c in answer.citations)


def test_a_refusal_names_the_nearest_articles_without_their_note_marks(tmp_path: Path) -> None:
    answer = make_bot(tmp_path, [make_article("柳溪县古树保护办法[1]", *NOTED)]).ask("地铁票价是多少？")
    assert answer.status is Status.NO_EVIDENCE
    assert "古树保护办法》" in answer.text
    assert "[1]" not in answer.text
