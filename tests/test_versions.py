"""Which article stands in the place of which: only where words of the later one say so."""

from datetime import date

import pytest

from rag.datatypes import Article, Kind, Span
from rag.reading.document_names import identity_of, names_in, same_number, short_name
from rag.reading.versions import link, with_validity
from rag.validity import State, Superseded, Why

TODAY = date(2026, 11, 27)


def article(id: str, title: str, text: str, published: str | None = None, kind: Kind = Kind.POLICY) -> Article:
    spans, start = [], 0
    for line in text.split("\n"):
        spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    return Article(id, title, kind, f"{id}.txt", text, tuple(spans), published=published)


OLD = article("old", "柳溪县高龄津贴发放办法", "高龄津贴为每人每月500元。", "2024-03-01")


def superseded(*articles: Article) -> dict[str, Superseded]:
    found = zip(articles, link(articles), strict=True)
    return {article.id: validity.superseded for article, validity in found if validity.superseded}


def test_a_repeal_by_title_puts_the_earlier_out_of_force_on_the_day_it_takes_effect_itself() -> None:
    new = article(
        "new",
        "柳溪县老年人津贴办法",
        "本办法自2026年4月1日起施行。《柳溪县高龄津贴发放办法》同时废止。",
        "2026-03-01",
    )
    (old, _) = link([OLD, new])
    assert old.superseded == Superseded(Why.REPEALED, date(2026, 4, 1), "new", "柳溪县老年人津贴办法", Span(17, 34))
    assert new.text[17:34] == "《柳溪县高龄津贴发放办法》同时废止"
    assert old.state_on(date(2026, 3, 31)) is State.UNKNOWN
    assert old.state_on(date(2026, 4, 1)) is State.SUPERSEDED


@pytest.mark.parametrize(
    ("title", "text"),
    [
        # by the number alone
        ("柳溪县老年人津贴办法", "柳政发〔2024〕3号文件同时废止。"),
        ("柳溪县老年人津贴办法", "原《高龄津贴办法》（柳政发[2024]3号）同时废止。"),
        # by the title of the notice that issued it
        ("柳溪县老年人津贴办法", "《柳溪县人民政府关于印发〈柳溪县高龄津贴发放办法〉的通知》同时废止。"),
        ("柳溪县老年人津贴办法", "《柳溪县高龄津贴发放办法》停止执行。"),
    ],
)
def test_ways_to_name_what_is_repealed(title: str, text: str) -> None:
    old = article("old", "柳溪县高龄津贴发放办法", "柳政发〔2024〕3号\n高龄津贴为每人每月500元。", "2024-03-01")
    new = article("new", title, text, "2026-03-01")
    assert superseded(old, new).keys() == {"old"}


@pytest.mark.parametrize(
    ("title", "text", "published"),
    [
        ("柳溪县老年人津贴办法", "高龄津贴为每人每月650元。", "2026-03-01"),  # newer and alike is no reason
        ("柳溪县高龄津贴发放办法", "高龄津贴为每人每月650元。", "2026-03-01"),  # nor is the same title
        ("柳溪县老年人津贴办法", "《柳溪县养犬办法》同时废止。", "2026-03-01"),
        ("柳溪县老年人津贴办法", "《柳溪县高龄津贴发放办法》尚未废止。", "2026-03-01"),
        ("柳溪县老年人津贴办法", "根据《柳溪县高龄津贴发放办法》制定本办法。", "2026-03-01"),
        ("白沙县老年人津贴办法", "《白沙县高龄津贴发放办法》同时废止。", "2026-03-01"),
        ("柳溪县老年人津贴办法", "《柳溪县高龄津贴发放办法》同时废止。", "2023-03-01"),  # before there was this one
        (
            "柳溪县老年人津贴办法",
            "《柳溪县高龄津贴发放办法》（柳政发〔2019〕8号）同时废止。",
            "2026-03-01",
        ),  # another number
    ],
)
def test_what_supersedes_nothing(title: str, text: str, published: str) -> None:
    old = article("old", "柳溪县高龄津贴发放办法", "柳政发〔2024〕3号\n高龄津贴为每人每月500元。", "2024-03-01")
    assert superseded(old, article("new", title, text, published)) == {}


def test_another_county_s_notice_of_the_same_title_is_not_meant() -> None:
    theirs = article("theirs", "关于做好高龄津贴发放工作的通知", "津贴为500元。\n白沙县民政局\n2024年3月1日")
    ours = article("ours", "柳溪县老年人津贴办法", "《关于做好高龄津贴发放工作的通知》同时废止。", "2026-03-01")
    assert superseded(theirs, ours) == {}


def test_the_former_rate_ends_where_place_and_matter_are_the_same() -> None:
    new = article(
        "new",
        "柳溪县调整高龄津贴标准的通知",
        "自2026年4月1日起，高龄津贴调整为650元，原标准同时停止执行。",
        "2026-03-01",
    )
    found = superseded(OLD, new)
    assert found == {"old": Superseded(Why.REPLACED, date(2026, 4, 1), "new", new.title, Span(24, 33))}
    assert new.text[24:33] == "原标准同时停止执行"


@pytest.mark.parametrize(
    ("title", "published"),
    [
        ("白沙县调整高龄津贴标准的通知", "2026-03-01"),  # another place
        ("调整高龄津贴标准的通知", "2026-03-01"),  # of which place is not told
        ("柳溪县调整护理补贴标准的通知", "2026-03-01"),  # another matter
        ("柳溪县调整高龄津贴标准的通知", None),  # which came first is not told
    ],
)
def test_whose_former_rate_ends_must_be_clear(title: str, published: str | None) -> None:
    assert superseded(OLD, article("new", title, "新标准为650元，原标准同时停止执行。", published)) == {}


def test_where_a_later_one_prevails_the_earlier_gives_way() -> None:
    new = article(
        "new",
        "柳溪县高龄津贴发放细则",
        "本细则自2026年4月1日起施行。此前规定与本细则不一致的，以本细则为准。",
        "2026-03-01",
    )
    assert superseded(OLD, new)["old"].why is Why.REPLACED


def test_the_same_notice_for_a_later_year_answers_from_that_year_on() -> None:
    notices = [
        article(year, f"柳溪县{year}年居民医保缴费公告", "每人每年缴纳一笔费用。", f"{int(year) - 1}-09-01")
        for year in ("2024", "2025", "2026")
    ]
    found = superseded(*notices)
    assert {id: (s.why, s.article_id, s.day) for id, s in found.items()} == {
        "2024": (Why.NEXT_YEAR, "2025", date(2025, 1, 1)),
        "2025": (Why.NEXT_YEAR, "2026", date(2026, 1, 1)),
    }


@pytest.mark.parametrize(
    "title",
    [
        "白沙县2026年居民医保缴费公告",
        "柳溪县2026年职工医保缴费公告",
        "柳溪县居民医保缴费公告",
        "柳溪县2025—2026年居民医保缴费公告",
        "2026年居民医保缴费公告",
    ],
)
def test_a_later_year_of_something_else_is_no_later_version(title: str) -> None:
    old = article("old", "柳溪县2025年居民医保缴费公告", "每人每年缴纳一笔费用。", "2024-09-01")
    assert superseded(old, article("new", title, "每人每年缴纳一笔费用。", "2025-09-01")) == {}


def test_a_report_supersedes_nothing_and_is_not_superseded() -> None:
    text = "本办法自2026年4月1日起施行。《柳溪县高龄津贴发放办法》同时废止。"
    report = article("report", "柳溪县老年人津贴办法", text, "2026-03-01", Kind.NEWS)
    assert superseded(OLD, report) == {}


def test_of_two_that_repeal_one_the_first_in_time_counts() -> None:
    text = "《柳溪县高龄津贴发放办法》同时废止。"
    second = article("second", "柳溪县养老办法", text, "2026-03-01")
    first = article("first", "柳溪县敬老办法", text, "2025-03-01")
    assert superseded(second, OLD, first)["old"].article_id == "first"


def test_the_articles_come_back_with_their_validity_in_their_order() -> None:
    new = article("new", "柳溪县老年人津贴办法", "《柳溪县高龄津贴发放办法》同时废止。", "2026-03-01")
    articles = with_validity([new, OLD])
    assert articles == [new, OLD]
    assert [a.validity.state_on(TODAY) if a.validity else None for a in articles] == [State.UNKNOWN, State.SUPERSEDED]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("柳溪县高龄津贴发放办法", "柳溪县高龄津贴发放办法"),
        ("柳溪县人民政府关于印发《柳溪县高龄津贴发放办法》的通知", "柳溪县高龄津贴发放办法"),
        ("关于印发柳溪县高龄津贴发放办法的通知", "柳溪县高龄津贴发放办法"),
        ("柳溪县民政局关于公布《低保标准》的公告", "低保标准"),
        ("柳溪县民政局关于做好2026年低保工作的通知", "做好2026年低保工作的通知"),
    ],
)
def test_a_document_s_short_name(title: str, name: str) -> None:
    assert short_name(title) == name


def test_titles_keep_their_own_number() -> None:
    plain = "《甲办法》(柳政发〔2015〕1号)、《乙办法》和柳政办发〔2018〕22号文件"
    assert [(n.title, n.number) for n in names_in(plain)] == [
        ("甲办法", "柳政发〔2015〕1号"),
        ("乙办法", ""),
        ("", "柳政办发〔2018〕22号"),
    ]


def test_a_number_is_the_same_whatever_runs_into_it() -> None:
    assert same_number("柳政发〔2015〕1号", "人民政府柳政发〔2015〕1号")
    assert not same_number("柳政发〔2015〕1号", "柳政发〔2015〕11号")
    assert not same_number("柳政发〔2015〕1号", "柳政办发〔2015〕1号")


def test_what_an_article_is_known_by() -> None:
    text = "柳政办发〔2026〕7号\n各乡镇：\n现将办法印发给你们。\n柳溪县人民政府办公室\n2026年3月1日"
    known = identity_of(article("a", "关于印发柳溪县2026年高龄津贴发放办法的通知", text))
    assert (known.number, known.place, known.matter, known.year) == ("柳政办发〔2026〕7号", "柳溪县", "高龄津贴", 2026)
    assert known.edition == "高龄津贴发放办法"
