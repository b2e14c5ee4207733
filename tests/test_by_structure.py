import pytest
from fakes import make_article, make_passage

from rag.answering.by_structure import (
    enumerated_items,
    headed_sentences,
    main_points,
    numbered_rule,
    rest_of_item,
    with_what_it_heads,
)
from rag.datatypes import Article, Evidence, Kind, Passage, Span
from rag.question.analysis import analyse
from rag.reading.given import given_passages
from rag.reading.passages import split_passages
from rag.reading.structure import structure_of
from rag.text.normalization import split_sentences

TAIL = "各部门要把这项工作放在心上并且按月通报进展。"
LISTED = (
    "小店主盼着好政策。沈若溪建议：一要减免租金，"
    + TAIL * 2
    + "二要简化手续，"
    + TAIL * 2
    + "三要通水通电，"
    + TAIL * 2
)


# ---- enumerations


def item_texts(question: str) -> list[str]:
    article = make_article("让小店开得久", LISTED, kind=Kind.PROPOSAL, speaker="沈若溪")
    return [item.text for item in enumerated_items(analyse(question), split_passages(article)[0])]


def test_a_question_for_all_suggestions_gets_each_item() -> None:
    first, second, third = item_texts("沈若溪提出了哪些建议？")
    assert (first[:6], second[:6], third[:6]) == ("一要减免租金", "二要简化手续", "三要通水通电")


def test_a_question_about_one_item_does_not_get_all() -> None:
    assert item_texts("如何简化手续？") == []


def test_a_question_for_a_figure_gets_no_list() -> None:
    assert item_texts("沈若溪建议补多少钱？") == []


def test_a_text_without_enumeration_has_no_items() -> None:
    assert enumerated_items(analyse("有哪些建议？"), make_passage("桥通了。")) == []


def test_an_item_asked_for_by_its_number_is_told_whole() -> None:
    article = make_article(
        "小店怎么帮", "三点意见：一是减免租金。先免三个月，再减半年。二是简化手续，三天办结。" + TAIL * 3
    )
    items = enumerated_items(analyse("第一点是什么？"), split_passages(article)[0])
    assert [item.text for item in items] == ["一是减免租金。先免三个月，再减半年。"]


def test_attached_documents_are_no_items() -> None:
    article = make_article("关于复工的通知", "工程具备封闭管理条件的可以复工。", "附件：", "1.复工指引。2.检查表。")
    assert enumerated_items(analyse("复工有哪些条件？"), split_passages(article)[0]) == []


def test_what_follows_the_last_item_is_no_part_of_it() -> None:
    last = "二是简化开店的各项手续，材料齐全的三天之内全部办结，不再来回跑。"
    text = f"罗远有两点意见：一是减免租金。{last}市财政局回应说今年没有这个计划。" + TAIL * 3
    items = enumerated_items(analyse("第二点是什么？"), split_passages(make_article("小店怎么帮", text))[0])
    assert [item.text for item in items] == [last]


# ---- regulations

REGULATION = make_article(
    "青禾市老旧小区补助办法",
    "第一章 对象",
    "第四条 申请补助的企业应当具备下列条件：（一）依法登记；（二）配备两名保洁员。",
    "第二章 申请",
    "第八条 符合条件的企业应当于每年3月申请。申请时提交下列材料：（一）申请表；（二）营业执照。",
    "第十二条 骗取补助的，追回资金。",
    kind=Kind.POLICY,
)


PIGEONS = make_article(
    "养鸽办法",
    "第三条 养鸽人应当登记。登记时提交下列材料：（一）身份证明；（二）免疫证明。",
    "第四条 信鸽比赛由体育部门管理。",
    kind=Kind.POLICY,
)


@pytest.mark.parametrize(("question", "items"), [("喂鸽子的登记要什么材料？", 2), ("信鸽比赛登记要什么材料？", 0)])
def test_a_list_that_announces_what_is_asked_answers_it_in_the_askers_own_words(question: str, items: int) -> None:
    assert len(enumerated_items(analyse(question), split_passages(PIGEONS)[0])) == items


def passage_of(words: str) -> Passage:
    return next(p for p in split_passages(REGULATION) if words in p.text)


@pytest.mark.parametrize(
    ("question", "words", "items"),
    [
        ("企业申请补助要什么条件？", "第四条", ["（一）依法登记；（二）配备两名保洁员。"]),
        ("企业申请补助要什么条件？", "第八条", ["（一）依法登记；（二）配备两名保洁员。"]),
        ("企业申请补助要什么材料？", "第四条", ["（一）申请表；（二）营业执照。"]),
    ],
    ids=["its own, under a chapter's heading", "another, whose lead names it", "one further down"],
)
def test_of_several_lists_that_one_is_meant_whose_lead_names_what_is_asked_for(
    question: str, words: str, items: list[str]
) -> None:
    assert "".join(e.text for e in enumerated_items(analyse(question), passage_of(words))) == "".join(items)


def test_a_list_elsewhere_in_a_regulation_is_not_that_of_the_passage() -> None:
    assert enumerated_items(analyse("骗取补助有哪些后果？"), passage_of("第十二条")) == []
    assert enumerated_items(analyse("对象有哪些？"), Passage("x", REGULATION, REGULATION.paragraphs[0])) == []


@pytest.mark.parametrize("question", ["第十二条说了什么？", "第12条是怎么规定的"])
def test_a_rule_is_found_by_its_number(question: str) -> None:
    assert [e.text for e in numbered_rule(analyse(question), passage_of("第八条"))] == [
        "第十二条 骗取补助的，追回资金。"
    ]


@pytest.mark.parametrize(
    "question", ["第十三条说了什么？", "骗取补助怎么办？", "违反第十二条罚多少钱？", "按照第十二条怎样处理？"]
)
def test_no_rule_is_taken_for_another(question: str) -> None:
    assert numbered_rule(analyse(question), passage_of("第八条")) == []


def test_in_a_follow_up_its_own_number_counts() -> None:
    assert [e.text[:4] for e in numbered_rule(analyse("第四条怎么规定的，第八条呢？"), passage_of("第十二条"))] == [
        "第八条 "
    ]


def test_a_rule_is_found_with_its_items_though_each_has_a_line_of_its_own() -> None:
    rules = make_article(
        "办法", "第一条 应当具备下列条件：", "（一）依法登记；", "（二）有保洁员。", "第二条 本办法自发布之日起施行。"
    )
    (passage, *_) = split_passages(rules)
    whole = "第一条 应当具备下列条件：\n（一）依法登记；\n（二）有保洁员。"
    assert [e.text for e in numbered_rule(analyse("第一条是什么？"), passage)] == [whole]
    assert (
        "".join(e.text for e in enumerated_items(analyse("要具备哪些条件？"), passage))
        == "（一）依法登记；（二）有保洁员。"
    )


def test_outside_a_regulation_the_passages_own_list_is_meant() -> None:
    news = make_article(
        "整治见成效",
        "云河县整治的主要做法是：一是拆除违建；二是清运垃圾；三是疏通河道。",
        "县里为整治出台保障措施：一是加大投入；二是强化考核。",
    )
    (first, *_) = split_passages(news)
    assert [e.text[:4] for e in enumerated_items(analyse("云河县整治采取了哪些措施？"), first)][:1] == ["一是拆除"]


REPAIRS = make_article(
    "柳渡渡口这一年",
    "柳渡渡口一年里换了两条船，班次由8班增至12班。",
    "资金是一大难题。换船花了300万元，县里补了一半。" + TAIL,
    "下一步，渡口要建立管护机制：一是定人负责；二是按月检修；三是开通网上购票。",
)


SHOPS = make_article(
    "小店三项帮扶出台",
    "区里上半年走访了两千家小店。",
    "帮扶小店的措施主要有三个方面：",
    "一是减免租金。先免三个月，再减半年。",
    "承租国有房屋的，另免一个月。",
    "二是简化手续，材料齐全的三天办结。",
    "三是通水通电。费用由区里出。",
    "区里还将每月回访一次。",
)


@pytest.mark.parametrize("number", range(1, 5))
def test_the_items_of_a_list_may_be_paragraphs_of_their_own(number: int) -> None:
    items = enumerated_items(analyse("帮扶小店的措施有哪些？"), split_passages(SHOPS)[number])
    assert [e.text for e in items] == [
        "一是减免租金。先免三个月，再减半年。",
        "二是简化手续，材料齐全的三天办结。",
        "三是通水通电。费用由区里出。",
    ]


def test_what_stands_between_two_items_belongs_to_the_first_and_behind_the_last_to_none() -> None:
    items = enumerated_items(analyse("第一个方面是什么？"), split_passages(SHOPS)[1])
    assert [e.text for e in items] == ["一是减免租金。先免三个月，再减半年。", "承租国有房屋的，另免一个月。"]
    assert enumerated_items(analyse("区里怎么回访？"), split_passages(SHOPS)[-1]) == []


def test_the_question_above_a_list_is_its_lead() -> None:
    article = make_article("渡口票价问答", "问：哪些人可以免票？", "答：一是学生；二是六十岁以上的；三是军人。")
    items = enumerated_items(analyse("哪些人可以免票？"), split_passages(article)[0])
    assert [e.text for e in items] == ["一是学生；", "二是六十岁以上的；", "三是军人。"]


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("柳渡渡口下一步有哪些措施？", 3),
        ("柳渡渡口遇到了哪些困难？", 0),
        ("总结柳渡渡口取得的成效", 0),
        ("县里怎么补贴换船的钱？", 0),
    ],
)
def test_a_list_in_the_news_answers_only_what_its_lead_announces(question: str, items: int) -> None:
    assert len(enumerated_items(analyse(question), split_passages(REPAIRS)[0])) == items


# ---- headings

PLAN = make_article(
    "青禾市便民服务若干措施",
    "为方便群众办事，现就有关工作通知如下。",
    "一、办好线上服务 （一）优化网上办事平台。市数据局负责平台维护，确保稳定。年底前开通手机办理。",
    "（二）增设自助终端。每个街道至少设两台自助终端。",
    "二、申请材料 1. 居民身份证复印件； 2. 社区开具的证明； 3. 近期照片两张。",
    "材料一律不退。",
    "三、受理条件",
    "1．必须在本市居住。居住时间满一年，以居住证为准。" + "村和社区可以代为核实。" * 20,
    "2．必须本人申请。行动不便的可以委托家人。" + "委托书应当写明事项。" * 20,
    "四、工作要求",
    "各区要加强领导，按月通报。",
    "青禾市人民政府 2026年3月1日",
    kind=Kind.POLICY,
)


def headed(question: str, article: Article = PLAN) -> list[str]:
    return [item.text for item in headed_sentences(analyse(question), split_passages(article)[0])]


@pytest.mark.parametrize(
    "question", ["青禾市如何优化网上办事平台？", "怎么优化网上办事平台", "优化网上办事平台有什么措施？"]
)
def test_who_asks_for_what_a_heading_announces_gets_all_that_stands_under_it(question: str) -> None:
    assert headed(question) == ["市数据局负责平台维护，确保稳定。", "年底前开通手机办理。"]


CANTEENS = make_article(
    "机关食堂管理通知",
    "1.加强后厨人员管理，上岗前检查健康证。每日测温。",
    "2.自2026年3月1日起，食堂实行预约用餐。",
    "3.食堂可以对外开放吗，怎么收费？由各单位自定。",
    "4.采购食材，应当留存票据。票据保存两年。",
    kind=Kind.POLICY,
)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("如何加强后厨人员管理？", ["加强后厨人员管理，上岗前检查健康证。", "每日测温。"]),
        ("食堂采购食材有什么要求？", ["采购食材，应当留存票据。", "票据保存两年。"]),
        ("后厨人员健康证由谁检查？", []),
        ("自2026年3月1日起食堂怎么用餐？", []),
        ("食堂可以对外开放吗？", []),
    ],
    ids=["what an item is about", "in other words around it", "a detail of it", "only when", "a question"],
)
def test_the_first_clause_of_an_item_names_what_it_is_about_as_a_heading_does(question: str, said: list[str]) -> None:
    assert headed(question, CANTEENS) == said


FEES = make_article(
    "鸽市管理办法",
    "鸽市收费这样定。三年不变。",
    "（一）摊位费每月80元，由市场代收。残疾人减半。新摊主首月免收。咨询电话：8123。（责任单位：市集办）",
    "（二）清洁费每月5元。" + "由各摊主轮流打扫市场的公共部分。" * 30,
    kind=Kind.POLICY,
)


def rest(question: str, *shown: str) -> list[str]:
    (passage, *_) = split_passages(FEES)
    places = [FEES.text.index(words) for words in shown]
    said = [Evidence(passage, Span(at, at + len(words)), 1.0) for at, words in zip(places, shown, strict=True)]
    return [item.text for item in rest_of_item(analyse(question), said)]


@pytest.mark.parametrize(
    ("question", "shown", "more"),
    [
        ("摊位怎么收费？", ["摊位费每月80元，由市场代收。"], ["残疾人减半。", "新摊主首月免收。"]),
        ("摊位怎么收费？", ["摊位费每月80元，由市场代收。", "残疾人减半。"], ["新摊主首月免收。"]),
        ("摊位费有什么补贴？", ["摊位费每月80元，由市场代收。"], ["残疾人减半。", "新摊主首月免收。"]),
        ("摊位费的补贴在哪个软件上申请？", ["摊位费每月80元，由市场代收。"], []),
        ("摊位费每月多少元？", ["摊位费每月80元，由市场代收。"], []),
        ("鸽市有哪些收费？", ["摊位费每月80元，由市场代收。", "清洁费每月5元。"], []),
        ("清洁怎么收费？", ["清洁费每月5元。"], []),
        ("鸽市怎么收费？", ["鸽市收费这样定。"], ["三年不变。"]),
        ("鸽市怎么收费？", [], []),
    ],
    ids=[
        "openly",
        "two are shown",
        "which subsidy",
        "of a subsidy",
        "a figure alone",
        "two items",
        "too long",
        "a paragraph",
        "nothing shown",
    ],
)
def test_an_item_is_told_to_its_end(question: str, shown: list[str], more: list[str]) -> None:
    assert rest(question, *shown) == more


def test_a_given_text_is_no_paragraph_of_a_document() -> None:
    (given,) = given_passages(["摊位费每月80元。残疾人减半。"])
    assert rest_of_item(analyse("摊位怎么收费？"), [Evidence(given, Span(0, 9), 1.0)]) == []


def test_a_first_clause_is_no_main_point() -> None:
    assert main("机关食堂管理通知讲了什么？", article=CANTEENS) == []


@pytest.mark.parametrize(
    "question", ["网上办事方面有哪些措施？", "总结一下网上办事的内容"], ids=["its topic", "a summary of it"]
)
def test_a_section_is_meant_whose_heading_holds_all_that_is_asked_about(question: str) -> None:
    assert headed(question) == ["市数据局负责平台维护，确保稳定。", "年底前开通手机办理。"]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("青禾市如何开展助餐服务？", 1),
        ("青禾市柳岸区开展助餐服务的举措是什么？", 1),
        ("蓝田市如何开展助餐服务？", 0),
        ("各有关部门如何开展助餐服务？", 1),
    ],
    ids=["its place by another name", "and a part of it", "another place", "who is to do it"],
)
def test_a_heading_is_meant_by_who_names_its_place_too(question: str, said: int) -> None:
    plan = make_article("老年助餐方案", "（一）开展助餐服务。青禾、柳岸各设一家食堂。", kind=Kind.POLICY)
    assert len(headed(question, plan)) == said


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("暑托班怎么报名？", ["登录公众号报名。"]),
        ("暑托班怎么报名参加体检？", []),
        ("暑托班报名要多少钱？", []),
    ],
    ids=["how", "how to do something else", "another thing"],
)
def test_a_heading_that_ends_with_how_tells_how(question: str, said: list[str]) -> None:
    plan = make_article(
        "暑托班公告", "一、报名办法", "登录公众号报名。", "二、体检", "开班前参加体检。", kind=Kind.POLICY
    )
    assert headed(question, plan) == said


def main(question: str, alone: bool = False, article: Article = PLAN) -> list[str]:
    return [item.text for item in main_points(analyse(question), split_passages(article)[0], alone)]


@pytest.mark.parametrize(
    "question",
    ["总结一下便民服务若干措施的主要内容", "青禾市便民服务有哪几个方面的措施？", "便民服务若干措施讲了什么？"],
)
def test_who_asks_for_the_whole_of_a_document_gets_its_sections(question: str) -> None:
    assert main(question) == ["一、办好线上服务", "二、申请材料", "三、受理条件", "四、工作要求"]


def test_a_last_section_without_a_heading_is_left_out() -> None:
    text = "若干措施如下。", "一、发放育儿补贴。一孩两千元。", "二、延长假期。增加60天。", "三、发展托育。每街一家。"
    ends = "四、本措施自2026年3月1日起施行，有效期三年。"
    plan = make_article("生育支持若干措施", *text, ends, kind=Kind.POLICY)
    assert main("生育支持若干措施讲了什么？", article=plan) == ["一、发放育儿补贴", "二、延长假期", "三、发展托育"]


def test_who_names_a_part_of_a_document_does_not_ask_for_the_whole() -> None:
    plan = make_article("民宿发展若干措施", *(f"{n}、民宿贷管理。" for n in "一二三"), kind=Kind.POLICY)
    assert (len(main("民宿发展有哪些规定？", article=plan)), main("民宿贷有哪些规定？", article=plan)) == (3, [])


def test_a_list_of_something_else_does_not_answer_who_names_a_part_of_the_document() -> None:
    text = "民宿贷由县财政贴息，期限三年。", "有下列情形的取消民宿的资格：（一）拒不接受检查的；（二）提供虚假材料的。"
    plan = make_article("民宿发展若干措施", *text, kind=Kind.POLICY)
    assert enumerated_items(analyse("民宿贷有哪些规定？"), split_passages(plan)[0]) == []


def test_who_names_no_document_gets_them_only_where_one_alone_is_asked() -> None:
    assert (len(main("主要内容有哪些？")), len(main("主要内容有哪些？", alone=True))) == (0, 4)


@pytest.mark.parametrize(
    "question", ["便民服务有哪些困难？", "便民服务有哪些？", "便民服务什么时候开始？", "便民服务是不是都办好了？"]
)
def test_who_asks_for_something_in_it_gets_none(question: str) -> None:
    assert main(question) == []


def test_a_text_of_fewer_than_three_sections_has_no_main_points() -> None:
    assert main("柳渡渡口这一年讲了什么？", article=REPAIRS) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1.增设终端。每个街道两台。由社区看管。", "1.增设终端。每个街道两台。"),
        ("1.身份证复印件；2.近期照片。", "1.身份证复印件；"),
        ("每个街道两台。由社区看管。", "每个街道两台。"),
    ],
    ids=["a heading", "an item", "a sentence"],
)
def test_a_heading_is_shown_with_what_it_heads(text: str, shown: str) -> None:
    passage = make_passage(text)
    first = Evidence(passage, split_sentences(text)[0], 1.0)
    assert with_what_it_heads(first).text == shown


def test_a_section_ends_where_the_next_as_wide_begins() -> None:
    assert headed("申请材料有哪些？") == [
        "1. 居民身份证复印件；",
        "2. 社区开具的证明；",
        "3. 近期照片两张。",
        "材料一律不退。",
    ]


def test_of_a_long_section_each_item_says_its_first_sentence_under_its_heading() -> None:
    assert headed("受理条件是什么？") == [
        "1．必须在本市居住。居住时间满一年，以居住证为准。",
        "2．必须本人申请。行动不便的可以委托家人。",
    ]


def test_the_signature_is_no_part_of_the_last_section() -> None:
    assert headed("有哪些工作要求？") == ["各区要加强领导，按月通报。"]


def test_a_heading_of_items_answers_with_the_items_and_their_headings() -> None:
    assert headed("如何办好线上服务？") == [
        "（一）优化网上办事平台。市数据局负责平台维护，确保稳定。",
        "年底前开通手机办理。",
        "（二）增设自助终端。每个街道至少设两台自助终端。",
    ]


@pytest.mark.parametrize(
    "question",
    [
        "优化网上办事平台了吗？",
        "什么时候优化网上办事平台？",
        "每个街道设几台自助终端？",
        "优化养老服务有哪些措施？",
        "某县殡葬改革对历史遗留坟墓如何优化网上办事平台？",
        "申请材料丢了怎么办？",
        "申请材料交到哪个窗口？",
        "云河县的申请材料有哪些？",
    ],
    ids=[
        "yes or no",
        "a date",
        "a count",
        "another thing",
        "something besides",
        "what if",
        "where to",
        "another place",
    ],
)
def test_a_question_that_asks_for_something_else_gets_no_section(question: str) -> None:
    assert headed(question) == []


def test_an_unnumbered_heading_at_the_beginning_of_its_paragraph_is_one() -> None:
    article = make_article(
        "青禾市支持小店的意见",
        "减少融资成本。鼓励各银行对小店给予利率优惠，综合融资成本比上年下降半个百分点。",
        "增加贷款投放。各银行要确保小店贷款余额不低于上年同期，增速不低于平均。",
    )
    assert headed("怎样减少小店融资成本？", article) == [
        "鼓励各银行对小店给予利率优惠，综合融资成本比上年下降半个百分点。"
    ]


def test_a_figure_with_a_point_is_no_mark_and_an_item_without_heading_still_ends_a_section() -> None:
    article = make_article(
        "甲",
        "补贴标准 1.5万元一台。",
        "（一）补助对象",
        "小区业主。",
        "（二）自今年起，申请都要先经业主大会表决通过，并公示七天。",
    )
    marks = [(m.rank, article.text[m.heading.start : m.heading.end]) for m in structure_of(article).sections]
    assert marks == [(4, "补助对象"), (4, "")]
    assert headed("补助对象有哪些？", article) == ["小区业主。"]


CARE = make_article(
    "青禾市养老服务办法",
    "青禾市养老服务办法",
    "一、养老助餐服务",
    "（一）服务对象。本市六十岁以上的老人。",
    "（二）医院费用。报销比例如下：一、二级医院报销85%，三级医院报销70%。",
    "二、养老床位服务",
    "（一）服务对象。经评估失能的老人。",
    "三、具体要求 各区要做好宣传，按时上报名单。",
    kind=Kind.POLICY,
)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("养老床位的服务对象有哪些？", ["经评估失能的老人。"]),
        ("养老助餐的服务对象有哪些？", ["本市六十岁以上的老人。"]),
        ("医院费用有什么规定？", ["报销比例如下：一、二级医院报销85%，三级医院报销70%。"]),
        ("如何满足老人的需求？", []),
        ("青禾市养老服务办法里违约怎么处理？", []),
    ],
    ids=[
        "the heading above tells which",
        "the other",
        "一、二级 is no mark",
        "one character of a heading",
        "the title",
    ],
)
def test_of_several_headings_the_one_that_is_meant(question: str, said: list[str]) -> None:
    assert headed(question, CARE) == said


GRANTS = make_article(
    "青禾市补贴办法",
    "一、补贴标准",
    "城镇居民",
    "每人每月300元。",
    "农村居民",
    "每人每月200元。",
    "二、发放方式 直接打到本人的银行卡。",
    "施行与解释",
    "三、施行日期 本办法自2026年5月1日起施行。",
    kind=Kind.POLICY,
)


def test_a_line_inside_a_numbered_section_does_not_end_it() -> None:
    assert headed("青禾市的补贴标准有哪些？", GRANTS) == ["城镇居民", "每人每月300元。", "农村居民", "每人每月200元。"]


def test_a_line_before_a_number_is_wider_than_it() -> None:
    assert headed("发放方式有什么规定？", GRANTS) == ["直接打到本人的银行卡。"]
    assert [section.rank for section in structure_of(GRANTS).sections] == [3, 4, 4, 3, -1, 3]
