"""Whose rule an article is: another county's, body's, year's or group's notice answers nothing."""

from pathlib import Path

import pytest

from rag.answering.jurisdiction import (
    asked_of,
    bodies_in,
    chains_in,
    is_anothers,
    is_same_body,
    own_places,
    with_full_places,
    years_in,
)
from rag.answering.short_places import unknown_place
from rag.datatypes import Article, Kind, Passage, Status
from rag.question.analysis import analyse
from rag.reading.passages import split_passages
from rag.text.normalization import alnum_only
from tests.fakes import make_article, make_bot

RULE = "补贴标准为每亩40元，由县农业农村局核验后拨付。"


def notice(title: str, *paragraphs: str, kind: Kind = Kind.POLICY, **facts: str | None) -> Passage:
    """The first passage of a notice."""
    return split_passages(make_article(title, *(paragraphs or (RULE,)), kind=kind, **facts))[0]


def anothers(question: str, passage: Passage, *others: Article) -> bool:
    return is_anothers(asked_of(analyse(question), [passage.article, *others]), passage)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("青岭县秸秆离田补贴每亩多少元？", ["青岭县"]),
        ("家住青岭县，补贴多少", ["青岭县"]),
        ("云溪省青岭县的补贴", ["云溪省青岭县"]),
        ("青岭县、白沙县各补多少", ["青岭县", "白沙县"]),
        ("关于印发青岭县补贴方案的通知", ["青岭县"]),
        ("2026年青岭县补贴方案", ["青岭县"]),
        ("根据青岭县的规定", ["青岭县"]),
        ("青岭县人民政府办公室", ["青岭县"]),
        ("青岭县县城", ["青岭县"]),
        ("云河市城东区柳渡镇", ["云河市城东区柳渡镇"]),
        ("东河口镇", ["东河口镇"]),
        ("白沙村村民", ["白沙村"]),
        ("湖心乡", ["湖心乡"]),
        ("镇海区", ["镇海区"]),
        ("全县有多少亩", []),
        ("我县、我市、本市、该镇", []),
        ("县城和市区的居民", []),
        ("各乡镇人民政府：", []),
        ("贫困县、示范村、县级市", []),
        ("开发区、高新区、服务区、小区、社区", []),
        ("市场监管局", []),
        ("乡村振兴、农村危房、村民", []),
        ("城镇居民和城乡居民", []),
        ("由省市县三级财政分担", []),
        ("县农业农村局", []),
        ("区域医疗中心", []),
    ],
)
def test_places_are_known_by_what_stands_behind_their_names(text: str, places: list[str]) -> None:
    assert ["".join(place.text for place in chain) for chain in chains_in(text)] == places


QINGLING = notice("青岭县秸秆离田补贴实施方案")
SIGNED = notice(
    "秸秆离田补贴实施方案", "各乡镇人民政府：", "为推进秸秆利用，制定本方案。", RULE, "青岭县农业农村局", "2026年3月1日"
)
PROVINCE = notice("云溪省秸秆离田补贴办法", "补贴标准为每亩40元。")
CITY = notice("云河市秸秆离田补贴办法", "青岭县补贴标准为每亩40元，白沙县为每亩55元。")
DISTRICT = notice("云河市城东区老年人乘车优惠办法", "65周岁以上老人免费乘车。")
NAMELESS = notice("秸秆离田补贴实施方案")
NEWS = notice("白苇桥建成通车", "1月9日，青岭县白苇桥建成通车，通往白沙县城。", kind=Kind.NEWS)
ASIDE = notice("白沙县秸秆离田补贴方案", "补贴标准为每亩55元。", "工作经费参照青岭县的做法安排。")
HEADED = notice("云河市各县补贴标准", "一、青岭县", "每亩40元。", "二、白沙县", "每亩55元。")
PREFIX = notice("东河镇垃圾清运收费办法", "每户每月5元。")
LONGER = notice("东河口镇垃圾清运收费办法", "每户每月6元。")


@pytest.mark.parametrize(
    ("question", "passage", "another"),
    [
        ("青岭县秸秆离田补贴每亩多少元？", QINGLING, False),
        ("黄坪县秸秆离田补贴每亩多少元？", QINGLING, True),
        ("请问黄坪县的秸秆补贴是多少", QINGLING, True),
        ("我家在黄坪县，秸秆补贴多少？", QINGLING, True),
        ("青岭秸秆补贴多少", QINGLING, False),
        ("秸秆离田补贴每亩多少元？", QINGLING, False),
        ("我们县秸秆补贴多少？", QINGLING, False),
        ("全县秸秆补贴多少？", QINGLING, False),
        ("县城的秸秆怎么补贴？", QINGLING, False),
        ("本县秸秆补贴多少？", QINGLING, False),
        ("青岭市秸秆补贴多少？", QINGLING, True),  # a city of the same name
        ("云溪省青岭县秸秆补贴多少？", QINGLING, False),
        ("云溪省秸秆补贴多少？", QINGLING, True),  # wider than the notice
        ("云溪省黄坪县秸秆补贴多少？", QINGLING, True),
        ("青岭县和黄坪县秸秆补贴多少？", QINGLING, False),
        ("青岭县秸秆补贴多少？", SIGNED, False),
        ("黄坪县秸秆补贴多少？", SIGNED, True),
        ("云溪省黄坪县秸秆补贴多少？", PROVINCE, False),  # which the question says it lies in
        ("海川省黄坪县秸秆补贴多少？", PROVINCE, True),
        ("黄坪县秸秆补贴多少？", PROVINCE, True),
        ("青岭县秸秆补贴多少？", CITY, False),
        ("白沙县秸秆补贴多少？", CITY, False),
        ("黄坪县秸秆补贴多少？", CITY, True),
        ("云河市秸秆补贴多少？", CITY, False),
        ("云河市城东区老人坐车要钱吗？", DISTRICT, False),
        ("城东区老人坐车要钱吗？", DISTRICT, False),
        ("云河市老人坐车要钱吗？", DISTRICT, True),
        ("云河市城西区老人坐车要钱吗？", DISTRICT, True),
        ("城西区老人坐车要钱吗？", DISTRICT, True),
        ("黄坪县秸秆补贴多少？", NAMELESS, False),
        ("青岭县白苇桥什么时候通车？", NEWS, False),
        ("白沙县哪座桥通车了？", NEWS, False),  # of which the report speaks
        ("黄坪县白苇桥什么时候通车？", NEWS, True),
        ("青岭县秸秆补贴每亩多少元？", ASIDE, True),  # named in passing
        ("白沙县秸秆补贴每亩多少元？", ASIDE, False),
        ("青岭县补贴多少？", HEADED, False),
        ("黄坪县补贴多少？", HEADED, True),
        ("东河镇垃圾清运每月多少钱？", PREFIX, False),
        ("东河口镇垃圾清运每月多少钱？", PREFIX, True),
        ("东河镇垃圾清运每月多少钱？", LONGER, True),
        ("东河口镇垃圾清运每月多少钱？", LONGER, False),
        ("大东河镇垃圾清运每月多少钱？", PREFIX, True),
        ("申请东河镇垃圾清运要多少钱？", PREFIX, False),
    ],
)
def test_the_place_that_an_article_is_for(question: str, passage: Passage, another: bool) -> None:
    assert anothers(question, passage) is another


@pytest.mark.parametrize(
    ("question", "passage", "another"),
    [
        ("青岭秸秆补贴多少？", QINGLING, False),
        ("白沙秸秆补贴多少？", QINGLING, True),
        ("东河口垃圾清运多少钱？", PREFIX, True),
        ("东河口垃圾清运多少钱？", LONGER, False),
        ("东河垃圾清运多少钱？", LONGER, True),
    ],
)
def test_a_place_without_its_last_word_is_known_from_the_articles(
    question: str, passage: Passage, another: bool
) -> None:
    others = (QINGLING.article, ASIDE.article, PREFIX.article, LONGER.article)
    assert anothers(question, passage, *others) is another


OF_2025 = notice("青岭县2025年招生方案", "一年级招生1200人，比2024年多30人。")
RANGE = notice("青岭县2021—2025年造林规划", "每亩补助600元。")
NUMBERED = notice("关于调整津贴标准的通知", "根据青政发〔2023〕5号文件，津贴为每月650元。", published="2026-03-01")
EDITION = notice("青岭县高龄津贴办法（2023年）", "津贴为每人每月300元。")
UNDATED = notice("津贴发放办法", "津贴为每月650元。")
REPORT = notice("小区改造见成效", "今年改造86个小区，去年改造102个。", kind=Kind.NEWS, published="2026-01-05")


@pytest.mark.parametrize(
    ("question", "passage", "another"),
    [
        ("2025年招生多少人？", OF_2025, False),
        ("2023年招生多少人？", OF_2025, True),
        ("2026年招生多少人？", OF_2025, True),
        ("2024年招生多少人？", OF_2025, False),  # of which the text speaks
        ("招生多少人？", OF_2025, False),
        ("2023年造林补助多少？", RANGE, False),
        ("2026年造林补助多少？", RANGE, True),
        ("2023年的津贴标准是多少？", NUMBERED, True),  # a document's number
        ("2024年的津贴是多少？", NUMBERED, True),
        ("2026年的津贴是多少？", NUMBERED, False),
        ("2027年的津贴是多少？", NUMBERED, False),  # a rule goes on until another comes
        ("2019年的津贴是多少？", UNDATED, False),
        ("我2020年退休，津贴是多少？", NUMBERED, False),  # a year of the one who asks
        ("2020年毕业的能领津贴吗？", NUMBERED, False),
        ("2024年12月以后申请的津贴是多少？", NUMBERED, False),  # a date
        ("2025年的津贴是多少？", EDITION, False),  # it holds on
        ("2022年的津贴是多少？", EDITION, True),
        ("2026年改造多少个小区？", REPORT, False),
        ("2025年改造多少个小区？", REPORT, False),  # 去年
        ("2024年改造多少个小区？", REPORT, True),
        ("2028年改造多少个小区？", REPORT, True),
    ],
)
def test_the_year_that_an_article_is_of(question: str, passage: Passage, another: bool) -> None:
    assert anothers(question, passage) is another


BY_LABOUR = notice("青岭县人力资源和社会保障局关于发放就业补贴的通知", "每人补贴1000元。")
BY_HEALTH = notice("关于门诊报销的通知", "门诊报销70%。", "青岭县医疗保障局", "2026年3月1日")
LISTED = notice("补贴办法", "县农业农村局在十个工作日内核验。", "农户的名单由县乡村振兴局提供。")
WITH = notice("青岭县医疗保障局关于门诊报销的通知", "由人社局发放社会保障卡。")


@pytest.mark.parametrize(
    ("question", "passage", "another"),
    [
        ("人社局的就业补贴是多少？", BY_LABOUR, False),
        ("医保局的就业补贴是多少？", BY_LABOUR, True),
        ("医保局的通知说门诊报销多少？", BY_HEALTH, False),
        ("人社局的通知说门诊报销多少？", BY_HEALTH, True),
        ("人社局发放什么？", WITH, False),
        ("教育局的补贴是多少？", UNDATED, False),  # nobody signed it
        ("就业补贴是多少？", BY_LABOUR, False),
        ("农业农村局几天核验？", NAMELESS, False),
        ("县乡村振兴局几天核验？", NAMELESS, True),  # another body does it
        ("县乡村振兴局几天核验？", LISTED, False),  # which the text names elsewhere
        ("县乡村振兴局几天核验？", UNDATED, False),  # no body is named
    ],
)
def test_the_body_that_issued_an_article(question: str, passage: Passage, another: bool) -> None:
    assert anothers(question, passage) is another


GRADUATES = notice("研究生就业补贴办法", "每人每月补贴2000元。")
RURAL = notice("农村居民养老金标准", "每人每月150元。", "城镇居民另行规定。")
WOMEN = notice("女职工产假规定", "产假158天。")


@pytest.mark.parametrize(
    ("question", "passage", "another"),
    [
        ("研究生就业补贴多少？", GRADUATES, False),
        ("本科生就业补贴多少？", GRADUATES, True),
        ("就业补贴多少？", GRADUATES, False),
        ("农村居民养老金多少？", RURAL, False),
        ("城镇居民养老金多少？", RURAL, True),
        ("女职工产假几天？", WOMEN, False),
        ("男职工陪产假几天？", WOMEN, True),
    ],
)
def test_the_group_that_an_article_is_for(question: str, passage: Passage, another: bool) -> None:
    assert anothers(question, passage) is another


def test_a_title_counts_before_a_signature_and_that_before_the_beginning() -> None:
    assert [chain[-1].text for chain in own_places(QINGLING.article)] == ["青岭县"]
    assert [chain[-1].text for chain in own_places(SIGNED.article)] == ["青岭县"]
    assert own_places(NAMELESS.article) == ()
    began = make_article("补贴方案", "为落实《云河市秸秆条例》，青岭县制定本方案。", kind=Kind.POLICY)
    assert [chain[-1].text for chain in own_places(began)] == ["青岭县"]


def test_bodies_are_known_without_the_place_before_them_and_by_their_short_names() -> None:
    assert bodies_in("去青岭县人社局还是市医疗保障局？") == ["人社局", "医疗保障局"]
    assert bodies_in("省发展和改革委员会、县农业农村局") == ["发展和改革委员会", "农业农村局"]
    assert bodies_in("产业布局，委托办理") == []
    assert is_same_body("人社局", "人力资源和社会保障局")
    assert is_same_body("卫健委", "卫生健康委员会")
    assert not is_same_body("人社局", "医疗保障局")


def test_years_between_two_are_named_too() -> None:
    assert years_in("2021—2023年规划") == {2021, 2022, 2023}
    assert years_in("青政发〔2026〕5号") == {2026}
    assert years_in("2026年3月1日起") == set()


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("青岫秸秆离田补贴", "青岫"),
        ("青岫的秸秆补贴是多少？", "青岫"),
        ("秸秆离田补贴青岫多少？", "青岫"),
        ("家住青岫，秸秆离田补贴多少？", "青岫"),
        ("石桥秸秆离田补贴每亩多少？", "石桥"),
        ("青岭秸秆离田补贴多少？", None),  # the article's own
        ("秸秆离田补贴多少？", None),
        ("低保户秸秆离田补贴多少？", None),  # people
        ("怎么领秸秆离田补贴？", None),
        ("桐乡秸秆离田补贴每亩多少？", "桐乡"),  # though it ends as a kind of place does
        ("要等几久先可以领秸秆离田补贴？", None),  # 几久|先: no name is cut so
        ("满六十五岁又点的农户秸秆离田补贴多少？", None),
        ("网约车怎么年检？", None),  # of which the article says nothing
    ],
)
def test_a_name_that_no_article_knows_is_another_place_where_the_rest_fits(question: str, place: str | None) -> None:
    plain = alnum_only(QINGLING.article.title + QINGLING.article.text)
    assert unknown_place(analyse(question), plain) == place
    assert anothers(question, QINGLING) is (place is not None)
    assert not anothers(question, NAMELESS)


@pytest.mark.parametrize(
    ("question", "full"),
    [
        ("青岭和白沙秸秆补贴各多少?", "青岭县和白沙县秸秆补贴各多少?"),
        ("青岭县和白沙秸秆补贴各多少?", "青岭县和白沙县秸秆补贴各多少?"),
        ("青岭县秸秆补贴多少?", "青岭县秸秆补贴多少?"),
        ("青岫秸秆补贴多少?", "青岫秸秆补贴多少?"),
    ],
)
def test_short_places_are_named_in_full_where_the_articles_know_them(question: str, full: str) -> None:
    assert with_full_places(analyse(question), [QINGLING.article, ASIDE.article]) == full


# ---------------------------------------------------------------- three notices from one template


def template(place: str, amount: str, day: str) -> Article:
    return make_article(
        f"{place}秸秆离田补贴实施方案",
        "各乡镇人民政府：",
        "补贴对象为本县从事秸秆离田的农户。",
        f"秸秆离田补贴标准为每亩{amount}元，由县农业农村局核验后拨付。",
        f"秸秆离田补贴申报截止时间为{day}。",
        kind=Kind.POLICY,
    )


TWINS = [template("青岭县", "40", "5月20日"), template("白沙县", "55", "6月10日"), template("东河县", "60", "7月1日")]


@pytest.mark.parametrize(
    ("question", "figure", "title"),
    [
        ("青岭县秸秆离田补贴每亩多少元？", "40元", TWINS[0].title),
        ("白沙县秸秆离田补贴每亩多少元？", "55元", TWINS[1].title),
        ("东河秸秆离田补贴什么时候截止申报？", "7月1日", TWINS[2].title),
    ],
)
def test_each_county_is_answered_from_its_own_notice(tmp_path: Path, question: str, figure: str, title: str) -> None:
    answer = make_bot(tmp_path, TWINS).ask(question)
    assert {c.article.title for c in answer.citations} == {title}
    assert all(figure in c.quote for c in answer.citations)


@pytest.mark.parametrize("place", ["黄坪县", "东河口县", "青岭市", "云溪省黄坪县", "青岫"])
def test_a_county_without_a_notice_is_refused_with_the_nearest_shown(tmp_path: Path, place: str) -> None:
    answer = make_bot(tmp_path, TWINS).ask(f"{place}秸秆离田补贴每亩多少元？")
    assert answer.status is Status.NO_EVIDENCE
    assert answer.sentences == ()
    assert answer.nearest


@pytest.mark.parametrize("places", ["青岭县和白沙县", "青岭和白沙", "青岭县和白沙"])
def test_asked_for_two_counties_each_is_cited_to_its_own_and_named(tmp_path: Path, places: str) -> None:
    answer = make_bot(tmp_path, TWINS).ask(f"{places}秸秆离田补贴每亩各多少元？")
    assert [(s.text[:4], s.citations[0].article.title) for s in answer.sentences] == [
        ("青岭县：", TWINS[0].title),
        ("白沙县：", TWINS[1].title),
    ]
    assert "40元" in answer.sentences[0].text
    assert "55元" in answer.sentences[1].text
