"""What a reader sees of a Markdown text. Everything in the texts is made up."""

import time

import pytest

from rag.datatypes import Why
from rag.reading.markdown import Plain, read_markdown


def shown(text: str) -> list[str]:
    return read_markdown(text).paragraphs


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("1. 电话：86001234\n2. 传真：86001235\n", ["1. 电话：86001234", "2. 传真：86001235"]),
        ("1) 电话：86001234\n2) 传真：86001235\n", ["1) 电话：86001234", "2) 传真：86001235"]),
        ("开门时间：9:00\n4. 关门时间：17:00\n", ["开门时间：9:00", "4. 关门时间：17:00"]),
        ("咨询电话：86001234\n投诉电话：86001235\n", ["咨询电话：86001234", "投诉电话：86001235"]),
        ("需要材料\n（1）申请表\n（2）照片\n", ["需要材料", "（1）申请表", "（2）照片"]),
        ("收费80\n550元\n", ["收费80 550元"]),
        ("青石桥昨日\n建成通车。\n", ["青石桥昨日建成通车。"]),
        ("open\ndata\n", ["open data"]),
        ("桥[^甲]通了。\n\n[^甲]: 长80米。\n[^2]: 宽9米。\n", ["桥通了。", "注：长80米。", "注：宽9米。"]),
        ("- 桥\n  - 路\n\n    树\n* 草\n+ 花\n", ["桥", "路", "树", "草", "花"]),
        ("> 桥\n>\n> 路\n>> 树\n", ["桥", "路", "树"]),
        ("- [ ] 申请表\n- [x] 照片\n", ["申请表", "照片"]),
        ("3. \n4. 照片\n", ["3.", "4. 照片"]),
        ("　　桥通了。\n\n    路通了。\n", ["桥通了。", "路通了。"]),
        ("桥  \n路\\\n树\n", ["桥", "路", "树"]),
        ("```\n甲 1\n\n乙 2\n```\n", ["甲 1", "乙 2"]),
        ("桥\n\n***\n\n路\n", ["桥", "路"]),
        ("|项目|收费|\n|---|:-:|\n|住宅|**80元**|\n|商铺||\n", ["项目　收费", "住宅　80元", "商铺"]),
        ("<div>桥<br>路<b>宽</b></div>\n", ["桥", "路宽"]),
        ("<table><tr><td>甲</td><td>80元</td></tr>\n<tr><td>乙</td></tr></table>\n", ["甲 80元", "乙"]),
    ],
)
def test_each_block_is_a_paragraph_and_no_item_runs_into_the_next(text: str, paragraphs: list[str]) -> None:
    assert shown(text) == paragraphs


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("办理**免收**费用", "办理免收费用"),
        ("办理**“免收”**费用", "办理“免收”费用"),
        ("*桥* __路__ ***树***", "桥 路 树"),
        ("按`9月1日`起", "按9月1日起"),
        ("每月80元[^1]，见[目录][参]。\n\n[参]: https://example.invalid/a", "每月80元，见目录。"),
        ("按`[^0-9]`填写", "按[^0-9]填写"),
        ("见[收费目录](https://example.invalid/a?b=1)。", "见收费目录。"),
        ("见[收费目录][1]。\n\n[1]: https://example.invalid\n", "见收费目录。"),
        ("![流程图](a.png)", "流程图"),
        ("<https://example.invalid>", "https://example.invalid"),
        ("3 \\* 4 &lt; 13&nbsp;米", "3 * 4 < 13\xa0米"),
        ("年龄<60岁且>16岁", "年龄<60岁且>16岁"),
        ("填写<name>和<电话>", "填写<name>和<电话>"),
        ("5<sup>2</sup>米", "52米"),
        ("[备注]: 每人限领一份", "[备注]: 每人限领一份"),
        ("[^1]: 含残疾老人", "注：含残疾老人"),
        ("3*4*5米，a_b_c", "3*4*5米，a_b_c"),
        ("2*3", "2*3"),
    ],
)
def test_words_are_shown_without_marks_and_addresses(text: str, words: str) -> None:
    assert shown(text) == [words]


@pytest.mark.parametrize("text", ["# 办法\n\n桥。", "办法\n===\n\n桥。", "## 办法 ##\n桥。", "桥。\n\n# 办法\n"])
def test_the_first_heading_is_the_title(text: str) -> None:
    assert (read_markdown(text).title, shown(text)) == ("办法", ["桥。"])


def test_a_heading_within_the_text_is_no_title() -> None:
    assert read_markdown("桥通了。\n\n## 电话\n\n86001234\n") == Plain("", ["桥通了。", "电话", "86001234"])


def test_a_title_that_is_known_leaves_the_headings_in_the_text() -> None:
    assert read_markdown("# 办法\n\n桥。", "通知") == Plain("通知", ["办法", "桥。"])


def test_what_no_reader_sees_is_told() -> None:
    plain = read_markdown("桥。<!-- 待核 -->\n\n<!-- 草稿 -->\n\n收费~~80元~~免收\n\n<script>var a</script>\n")
    assert plain.paragraphs == ["桥。", "收费免收"]
    assert plain.left_out == [
        (0, "待核", Why.HIDDEN),
        (2, "草稿", Why.HIDDEN),
        (4, "80元", Why.STRUCK),
        (6, "var a", Why.HIDDEN),
    ]


def test_a_comment_that_never_ends_hides_nothing() -> None:
    assert shown("<!-- 草稿\n\n桥。\n") == ["草稿", "桥。"]


@pytest.mark.parametrize(
    "text",
    [
        "> " * 300 + "深",
        "- " * 300 + "深",
        "1. " * 300 + "深",
        "".join(f"{'  ' * i}- 层\n" for i in range(60)) + "\n深\n",
    ],
    ids=["quotes", "items", "numbers", "steps"],
)
def test_the_words_of_the_deepest_level_are_kept(text: str) -> None:
    assert shown(text)[-1].endswith("深")


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "*" * 100_000, "_a" * 50_000, "`a ``b " * 20_000, "![" * 50_000, "[a](" * 30_000, "<a " * 40_000, "<!--" * 30_000,
     "**桥" * 30_000, "[a]: b\n" * 20_000, "&" * 100_000, "\\" * 100_000, "- 桥\n" * 60_000, "桥\n" * 100_000,
     "".join(" " * i + "- 桥\n" for i in range(900))],
    ids=lambda text: text[:4],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    begun = time.process_time()
    read_markdown(text)
    assert time.process_time() - begun < 4
