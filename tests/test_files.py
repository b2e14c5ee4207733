import codecs
import os
from pathlib import Path

import pytest

from rag.datatypes import Article, Kind, Span
from rag.errors import UserError
from rag.reading.article_json import article_from_json, article_to_json
from rag.reading.decoding import decode_file
from rag.reading.files import (
    complete_date,
    derive_title,
    join_pieces,
    load_articles,
    read_articles,
    read_contents,
    split_front_matter,
)

ONE = "青石桥昨日通车\n\n青石桥昨日建成通车，全长120米。\n"
FRONT = "---\ntitle: 青石桥管理办法\nkind: policy\ndate: 2026-01-05\nspeaker: \n---\n"


def read_one(text: str, source: str = "a.txt") -> Article:
    (article,) = read_articles(text, source)
    return article


def paragraphs(article: Article) -> list[str]:
    return [article.text[span.start : span.end] for span in article.paragraphs]


# ---- files


def test_a_folder_is_read_with_all_below_it_in_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.txt").write_text("白苇桥开工\n\n白苇桥昨日开工。\n")
    (tmp_path / "a.md").write_text("# 青石桥通车\n\n青石桥昨日通车。\n")
    (tmp_path / "c.rtf").write_bytes(b"{\\rtf1")
    loaded = load_articles([tmp_path])
    assert [a.title for a in loaded.articles] == ["青石桥通车", "白苇桥开工"]
    assert [p.zh for p in loaded.problems] == ["c.rtf 是 RTF，暂不支持，请另存为 DOCX；已跳过。"]


def test_the_same_article_in_two_files_counts_once(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text(ONE)
    (tmp_path / "2.txt").write_text(ONE)
    assert [a.source for a in load_articles([tmp_path]).articles] == ["1.txt"]


def test_a_missing_path_is_a_problem_and_the_rest_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text(ONE)
    loaded = load_articles([tmp_path / "no.txt", tmp_path / "1.txt"])
    assert [a.title for a in loaded.articles] == ["青石桥昨日通车"]
    assert [p.zh for p in loaded.problems] == [f"找不到 {tmp_path / 'no.txt'}，请检查路径。"]


def test_every_bad_file_gets_one_line_and_the_rest_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text(" \n")
    (tmp_path / "binary.txt").write_bytes(b"\x00\x01\x02")
    (tmp_path / "good.txt").write_text(ONE)
    loaded = load_articles([tmp_path])
    assert len(loaded.articles) == 1
    assert [p.en for p in loaded.problems] == [
        "binary.txt is a binary file, not text; skipped.",
        "empty.txt is empty; skipped.",
    ]


def test_each_file_done_is_told(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text(ONE)
    done: list[str] = []
    load_articles([tmp_path], advance=done.append)
    assert done == ["1.txt"]


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(UserError, match="日期“去年”无法识别"):
        load_articles([], published="去年")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_decoded_whatever_its_encoding(encoding: str) -> None:
    assert decode_file(ONE.encode(encoding), "a.txt").text == ONE


def test_utf16_is_told_by_its_mark() -> None:
    assert decode_file(codecs.BOM_UTF16_BE + "桥".encode("utf-16-be"), "a.txt").text == "桥"


def test_bytes_of_no_encoding_are_refused() -> None:
    with pytest.raises(UserError, match="既不是 UTF-8 也不是 GB18030"):
        decode_file(b"\xff\x80\x81\xff" * 10, "a.txt")


def test_an_enormous_file_is_refused_with_its_size() -> None:
    with pytest.raises(UserError, match=r"big.txt 有 30 MB，超过 20 MB"):
        decode_file(b"a" * 30_000_000, "big.txt")


def test_a_file_without_paragraphs_is_refused() -> None:
    with pytest.raises(UserError, match=r"a.txt 中没有找到文章正文"):
        read_articles("责任编辑：陆鸣\n", "a.txt")


# ---- one article


def test_a_plain_text_file_is_its_title_and_its_paragraphs() -> None:
    article = read_one(ONE)
    assert (article.title, article.kind, article.text) == (
        "青石桥昨日通车",
        Kind.NEWS,
        "青石桥昨日建成通车，全长120米。",
    )
    assert article.paragraphs == (Span(0, 17),)


def test_an_id_comes_from_the_content_and_not_from_the_file() -> None:
    assert read_one(ONE, "a.txt").id == read_one("\n\n" + ONE, "b.txt").id


def test_an_id_changes_with_a_single_character() -> None:
    one, other = read_one(ONE).id, read_one(ONE.replace("120", "121")).id
    assert one != other
    assert one.startswith("青石桥昨日通车-")


def test_an_article_survives_json() -> None:
    article = read_one(ONE)
    assert article_from_json(article_to_json(article)) == article


def test_markdown_takes_its_facts_from_the_front_matter() -> None:
    article = read_one(FRONT + "第一条 桥上限速。\n", "a.md")
    facts = (article.title, article.kind, article.published, article.speaker, article.text)
    assert facts == ("青石桥管理办法", Kind.POLICY, "2026-01-05", None, "第一条 桥上限速。")


def test_markdown_without_front_matter_is_named_by_its_first_heading() -> None:
    article = read_one("# 青石桥通车\n\n昨日通车。\n\n## 背景\n\n旧桥已有百年。\n", "a.md")
    assert (article.title, paragraphs(article)) == ("青石桥通车", ["昨日通车。", "背景", "旧桥已有百年。"])


@pytest.mark.parametrize(
    ("text", "name", "title", "paragraphs"),
    [
        ("# 青岭县停车办法 第一条 首小时十元。第二条 次日六元。\n", "a.md", "青岭县停车办法", ["青岭县停车办法 第一条 首小时十元。第二条 次日六元。"]),
        ("青岭县停车办法 第一条 首小时十元。第二条 次日六元。\n", "a.txt", "青岭县停车办法", ["青岭县停车办法 第一条 首小时十元。第二条 次日六元。"]),
        ("青岭县补助标准\n\n每户补助一万元。\n", "a.md", "青岭县补助标准", ["每户补助一万元。"]),
        ("青岭县补助标准\n", "a.md", "青岭县补助标准", ["青岭县补助标准"]),
        ("每户补助一万元。\n\n每月发放。\n", "a.md", "每户补助一万元", ["每户补助一万元。", "每月发放。"]),
    ],
)  # fmt: skip
def test_a_title_that_no_mark_sets_apart(text: str, name: str, title: str, paragraphs: list[str]) -> None:
    article = read_one(text, name)
    assert article.title == title
    assert [article.text[p.start : p.end] for p in article.paragraphs] == paragraphs


def test_lines_of_one_markdown_paragraph_are_joined_and_list_items_are_not() -> None:
    article = read_one("# 桥\n\n青石桥昨日\n通车。\n- 限速\n- 限重\n", "a.md")
    assert paragraphs(article) == ["青石桥昨日通车。", "限速", "限重"]


def test_a_kind_that_is_none_is_refused() -> None:
    with pytest.raises(UserError, match="kind: poem 无法识别，应为 proposal、policy、news、feature、caption 之一。"):
        read_articles(FRONT.replace("policy", "poem") + "限速。\n", "a.md")


def test_front_matter_in_a_text_file_counts_too() -> None:
    assert read_one(FRONT + "桥上限速。\n", "a.txt").title == "青石桥管理办法"


def test_front_matter_is_split_off_with_its_quotes_taken_away() -> None:
    assert split_front_matter('---\ntitle: "桥"\n---\n正文') == ({"title": "桥"}, 19)


def test_text_without_front_matter_has_none() -> None:
    assert split_front_matter("title: 桥\n") == (None, 0)


# ---- pieces


def test_chinese_pieces_are_joined_without_a_blank() -> None:
    assert join_pieces("青石\n桥", [Span(0, 2), Span(3, 4)]) == "青石桥"


def test_latin_words_keep_their_blank() -> None:
    assert join_pieces("open\ndata", [Span(0, 4), Span(5, 9)]) == "open data"


@pytest.mark.parametrize(
    ("paragraph", "title"),
    [
        ("图为青石桥通车现场。陆鸣摄", "青石桥通车现场"),
        ("青石桥通车，" + "车辆有序通过新建的桥面和引道" * 3 + "。", "青石桥通车"),
        ("。。", "。。"),
        (
            "柳林市民政局关于做好助餐、送餐工作的通知柳民发〔2026〕7号各街道办事处：" + "请照此办理。" * 20,
            "柳林市民政局关于做好助餐、送餐工作的通知",
        ),
        (
            "柳林市民政局 柳林市财政局关于发放补贴的公告 " + "现公告如下。" * 20,
            "柳林市民政局 柳林市财政局关于发放补贴的公告",
        ),
        ("老街小店重新开门迎客 昨日，老街修好了。" + "居民前来购物。" * 20, "老街小店重新开门迎客"),
        ("本报讯（记者 陆鸣）昨日，老街修好了。" + "居民前来购物。" * 20, "本报讯（记者 陆鸣）昨日，老街修好了"),
        (
            "我局收到“关于发放补贴的建议”，经研究，答复如下。" + "请照此办理。" * 20,
            "我局收到“关于发放补贴的建议”，经研究，答复如下",
        ),
    ],
)
def test_an_article_without_title_is_named_by_its_first_clause(paragraph: str, title: str) -> None:
    assert derive_title(paragraph) == title


@pytest.mark.parametrize(
    ("found", "page", "expected"),
    [
        ("--01-16", "2026-01-20", "2026-01-16"),
        ("--12-30", "2026-01-20", "2025-12-30"),
        ("--01-16", "2026", "2026-01-16"),
        ("--01-16", None, "--01-16"),
        ("2024-05-01", "2026-01-20", "2024-05-01"),
        (None, "2026-01-20", "2026-01-20"),
        (None, "2026", None),
        (None, None, None),
    ],
)
def test_the_pages_date_completes_an_articles_own(found: str | None, page: str | None, expected: str | None) -> None:
    assert complete_date(found, page) == expected


def test_a_document_on_one_line_is_a_document() -> None:
    text = "柳林市民政局关于做好助餐工作的通知柳民发〔2026〕7号各街道办事处：" + "请把补贴按月发到老人手中。" * 12
    (article,) = read_articles(text, "a.txt")
    assert (article.title, article.kind, article.text) == ("柳林市民政局关于做好助餐工作的通知", Kind.POLICY, text)


def test_a_page_number_in_a_markdown_text_cuts_no_sentence() -> None:
    text = "# 助餐办法\n\n午餐每份补贴5元，行动不便的老年人送餐\n\n— 1 —\n\n上门每份另加1元。\n\n- 2 -\n\n自5月起施行。<!-- 待核 -->\n"
    contents = read_contents(text, "a.md")
    assert [paragraphs(article) for article in contents.articles] == [
        ["午餐每份补贴5元，行动不便的老年人送餐上门每份另加1元。", "自5月起施行。"]
    ]
    assert [(out.line, out.text) for out in contents.left_out] == [(5, "— 1 —"), (9, "- 2 -"), (11, "待核")]


def test_an_imprint_under_a_markdown_title_is_no_paragraph() -> None:
    text = "# 老年食堂\n发布日期：2026-02-01  来源：市民政局\n\n每餐补贴5元。\n"
    (article,) = read_articles(text, "a.md")
    assert (article.text, article.published) == ("每餐补贴5元。", "2026-02-01")


@pytest.mark.parametrize("through_link", [False, True])
@pytest.mark.parametrize("in_folder", [False, True])
def test_a_pipe_is_no_file_to_wait_for(tmp_path: Path, through_link: bool, in_folder: bool) -> None:
    pipe = tmp_path / ("pipe" if through_link else "a.txt")
    os.mkfifo(pipe)
    if through_link:
        (tmp_path / "a.txt").symlink_to(pipe)
    loaded = load_articles([tmp_path if in_folder else tmp_path / "a.txt"])
    assert [error.zh for error in loaded.problems] == [f"{tmp_path / 'a.txt'} 不是普通文件；已跳过。"]


def test_a_device_and_a_link_to_nowhere_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("/dev/zero")
    (tmp_path / "b.txt").symlink_to(tmp_path / "gone")
    said = [error.zh for error in load_articles([tmp_path]).problems]
    assert said == [f"{tmp_path}/a.txt 不是普通文件；已跳过。", f"找不到 {tmp_path}/b.txt，请检查路径。"]


def test_an_enormous_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(10**12)
    (error,) = load_articles([tmp_path]).problems
    assert error.zh == "a.txt 有 1000000 MB，超过 200 MB，请拆分后再试；已跳过。"


def test_a_folder_without_texts_and_an_empty_path_are_told(tmp_path: Path) -> None:
    said = [error.zh for error in load_articles([tmp_path, ""]).problems]
    assert said == [
        f"{tmp_path} 里没有可读的文件（.csv、.docx、.htm、.html、.jpeg、.jpg、.markdown、.md、.mht、.mhtml、.pdf、.png、.text、.tif、.tiff、.tsv、.txt、.xlsx、.zip）。",
        "路径是空的，请写出文件或文件夹。",
    ]


def test_what_varies_a_figure_is_not_seen() -> None:
    (article,) = read_articles("补贴办法\n\n每月8\ufe0f00元，满5\u200d0岁，\u2764\ufe0f 8\ufe0f\u20e3。", "a.txt")
    assert article.text == "每月800元，满50岁，\u2764\ufe0f 8\ufe0f\u20e3。"
