"""Rows that stand in a text as sentences are a table again when they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datatypes import Span
from rag.reading.tables import lines_of
from rag.text.rows import TextTable, tables_in


def shown(*lines: str) -> list[object]:
    """Each paragraph's words; of a table its labels and its rows of cells."""
    text, spans = "\n".join(lines), []
    for line in lines:
        start = spans[-1].end + 1 if spans else 0
        spans.append(Span(start, start + len(line)))
    found: list[object] = []
    for part in tables_in(text, spans):
        if isinstance(part, TextTable):
            found.append([list(part.labels), *([text[s.start : s.end] for s in row] for row in part.rows)])
        else:
            found.append(text[part.start : part.end])
    return found


def test_rows_below_each_other_are_a_table_between_its_paragraphs() -> None:
    assert shown(
        "住院报销标准如下：",
        "医院级别：一级医院，起付标准：200元，比例：90%。",
        "医院级别：三级医院，起付标准：900元，比例：70%。",
        "自2027年1月1日起施行。",
    ) == [
        "住院报销标准如下：",
        [["医院级别", "起付标准", "比例"], ["一级医院", "200元", "90%"], ["三级医院", "900元", "70%"]],
        "自2027年1月1日起施行。",
    ]


def test_a_row_may_lack_a_cell_and_a_column_its_header() -> None:
    assert shown("甲乡，每户：30元，联系人：林禾。", "乙乡，每户：40元。", "丙乡，联系人：高原，每户：50元。") == [
        [["", "每户", "联系人"], ["甲乡", "30元", "林禾"], ["乙乡", "40元", ""], ["丙乡", "50元", "高原"]]
    ]


def test_words_with_a_colon_stay_in_their_cell() -> None:
    lines = [f"项目：第{n}项，说明：每月一次，费用：{n}元。" for n in (1, 2, 4)]
    lines.append("项目：第5项，说明：每月一次，注意：周一闭馆，费用：5元。")
    [table] = shown(*lines)
    assert table == [["项目", "说明", "费用"], *([f"第{n}项", "每月一次", f"{n}元"] for n in (1, 2, 4)),
                     ["第5项", "每月一次，注意：周一闭馆", "5元"]]  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        ("医院级别：三级医院，起付标准：900元。",),
        ("联系人：林禾。", "联系人：高原。"),
        ("一、申请条件：年满六十岁。", "二、申请材料：身份证。"),
        ("地点：甲乡，时间：周一。", "时间：周二，地点：乙乡。"),
        ("地点：甲乡，时间：周一", "地点：乙乡，时间：周二"),
        ("他说：好，我去。她问：谁，何时？", "他说：好，我去。她问：谁，何时？"),
    ],
)
def test_what_is_no_table_stays_as_it_is(lines: tuple[str, ...]) -> None:
    assert shown(*lines) == [*lines]


WORDS = st.text("甲乙丙12元%（）", min_size=1, max_size=6)


@given(
    st.lists(WORDS, min_size=2, max_size=4, unique=True),
    st.lists(st.lists(WORDS, min_size=4, max_size=4), min_size=2, max_size=5),
)
def test_what_the_readers_write_is_read_back(header: list[str], rows: list[list[str]]) -> None:
    grid = [row[: len(header)] for row in rows if len(set(row[: len(header)])) > 1]
    lines = [words for words, is_row in lines_of([header, *grid], 1) if is_row]
    if len(grid) >= 2:
        assert shown(*lines) == [[header, *grid]]
