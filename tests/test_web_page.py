"""HTML: the page's article without the site around it; what is left out is told."""

import pytest

from rag.datatypes import Why
from rag.errors import UserError
from rag.reading.apart import Apart
from rag.reading.files import read_file
from rag.reading.web_page import read_html, read_mhtml

PAGE = """<!DOCTYPE html><html><head><title>关于渡口开放的通告_苇川市人民政府</title>
<meta name="PubDate" content="2026-03-02 10:00"><script>var a = 1;</script></head>
<body><div><a href="/">首页</a> <a href="/gk">政务公开</a></div>
<div><h1>关于渡口开放的通告</h1><div>来源：苇川市交通局　发布时间：2026-03-02　浏览次数：12</div>
<div id="zoom"><p>　　各位市民：</p><p>苇川渡口自2026年3月5日起<b>每日六时</b>开渡，
二十二时收渡，风浪大时停渡。</p><ol><li>老人乘船不收钱。<li>学生乘船减半。</ol>
<table><tr><td>船型<td>票价<tr><td>大船<td>2元</table>
<p>特此通告。<del>原通告废止。</del></p><p style="display: none">草稿</p><p>苇川市交通局<br>2026年3月2日</p></div>
<div>附件：1.渡口时刻表</div></div><footer>苇川市人民政府主办</footer></body></html>"""


def test_the_article_is_read_and_the_site_around_it_is_told() -> None:
    text = read_html(PAGE.encode(), "a.html")
    assert text.text.split("\n") == [
        "各位市民：",
        "苇川渡口自2026年3月5日起每日六时开渡，二十二时收渡，风浪大时停渡。",
        "1. 老人乘船不收钱。",
        "2. 学生乘船减半。",
        "船型：大船，票价：2元。",
        "特此通告。",
        "苇川市交通局",
        "2026年3月2日",
        "附件：1.渡口时刻表",
    ]
    assert dict(text.facts) == {"title": "关于渡口开放的通告", "published": "2026-03-02"}
    assert [(words, why) for _, words, why in text.left_out] == [
        ("原通告废止。", Why.STRUCK),
        ("草稿", Why.HIDDEN),
        ("首页 政务公开", Why.FURNITURE),
        ("苇川市人民政府主办", Why.FURNITURE),
        ("来源：苇川市交通局 发布时间：2026-03-02 浏览次数：12", Why.FURNITURE),
    ]


def test_a_page_without_facts_in_its_head_is_dated_by_its_own_line() -> None:
    page = PAGE.replace('<meta name="PubDate" content="2026-03-02 10:00">', "")
    assert dict(read_html(page.encode("gb18030"), "a.htm").facts)["published"] == "2026-03-02"


def test_a_page_is_told_by_its_content_not_by_its_name() -> None:
    with Apart() as apart:
        (article,) = read_file(PAGE.encode(), "a.doc", apart).articles
    assert (article.title, article.kind.value, article.published) == ("关于渡口开放的通告", "policy", "2026-03-02")


def test_merged_cells_are_filled() -> None:
    rows = "<tr><th rowspan=2>级别<th colspan=2>比例<tr><th>在职<th>退休<tr><td>三级<td>85%<td>90%"
    assert read_html(f"<html><body><table>{rows}</table></body></html>".encode(), "a.html").text == (
        "级别：三级，比例（在职）：85%，比例（退休）：90%。"
    )


def test_a_page_saved_as_a_single_file_is_read() -> None:
    saved = f'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{PAGE}\r\n--x--\r\n'
    assert read_mhtml(saved.encode(), "a.mht").text.startswith("各位市民：")


def test_a_page_without_text_says_what_to_do() -> None:
    with pytest.raises(UserError, match="是空的网页（正文可能由脚本生成），请在浏览器里打开后另存为“网页，单个文件”"):
        read_html(b"<html><!-- only a comment --></html>", "a.html")


def test_elements_one_deep_in_the_other_are_read() -> None:
    page = "<html><body>" + "<div>" * 1500 + "渡口六时开渡。" + "</div>" * 1500
    assert "渡口六时开渡。" in read_html(page.encode(), "a.html").text
