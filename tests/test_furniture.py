"""Which lines of a page are page numbers and running heads. Everything in the pages is made up."""

import pytest

from rag.reading.files import read_articles
from rag.reading.furniture import Line, find_furniture

FIRST = "申请人应当年满十六周岁，户籍在本市或者居住满半年的，可以向街道"
SECOND = "提出申请，由街道当场受理。"
THIRD = "审核由区民政局负责，自受理之日起十个工作日内办结，逾期未办结的应当"
FOURTH = "书面告知理由，申请人可以要求说明。"
FIFTH, SIXTH = "助餐点的餐食由街道统一配送，价格向社会公布并且每年核定一次，菜单每周", "更换，老人可以提意见。"


def furniture(*lines: str) -> list[str]:
    found = find_furniture([Line(line) for line in lines])
    return [lines[i] for i in sorted(found)]


def paragraphs(text: str) -> list[str]:
    (article,) = read_articles(text, "a.txt")
    return [article.text[span.start : span.end] for span in article.paragraphs]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("— 1 —", "— 2 —"),
        ("—1—", "—2—"),
        ("- 1 -", "- 2 -"),
        ("－１－", "－２－"),
        ("·1·", "·2·"),
        ("~ 1 ~", "~ 2 ~"),
        ("— 一 —", "— 二 —"),
        ("- ii -", "- iii -"),
        ("第1页", "第2页"),
        ("第 1 页 共 9 页", "第 2 页 共 9 页"),
        ("第1页，共9页", "第2页，共9页"),
        ("共九页 第一页", "共九页 第二页"),
        ("第1页/共9页", "第2页/共9页"),
        ("Page 1 of 9", "Page 2 of 9"),
        ("1", "2"),
        ("１", "２"),
        ("(1)", "(2)"),
        ("【1】", "【2】"),
        ("1/9", "2/9"),
        ("3 / 12", "4 / 12"),
        ("1 页", "2 页"),
        ("※1※", "※2※"),
        ("− 1 −", "− 2 −"),
        ("« 1 »", "« 2 »"),
        ("第1/9页", "第2/9页"),
        ("页码：1", "页码：2"),
        ("P1", "P2"),
        ("1.", "2."),
        ("一", "二"),
        ("Ⅰ", "Ⅱ"),
        ("_1_", "_2_"),
        ("|1|", "|2|"),
        ("1  柳林市人民政府公报", "2  柳林市人民政府公报"),
        ("柳林市人民政府公报 2026年第3期 ·12·", "柳林市人民政府公报 2026年第3期 ·13·"),
        ("— 1 — 柳林市民政局文件", "— 2 — 柳林市民政局文件"),
        ("http://www.liulin.example 1/9", "http://www.liulin.example 2/9"),
        ("2026/1/20 10:32 老年人助餐办法", "2026/1/20 10:32 老年人助餐办法"),
        ("柳林市政府公报 2026年第3期 41", "柳林市政府公报 2026年第3期 42"),
        ("柳林市民政局文件", "柳林市民政局文件"),
        ("柳林市民政局文件 第1页", "柳林市民政局文件 第2页"),
    ],
)
def test_what_stands_between_two_halves_of_a_sentence_on_each_page_is_left_out(one: str, other: str) -> None:
    again = f"{THIRD}\n{other}\n{FOURTH}\n"
    text = f"老年人助餐办法\n\n{FIRST}\n{one}\n{SECOND}\n{again}"
    if one == other:
        text += f"{FIFTH}\n{one}\n{SIXTH}\n"
    assert paragraphs(text)[:2] == [FIRST + SECOND, THIRD + FOURTH]


def test_a_head_of_several_lines_goes_with_the_page_number() -> None:
    head = ("柳林市政府公报", "2026年第3期")
    lines = ("助餐办法", FIRST, "1", *head, SECOND, THIRD, "2", *head, FOURTH)
    assert furniture(*lines) == ["1", *head, "2", *head]


def test_the_title_that_runs_as_a_head_stays_at_the_top() -> None:
    assert paragraphs(f"老年人助餐办法\n\n{FIRST}\n老年人助餐办法\n{SECOND}\n") == [FIRST + SECOND]


def printed(apart: str) -> str:
    """Four pages as a browser prints them; a sentence runs over each end."""
    head = f"2026/1/20 10:32{apart}老年人助餐办法-柳林市民政局\n"
    ends = (f"\nhttps://mzj.liulin.example/zc/12.html{apart}{page}/4\n{head}" for page in (1, 2, 3))
    halves = ((FIRST, SECOND), (THIRD, FOURTH), (FIFTH, SIXTH))
    body = "".join(f"{one}{end}{other}\n" for (one, other), end in zip(halves, ends, strict=True))
    return (
        f"{head}\n老年人助餐办法\n\n{body}本办法自三月一日起施行。\nhttps://mzj.liulin.example/zc/12.html{apart}4/4\n"
    )


@pytest.mark.parametrize("apart", [" ", "\n"], ids=["on one line", "each on a line"])
def test_what_a_browser_prints_above_and_below_each_page_is_left_out(apart: str) -> None:
    assert paragraphs(printed(apart)) == [FIRST + SECOND, THIRD + FOURTH, FIFTH + SIXTH, "本办法自三月一日起施行。"]


@pytest.mark.parametrize(
    "line",
    [
        "柳林市人民政府公报 2",
        "2  柳林市人民政府公报",
        "2026/1/20 老年人助餐办法",
        "老年人助餐办法 第2页",
        "« 2 »",
        "二",
        "2.",
    ],
)
def test_one_line_that_cuts_a_sentence_is_enough_where_it_says_what_it_is(line: str) -> None:
    assert paragraphs(f"老年人助餐办法\n\n{FIRST}\n\n{line}\n\n{SECOND}\n") == [FIRST + SECOND]


RATE = "第{}档用水的居民家庭经供水公司核定后，按规定每立方米收取"


@pytest.mark.parametrize("apart", ["\n", "\n\n", "\n— 1 —\n", "\n\f"])
@pytest.mark.parametrize("prices", [(3, 4), (3, 5), (800, 801)])
@pytest.mark.parametrize("end", ["，按月结算。", "。", ""])
def test_a_line_that_says_a_price_stays_though_the_prices_count_on(
    apart: str, prices: tuple[int, int], end: str
) -> None:
    rows = [f"第{n}条 {RATE.format(n)}\n水费{price}元{end}\n" for n, price in zip("一二", prices, strict=True)]
    (article,) = read_articles("柳林市用水价格办法\n\n" + apart.join(rows), "a.txt")
    assert [f"收取水费{price}元{end}" in article.text for price in prices] == [True, True]


def test_a_clause_that_each_item_repeats_on_a_line_of_its_own_stays() -> None:
    lines = [
        f"{who}，经街道核实后在次月十五日之前领取，\n由区民政部门\n发给补助{n}元。\n"
        for who, n in (("老人", 8), ("孤儿", 9), ("病人", 7))
    ]
    (article,) = read_articles("柳林市补助办法\n\n" + "".join(lines), "a.txt")
    assert article.text.count("领取，由区民政部门发给补助") == 3


def test_a_lone_number_that_ends_a_page_of_a_form_feed_is_its_number() -> None:
    lines = [Line(FIRST), Line(SECOND), Line("1"), Line(THIRD, new_page=True), Line(FOURTH), Line("2")]
    assert sorted(find_furniture(lines)) == [2, 5]


@pytest.mark.parametrize(
    "lines",
    [
        ("序号", "1", "沈若溪", "2", "高培元", "3", "陆鸣"),
        ("柳林市第一小学", "35", "柳林市第二小学", "36", "柳林市第三小学", "37"),
        ("年份", "2024", "2025", "2026"),
        (FIRST, "2026", SECOND),
        (FIRST, "120", SECOND),
        ("今年新建的助餐点，经街道验收合格的共有", "2", "个，其余年底前建成。"),
        ("今年新建的助餐点，经街道验收合格的，达到了", "2", "处，其余年底前建成。"),
        ("1", FIRST + SECOND, "2", THIRD + FOURTH, "3", FIRST + SECOND),
        ("春季集市，在北门广场举办", "地点：市体育馆", "夏季集市，在南门广场举办", "地点：市体育馆") * 2,
        ("王小明 李小红", "高培元 陆鸣") * 20,
        ("桥通了", "—— 本报讯"),
        ("咨询电话", "86001234"),
        ("一", "二", "三"),
        ("二", FIRST + SECOND, "三", THIRD + FOURTH),
        ("1.", FIRST, "2.", THIRD, "3.", FIFTH),  # items of a list that end without a mark
        (FIRST, "P2", "一、二楼的实验室"),
        (FIRST, "柳林市民政局 2026-01-20", SECOND, THIRD, "柳林市民政局 2026-01-20", FOURTH),
        (FIRST, "https://mzj.liulin.example/sq", SECOND),
        (FIRST, "由区民政部门", SECOND, THIRD, "由区民政部门", FOURTH, FIFTH, "由区民政部门", SIXTH),
    ],
)
def test_what_may_be_text_is_kept(lines: tuple[str, ...]) -> None:
    assert furniture(*lines) == []


@pytest.mark.parametrize("lone", ["(1", "<1>", "[ 12 ]", "①", "¹", "1/", "²/3", "٣", "(３"])
def test_no_form_of_a_number_is_too_odd_to_be_read(lone: str) -> None:
    lines = (FIRST, lone, SECOND, THIRD, lone, FOURTH)
    assert set(furniture(*lines)) <= {lone}


def test_a_document_with_its_pages_numbered_keeps_its_number_and_its_date() -> None:
    text = (
        "柳林市民政局关于做好老年人助餐工作的通知\n柳民发〔2026〕7号\n\n各街道办事处：\n"
        "　　一、补贴标准\n　　午餐每份补贴5元，晚餐每份补贴3元，行动不便的老年人送餐\n— 1 —\n上门每份另加1元。\n\n"
        "柳林市民政局\n2026年4月2日\n- 2 -\n"
    )
    (article,) = read_articles(text, "a.txt")
    assert (article.title, article.number) == ("柳林市民政局关于做好老年人助餐工作的通知", "柳民发〔2026〕7号")
    assert article.published == "2026-04-02"
    assert "午餐每份补贴5元，晚餐每份补贴3元，行动不便的老年人送餐上门每份另加1元。" in article.text
    assert "—" not in article.text
