"""One official document is one article, however it is printed. All documents are made up."""

import pytest

from rag.datatypes import Article, Kind, LeftOut, Why
from rag.reading.files import read_articles, read_contents

TITLE = "柳林市民政局关于发放助餐补贴的通知"
TEXT = "各街道办事处：\n现将有关事项通知如下。\n一、补贴标准\n午餐每份补贴5元。\n二、办理方式\n向社区申请。"
SIGNED = "柳林市民政局\n2026年4月2日"


def read_one(text: str) -> Article:
    (article,) = read_articles(text, "a.txt")
    return article


def facts(article: Article) -> tuple[object, ...]:
    return article.title, article.issuer, article.number, article.published, article.kind


RIGHT = (TITLE, "柳林市民政局", "柳民发〔2026〕7号", "2026-04-02", Kind.POLICY)
LAYOUTS = {
    "lines above the text": f"{TITLE}\n柳林市民政局\n柳民发〔2026〕7号\n2026-04-02\n{TEXT}",
    "blank lines": f"{TITLE}\n\n柳林市民政局\n\n柳民发〔2026〕7号\n\n2026年4月2日\n\n" + TEXT.replace("\n", "\n\n"),
    "signed": f"{TITLE}\n柳民发〔2026〕7号\n{TEXT}\n{SIGNED}",
    "the red head": f"柳林市民政局文件\n柳民发〔2026〕7号\n{TITLE}\n{TEXT}\n{SIGNED}",
    "a title of two lines": f"柳民发〔2026〕7号\n柳林市民政局关于发放\n助餐补贴的通知\n{TEXT}\n{SIGNED}",
    "a catalogue": f"索引号：LL-2026-31\n发布机构：柳林市民政局\n标题：{TITLE}\n发文字号：柳民发〔2026〕7号\n发布日期：2026年4月2日\n{TITLE}\n{TEXT}",
    "a catalogue on two lines": f"发文机关：柳林市民政局　发文字号：柳民发〔2026〕7号\n成文日期：2026年4月2日　主题分类：民政\n{TITLE}\n{TEXT}",
    "a website": f"首页 > 政务公开\n打印本页\n{TITLE}\n发布日期：2026-04-02　来源：柳林市民政局\n柳林市民政局\n柳民发〔2026〕7号\n【字体：大 中 小】\n{TEXT}\n分享到：\n上一篇：没有了\n主办：柳林市人民政府",
    "the title said again": f"{TITLE}\n柳林市民政局\n柳民发〔2026〕7号\n2026年4月2日\n{TITLE}\n{TITLE}\n柳民发〔2026〕7号\n{TEXT}",
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_the_facts_of_a_document_are_read_however_it_is_printed(layout: str) -> None:
    article = read_one(layout)
    assert facts(article) == RIGHT
    assert article.text == TEXT


def test_what_a_website_prints_is_told_as_left_out() -> None:
    left = read_contents(LAYOUTS["a website"], "a.txt").left_out
    assert [(out.line, out.text, out.why) for out in left if out.why is Why.FURNITURE] == [
        (1, "首页 > 政务公开", Why.FURNITURE), (2, "打印本页", Why.FURNITURE), (7, "【字体：大 中 小】", Why.FURNITURE),
        (14, "分享到：", Why.FURNITURE), (15, "上一篇：没有了", Why.FURNITURE), (16, "主办：柳林市人民政府", Why.FURNITURE),
    ]  # fmt: skip


def test_a_notice_and_what_it_issues_are_one_article_of_two_parts() -> None:
    rules = "柳林市助餐管理办法\n第一章 总则\n第一条 为做好助餐，制定本办法。\n第二章 附则\n第二条 自5月起施行。"
    article = read_one(
        f"关于印发《柳林市助餐管理办法》的通知\n柳民发〔2026〕7号\n{TEXT}\n{SIGNED}\n{rules}\n附件\n助餐机构名单"
    )
    assert (article.title, article.issuer) == ("关于印发《柳林市助餐管理办法》的通知", "柳林市民政局")
    assert article.text == f"{TEXT}\n{rules}\n附件\n助餐机构名单"


def test_a_document_is_one_article_however_long() -> None:
    rules = "\n".join(
        f"第{n}条 摊贩应当登记，登记后方可经营。\n违反规定的，由柳林市城管局处理" for n in "一二三四五六七八九十"
    )
    assert len(read_articles(f"柳林市摊贩管理办法\n{rules}\n" * 20, "a.txt")) == 1


def test_news_with_subheads_on_a_website_stays_one_article() -> None:
    heads = (
        "午餐更便宜了\n午餐每份补贴5元。\n办理更方便了吗？\n向社区申请。\n送餐到家，行动不便也不用愁\n上门每份另加1元。"
    )
    article = read_one(
        f"助餐补贴有新变化！\n柳林市民政局\n（政策宣传）\n2026-04-02\n关注 · 柳林政府网\n4月2日，柳林市民政局公布补贴。\n{heads}"
    )
    assert (article.title, article.subtitle, article.kind) == ("助餐补贴有新变化！", "（政策宣传）", Kind.NEWS)
    assert article.text == f"4月2日，柳林市民政局公布补贴。\n{heads}"


def test_the_reply_to_a_proposal_is_the_offices_and_no_proposal() -> None:
    article = read_one(
        "对第2693号建议的答复\n\n沈若溪代表：\n您提出的“关于助餐的建议”收悉。\n一、关于补贴\n补贴每份5元。\n二、关于送餐\n已经开始送餐。\n"
    )
    assert (article.kind, article.speaker) == (Kind.POLICY, None)


def test_a_line_below_the_text_that_ends_nothing_is_no_article() -> None:
    article = read_one(f"{TITLE}\n{TEXT}\n{SIGNED}\n公开方式：主动公开\n柳林市民政局办公室")
    assert article.text == f"{TEXT}\n公开方式：主动公开\n柳林市民政局办公室"


def test_a_text_on_one_line_does_not_say_its_title_twice() -> None:
    run = TEXT.replace("\n", "")
    article = read_one(
        f"{TITLE}\n柳林市民政局\n{TITLE}柳民发〔2026〕7号{run}柳林市民政局2026年4月2日（此件公开发布）字号"
    )
    assert facts(article) == RIGHT
    assert article.text == f"{run}柳林市民政局2026年4月2日（此件公开发布）"


def test_lines_cut_at_a_width_are_whole_again_and_headings_stay() -> None:
    article = read_one(
        f"{TITLE}\n柳民发〔2026〕7号\n各街道办事处：\n行动不便的老年人由志愿者送餐上门，送餐费由街\n道承担。\n一、补贴标准\n午餐每份补贴5元。\n二、附则\n照办。"
    )
    assert "送餐费由街道承担。" in article.text
    assert "\n一、补贴标准\n" in article.text


def test_a_day_in_a_list_is_no_signature() -> None:
    article = read_one(
        f"{TITLE}\n柳民发〔2026〕7号\n{TEXT}\n申报时间\n2026年5月1日\n截止时间\n2026年5月9日\n逾期不再受理。\n补报另行通知。\n咨询请到社区。\n{SIGNED}"
    )
    assert "2026年5月1日\n截止时间\n2026年5月9日" in article.text
    assert article.published == "2026-04-02"


def test_nothing_of_a_document_is_lost() -> None:
    text = f"{LAYOUTS['a website']}\n\n— 2 —\n"
    contents = read_contents(text, "a.txt")
    assert contents.left_out[-1] == LeftOut("a.txt", 18, "— 2 —", Why.PAGE)
