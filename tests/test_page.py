"""Small pages, written for these tests: everything in them is made up."""

import pytest

from rag.datatypes import Article, Kind
from rag.reading.files import read_articles
from rag.reading.page import parse_page

PROPOSALS = """
群策群力促发展

——市政协六届二次会议发言摘编

让小店开得久、开得旺

沈若溪

街边小店是城市的烟火气。目前全市有小店2300家，其中开业不满一年的

占三成。市政协委员、松溪市商业联合会会长沈若溪建议：一要减免租金。对新开小店免收三个月租金。二要

简化手续。证照一次办齐。

记者陆鸣 整理

给老桥做一次“体检”

高培元

全市使用30年以上的老桥有41座。市政协常委高培元建议：每座桥每年检测一次。

记者陆鸣 整理
"""
NEWS = """
水更清 岸更绿

松溪河治理工程完工

本报讯（记者 顾清和）1月9日，松溪河治理工程完工，新增绿

地12公顷。

全市春季招聘会下周举行

本报讯（记者 陆鸣）1月12日，记者从市人社局获悉，招聘会将提供岗位3000个。
"""
NOTICE = """
关于发放护学岗补贴的通知

各区教育局：

现将护学岗补贴有关事项通知如下。

一、补贴标准

每人每月300元。

松溪市教育局

2026年1月5日
"""


def read(text: str) -> list[Article]:
    return read_articles(text, "page.txt")


def paragraphs(article: Article) -> list[str]:
    return [article.text[span.start : span.end] for span in article.paragraphs]


def test_a_page_of_proposals_is_an_article_for_each_adviser() -> None:
    assert [(a.title, a.kind, a.speaker) for a in read(PROPOSALS)] == [
        ("让小店开得久、开得旺", Kind.PROPOSAL, "沈若溪"),
        ("给老桥做一次“体检”", Kind.PROPOSAL, "高培元"),
    ]


def test_the_section_headline_holds_for_every_proposal_below_it() -> None:
    assert [a.section for a in read(PROPOSALS)] == ["群策群力促发展", "群策群力促发展"]


def test_a_speakers_role_is_taken_from_the_text() -> None:
    assert [a.speaker_role for a in read(PROPOSALS)] == ["市政协委员、松溪市商业联合会会长", "市政协常委"]


def test_the_one_who_compiled_a_proposal_is_its_reporter() -> None:
    assert [a.reporter for a in read(PROPOSALS)] == ["陆鸣", "陆鸣"]


def test_a_sentence_that_the_columns_cut_is_whole_again() -> None:
    text = read(PROPOSALS)[0].text
    assert "其中开业不满一年的占三成。" in text
    assert "二要简化手续。证照一次办齐。" in text


def test_headlines_and_credits_are_not_part_of_the_text() -> None:
    text = "".join(a.text for a in read(PROPOSALS))
    assert not [words for words in ("整理", "摘编", "体检", "开得旺") if words in text]


def test_every_character_of_an_article_is_the_sources_own() -> None:
    for article in read(PROPOSALS + NEWS + NOTICE):
        for paragraph in paragraphs(article):
            assert paragraph in (PROPOSALS + NEWS + NOTICE).replace("\n", "")


def test_a_kicker_stands_above_the_title_of_a_news_item() -> None:
    first = read(NEWS)[0]
    assert (first.kicker, first.title, first.kind) == ("水更清 岸更绿", "松溪河治理工程完工", Kind.NEWS)


def test_a_dateline_gives_the_reporter_and_the_date_without_its_year() -> None:
    assert [(a.reporter, a.published) for a in read(NEWS)] == [("顾清和", "--01-09"), ("陆鸣", "--01-12")]


def test_a_word_that_the_columns_cut_is_whole_again() -> None:
    assert paragraphs(read(NEWS)[0]) == ["本报讯（记者 顾清和）1月9日，松溪河治理工程完工，新增绿地12公顷。"]


def test_a_notice_is_a_policy_with_the_date_that_it_is_signed_with() -> None:
    (notice,) = read(NOTICE)
    assert (notice.title, notice.kind, notice.published) == ("关于发放护学岗补贴的通知", Kind.POLICY, "2026-01-05")


def test_a_notice_keeps_its_headings_and_not_its_signature() -> None:
    (notice,) = read(NOTICE)
    assert paragraphs(notice) == ["各区教育局：", "现将护学岗补贴有关事项通知如下。", "一、补贴标准", "每人每月300元。"]


def test_a_feature_has_its_subtitle_and_its_reporter() -> None:
    page = "桥边的守望\n——松溪大桥护桥人的一天\n□ 本报记者 顾清和\n清晨，薄雾笼着江面。\n傍晚，他又走上了桥。\n"
    (feature,) = read(page)
    assert (feature.title, feature.subtitle) == ("桥边的守望", "松溪大桥护桥人的一天")
    assert (feature.kind, feature.reporter) == (Kind.FEATURE, "顾清和")
    assert paragraphs(feature) == ["清晨，薄雾笼着江面。", "傍晚，他又走上了桥。"]


def test_a_caption_is_an_article_with_its_photographer() -> None:
    page = NEWS + "\n近日，松溪湿地迎来越冬的候鸟。图为候鸟在水面觅食。\n\n陆鸣 摄\n"
    caption = read(page)[-1]
    assert (caption.kind, caption.reporter) == (Kind.CAPTION, "陆鸣")
    assert caption.text == "近日，松溪湿地迎来越冬的候鸟。图为候鸟在水面觅食。"
    assert caption.title == "候鸟在水面觅食"


def test_the_caption_takes_nothing_from_the_article_above_it() -> None:
    page = NEWS + "\n近日，松溪湿地迎来越冬的候鸟。图为候鸟在水面觅食。\n\n陆鸣 摄\n"
    assert [a.text for a in read(page)[:-1]] == [a.text for a in read(NEWS)]


def test_the_papers_own_lines_belong_to_no_article() -> None:
    page = "松溪日报\n第3版 责任编辑：顾清和 校对：陆鸣\n" + NEWS
    assert [a.title for a in read(page)] == ["松溪河治理工程完工", "全市春季招聘会下周举行"]


def test_a_jump_to_another_page_is_taken_off() -> None:
    (article,) = read("青石桥通车\n\n本报讯 青石桥昨日通车。（下转第4版）\n")
    assert article.text == "本报讯 青石桥昨日通车。"


def test_a_page_wrapped_at_a_fixed_width_is_unwrapped() -> None:
    line = "松溪大桥横跨松溪河两岸，连接新城和老城，"
    page = "松溪大桥通车\n\n" + (line + "\n") * 14 + "市民拍手称快。\n"
    (article,) = read(page)
    assert article.text == line * 14 + "市民拍手称快。"


def test_an_author_note_makes_a_speech_of_the_article() -> None:
    page = "管好共享单车\n\n高培元\n\n共享单车占道的投诉一年有860件。\n\n（作者系市政协委员）\n"
    (article,) = read(page)
    assert (article.kind, article.speaker, article.speaker_role) == (Kind.PROPOSAL, "高培元", "市政协委员")
    assert article.text == "共享单车占道的投诉一年有860件。"


def test_the_lines_of_an_interview_are_no_headlines() -> None:
    (interview,) = read_articles(
        "公积金有哪些变化？\n\n——市公积金中心负责人答记者问\n\n问：额度提高了多少？\n\n答：提高10万元。\n", "page.txt"
    )
    assert (interview.title, interview.subtitle) == ("公积金有哪些变化？", "市公积金中心负责人答记者问")
    assert interview.text == "问：额度提高了多少？\n答：提高10万元。"


def test_a_name_in_brackets_below_a_report_is_its_reporter() -> None:
    text = "老街修好了\n\n本报讯 1月9日，老街修好了。\n\n“来走走。”他说。\n\n（顾清和）\n\n新桥通车了\n\n本报讯 1月10日，新桥通车。\n"
    street, bridge = read_articles(text, "page.txt")
    assert (street.reporter, bridge.title, bridge.reporter) == ("顾清和", "新桥通车了", None)


SPEECHES = "两位人大代表谈校门口停车\n{gap}给家长留车位\n{line}市人大代表 程向晚\n\n我建议划出车位。\n\n\n开通定制公交\n市人大代表 鲁一苇\n\n建议开通公交。\n"


def test_what_is_set_apart_over_several_speeches_is_their_section() -> None:
    articles = read_articles(SPEECHES.format(gap="\n", line=""), "page.txt")
    assert [(a.section, a.title, a.speaker) for a in articles] == [
        ("两位人大代表谈校门口停车", "给家长留车位", "程向晚"),
        ("两位人大代表谈校门口停车", "开通定制公交", "鲁一苇"),
    ]


@pytest.mark.parametrize(("gap", "line"), [("", ""), ("\n", "\n")], ids=["no blank line", "one under every line"])
def test_a_headline_of_two_lines_stays_whole(gap: str, line: str) -> None:
    first = read_articles(SPEECHES.format(gap=gap, line=line), "page.txt")[0]
    assert first.title == "两位人大代表谈校门口停车 给家长留车位"


def test_the_office_between_a_documents_title_and_its_date_is_no_part_of_the_title() -> None:
    (rules,) = read_articles(
        "松溪市摊贩管理规定\n\n松溪市城市管理局\n2026年10月20日\n\n第一条 为便民，制定本规定。\n", "n.txt"
    )
    assert (rules.title, rules.issuer, rules.published) == ("松溪市摊贩管理规定", "松溪市城市管理局", "2026-10-20")


def test_a_documents_number_stands_under_its_title() -> None:
    (notice,) = read_articles(
        "关于调整票价的通知\n松交发〔2026〕3号\n\n各区：\n\n票价调整为2元。\n\n松溪市交通局\n\n2026年1月5日\n", "n.txt"
    )
    assert (notice.title, notice.number) == ("关于调整票价的通知", "松交发〔2026〕3号")


def test_the_note_of_who_passed_a_document_stands_under_its_title() -> None:
    text = "松溪市就业实施细则\n\n（2025年12月8日市政府常务会议通过）\n\n第一条 为促进就业，制定本细则。\n"
    (rules,) = read_articles(text, "n.txt")
    assert (rules.title, rules.subtitle) == ("松溪市就业实施细则", "（2025年12月8日市政府常务会议通过）")


def test_an_office_and_a_date_on_a_line_of_their_own_are_an_imprint() -> None:
    text = "松溪县空气质量通报\n\n松溪县生态环境局  2026年10月21日\n\n优良天数238天。\n"
    (report,) = read_articles(text, "n.txt")
    assert (report.title, report.published, report.text) == ("松溪县空气质量通报", "2026-10-21", "优良天数238天。")


def test_what_the_editors_say_above_everything_is_no_article() -> None:
    (article,) = read_articles(
        "编者按：委员们建言，摘登如下。\n\n老街修好了\n\n本报讯 1月9日，老街修好了。\n", "page.txt"
    )
    assert (article.title, article.text) == ("老街修好了", "本报讯 1月9日，老街修好了。")


def test_blank_text_has_no_articles() -> None:
    assert parse_page("\n \n") == []


def test_windows_line_ends_read_like_others() -> None:
    assert [a.text for a in read(NEWS.replace("\n", "\r\n"))] == [a.text for a in read(NEWS)]


# ---- what a website prints around a text

WEBSITE = """
索引号：SX-2026-0031　　发文机关：松溪市人民政府办公室
成文日期：2026年3月2日　　发文字号：松政办发〔2026〕7号

护学岗管理办法

发布时间：2026-03-05 09:12　　来源：松溪市政府　　浏览次数：318
【字体：大 中 小】

第一条 护学岗由学校设立。

来源：松溪市政府
"""


def test_what_a_website_prints_around_a_text_is_no_title_and_no_paragraph() -> None:
    (article,) = read_articles(WEBSITE, "page.txt")
    assert (article.title, article.text) == ("护学岗管理办法", "第一条 护学岗由学校设立。")
    assert (article.published, article.number) == ("2026-03-02", "松政办发〔2026〕7号")


@pytest.mark.parametrize(
    ("line", "published", "reporter"),
    [
        ("来源：松溪市统计局 2026-03-18", "2026-03-18", None),
        ("2026-04-18 10:22:31 来源：松溪日报 作者：顾清和、陆鸣", "2026-04-18", "顾清和、陆鸣"),
        ("松溪人社  2026/3/1", "2026-03-01", None),
        ("2026年3月1日", "2026-03-01", None),
        ("发布日期：2026年3月1日 来源：松溪市民政局", "2026-03-01", None),
        ("作者：陆鸣", None, "陆鸣"),
        ("作者：陆鸣评论员工作室", None, None),  # no name
    ],
)
def test_the_date_and_author_under_a_title_are_the_articles(
    line: str, published: str | None, reporter: str | None
) -> None:
    for text in (
        f"老桥检测全面启动\n\n{line}\n\n全市检测老桥41座。\n",
        f"老桥检测全面启动\n{line}\n全市检测老桥41座。\n",
    ):
        (article,) = read_articles(text, "page.txt")
        assert (article.title, article.published, article.reporter) == ("老桥检测全面启动", published, reporter)
        assert article.text == "全市检测老桥41座。"


def test_two_texts_of_a_website_in_one_file_are_two_articles() -> None:
    text = "老桥检测启动\n来源：松溪日报 2026-03-01\n全市检测老桥41座。\n\n新桥通车\n来源：松溪日报 2026-03-02\n新桥长120米。\n"
    assert [(a.title, a.published) for a in read_articles(text, "page.txt")] == [
        ("老桥检测启动", "2026-03-01"),
        ("新桥通车", "2026-03-02"),
    ]


def test_the_time_and_place_of_an_event_are_its_text() -> None:
    (article,) = read_articles("招聘会\n\n招聘会每月一次。\n时间：每月第二个周六\n地点：市体育馆\n", "page.txt")
    assert article.text.splitlines()[1:] == ["时间：每月第二个周六", "地点：市体育馆"]


@pytest.mark.parametrize("blank", ["\n", "\n\n"])
@pytest.mark.parametrize(
    ("first", "second"), [("范围", "标准"), ("【范围】", "【标准】"), ("第一条", "第二条"), ("收费对象", "收费标准")]
)
def test_the_first_heading_below_a_notices_title_is_the_texts(blank: str, first: str, second: str) -> None:
    lines = (
        "柳林市集市摊位管理通告",
        first,
        "集市内的摊位每个每月收费九十元，由服务中心收取。",
        second,
        "逾期的每日加收二元。",
    )
    (article,) = read(blank.join(lines))
    assert (article.title, article.kind, article.text.split("\n")) == (lines[0], Kind.POLICY, list(lines[1:]))


def test_an_office_below_a_title_and_a_titles_last_piece_are_no_headings() -> None:
    (article,) = read("柳林市关于集市摊位管理的\n通告\n集市内的摊位每个每月收费九十元，由服务中心收取。")
    assert "通告" not in article.text
    (article,) = read("柳林市集市摊位管理通告\n柳林市商务局\n集市内的摊位每个每月收费九十元，由服务中心收取。")
    assert "商务局" not in article.text
