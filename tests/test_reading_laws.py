"""What holds of every file that is read, whatever is in it: nothing is lost, and every offset is right. All pages are made up."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datatypes import LeftOut, Why
from rag.errors import UserError
from rag.reading.files import Contents, load_articles, read_contents
from tests.fuzz_files import missing_words

LINES = (
    "柳林市民政局关于做好助餐工作的通知",
    "柳民发〔2026〕7号",
    "各街道办事处：",
    "　　一、补贴标准",
    "　　午餐每份补贴5元，晚餐每份补贴3元，行动不便的老年人送餐上门每份另加",
    "1元，由街道发放。",
    "- 身份证原件",
    "- 户口簿",
    "午餐　5元",
    "2026",
    "— 2 —",
    "第3页 共9页",
    "柳林日报 2026年1月9日 星期五",
    "责编 沈若溪",
    "老街修好了",
    "——让小店开得久",
    "——市政协六届二次会议发言摘编",
    "沈若溪",
    "沈若溪（市政协委员）",
    "本报讯（记者 陆鸣）1月9日，老街修好了，沿街小店全部开门。",
    "□ 本报记者 陆鸣",
    "记者陆鸣 整理",
    "陆鸣 摄",
    "（作者系市政协委员）",
    "（下转第3版）",
    "编者按：委员们建言，摘登如下。",
    "民生话题·代表委员说",
    "来源：柳林市民政局 2026-01-05",
    "柳林市民政局",
    "2026年1月5日",
    "问：多久办好？",
    "⻓",
    "(２",
    "“桥通了！”",
    "",
    "\f",
)
LAYOUTS = st.lists(st.sampled_from(LINES) | st.text(max_size=30), max_size=30).map("\n".join)


def read(text: str, name: str = "a.txt") -> Contents:
    """What the text holds; nothing where it is refused, which only furniture and marks are."""
    try:
        return read_contents(text, name)
    except UserError:
        return Contents((), ())


@given(LAYOUTS)
def test_every_word_of_a_page_is_in_an_article_or_told_as_left_out(text: str) -> None:
    contents = read(text)
    if contents.articles and not text.startswith("---"):
        assert missing_words(text, contents) == []


@given(LAYOUTS, st.sampled_from(("a.txt", "a.md")))
def test_paragraphs_are_the_articles_lines_in_order_without_blanks_at_their_ends(text: str, name: str) -> None:
    for article in read(text, name).articles:
        assert "\n".join(article.text[s.start : s.end] for s in article.paragraphs) == article.text
        assert all(one.end + 1 == other.start for one, other in pairwise(article.paragraphs))
        for span in article.paragraphs:
            assert article.text[span.start : span.end].strip() == article.text[span.start : span.end] != ""


@given(LAYOUTS)
def test_no_article_holds_half_a_character_or_a_line_break_of_its_own(text: str) -> None:
    for article in read(text).articles:
        article.text.encode()
        assert len(article.text.splitlines()) == len(article.paragraphs)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\u2029", "\x85", "\v", "\x1c", "\x1d", "\x1e"])
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_whatever_ends_a_line_ends_it_in_every_kind_of_file(end: str, name: str) -> None:
    text = "助餐办法\n\n午餐每份补贴5元。\n\n晚餐每份补贴3元。\n"
    lines = ["午餐每份补贴5元。", "晚餐每份补贴3元。"]
    (article,) = read(text.replace("\n", end), name).articles
    assert article.text.split("\n") == lines


def test_what_is_left_out_is_told_with_its_line_and_why(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "柳林日报 2026年1月9日 星期五\n\n老街修好了\n\n本报讯 1月9日，老街修好了，沿街的小店\n— 2 —\n全部开门。\n",
        "utf-8",
    )
    (tmp_path / "b.md").write_text(
        "---\ntitle: 助餐\nowner: 民政局\n---\n午餐5元。<!-- 待核 -->\n晚\u200b餐3元。\n", "utf-8"
    )
    assert load_articles([tmp_path]).left_out == (
        LeftOut("a.txt", 1, "柳林日报 2026年1月9日 星期五", Why.FURNITURE),
        LeftOut("a.txt", 6, "— 2 —", Why.PAGE),
        LeftOut("b.md", 6, "U+200B", Why.UNSEEN),
        LeftOut("b.md", 5, "待核", Why.HIDDEN),
        LeftOut("b.md", 1, "owner: 民政局", Why.FIELD),
    )


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        (
            "【今日要闻】老街修好了 沿街的二十家小店昨日全部开门，" + "居民纷纷前来购物。" * 12,
            "【今日要闻】老街修好了",
            None,
        ),
        ("关于发放助餐补贴的通知 " + "各街道办事处要把补贴发放到每一位老人手中。" * 9, None, None),
        ("老街修好了\n", "老街修好了", "老街修好了"),
        ("老街修好了\n小店全开门\n", "老街修好了", "小店全开门"),
        ("助餐补贴\n\n午餐5元\n\n晚餐3元\n", "助餐补贴", "午餐5元\n晚餐3元"),
    ],
)
def test_an_article_on_one_line_or_of_headings_alone_is_an_article(
    text: str, title: str | None, body: str | None
) -> None:
    (article,) = read(text).articles
    assert article.text == (body or text.strip())
    assert title in (article.title, None)


def test_a_headline_without_a_text_stays_with_the_article_above_it() -> None:
    (article,) = read("老街修好了\n\n本报讯 1月9日，老街修好了。\n\n\n\n明日有雨\n").articles
    assert article.text == "本报讯 1月9日，老街修好了。\n明日有雨"


def test_a_list_by_dashes_in_a_plain_text_is_kept() -> None:
    (article,) = read(
        "办理助餐卡\n\n办理时请带齐以下材料，缺一不可。\n- 身份证原件\n- 户口簿原件\n- 近照，两张\n"
    ).articles
    assert article.text.split("\n")[1:] == ["- 身份证原件", "- 户口簿原件", "- 近照，两张"]


@pytest.mark.parametrize(
    "items",
    [
        ("1. 开门时间，上午9:00", "2. 停止取号时间，16:30", "3. 电话，0300-8600123"),
        ("一、午餐，每份补贴5元", "二、晚餐，每份补贴3元"),
        ("（1）身份证，原件", "（2）户口簿，原件"),
        ("第一条 为做好助餐，制定本办法", "第二条 本市范围内，适用本办法"),
    ],
)
def test_the_next_number_of_a_list_begins_a_paragraph(items: tuple[str, ...]) -> None:
    (article,) = read("助餐办法\n\n各街道要把助餐办好。\n" + "\n".join(items) + "\n").articles
    assert article.text.split("\n")[1:] == list(items)


def test_a_figure_that_the_column_cuts_off_is_no_item() -> None:
    (article,) = read(
        "助餐点增加\n\n本报讯 1月9日，全市助餐点比去年增加了\n2.5个百分点，其中\n3、4号点在城西。\n"
    ).articles
    assert article.text == "本报讯 1月9日，全市助餐点比去年增加了2.5个百分点，其中3、4号点在城西。"
