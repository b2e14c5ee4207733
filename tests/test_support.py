from dataclasses import replace

import pytest
from fakes import make_article, make_evidence, make_passage

from rag.answering.alignment import align, evidence_sentences, join_neighbours, point, point_items
from rag.answering.support import (
    CONTRADICTED,
    SUPPORTED,
    contradicts,
    coverage,
    foreign_bodies,
    overlap_features,
    people_named,
    score_support,
    uncovered_runs,
    unsupported_names,
)
from rag.datatypes import Evidence, Kind, Span
from rag.question.analysis import analyse
from rag.reading.passages import split_passages

SUBSIDY = "对送托普惠托育机构的家庭，按每人每月600元给予补贴，所需资金由市、县两级财政统筹。"


def support(statement: str, quote: str) -> float:
    """By overlap and the checks alone: what stands where the judge is not asked."""
    return score_support(statement, quote, None)


def test_the_judge_counts_beside_the_overlap() -> None:
    low, none, high = (score_support("青石桥通车了。", "青石桥昨日建成通车。", judged) for judged in (0.02, None, 0.98))
    assert low < none < high


def test_no_judge_can_save_a_false_figure() -> None:
    assert score_support("桥长600米。", "桥长800米。", 0.999) < CONTRADICTED


def test_a_person_that_the_quote_does_not_name_is_unsupported() -> None:
    assert unsupported_names("王春林是现场评审的专家组成员。", "专家组对该院进行现场评审。") == ["王春林"]


SILENT = "本办法自公布之日起施行，逾期不补。"  # names nobody


@pytest.mark.parametrize(
    "statement",
    [
        "费用是每人每月80元。",
        "时限为15个工作日。",
        "程序是先报名，后抽签。",
        "申请由社区受理。",
        "由管理局长签字。",
        "群众和平建议。",
        "主任应于三日内答复。",
        "代表党支部签收。",
        "单位主任签字，车辆记者查验。",
        "于是建议提前办理。",
    ],
)
def test_words_that_begin_as_surnames_do_are_no_people(statement: str) -> None:
    assert people_named(statement) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "{}建议减免租金。",
        "县政协委员{}表示，应当减免租金。",
        "会长{}在会上说，今年减免。",
        "{}是县政协委员。",
        "据{}介绍，每户减免200元。",
        "{}担任县水务局局长。",
    ],
)
@pytest.mark.parametrize("name", ["王春林", "高培元", "安岚", "程向晚", "欧阳明远", "乜小云", "阿依古丽·买买提"])
def test_people_whom_nobody_named_are_found_wherever_they_stand(sentence: str, name: str) -> None:
    assert unsupported_names(sentence.format(name), SILENT) == [name.replace("·", "")]
    assert unsupported_names(sentence.format(name), f"出席的有{name}。") == []


def test_a_verbatim_sentence_is_supported_as_the_logistic_of_its_full_overlap() -> None:
    assert support(SUBSIDY, SUBSIDY) == pytest.approx(0.98993, abs=1e-5)  # 1 / (1 + e^-4.588)


def test_a_sentence_about_something_else_is_not_supported() -> None:
    assert support("青石桥昨日建成通车", SUBSIDY) < 0.05


@pytest.mark.parametrize(("statement", "quote"), [("", SUBSIDY), (SUBSIDY, ""), ("。", SUBSIDY), (SUBSIDY, "——")])
def test_nothing_supports_nothing(statement: str, quote: str) -> None:
    assert support(statement, quote) == 0.0


def test_a_shortened_sentence_is_supported() -> None:
    assert support("对送托普惠托育机构的家庭，按每人每月600元给予补贴。", SUBSIDY) >= SUPPORTED


@pytest.mark.parametrize(
    ("statement", "quote"),
    [
        ("投资12万元修桥。", "投资１２万元修桥。"),
        ("投资十二万元修桥。", "投资12万元修桥。"),
        ("全年投资3.5亿元修建桥梁。", "全年投资35000万元修建桥梁。"),
        ("桥梁养护率达到百分之九十五。", "桥梁养护率达到95%。"),
        ("桥梁养护率达到95%。", "桥梁养护率达到９５％。"),
        ("补贴自二〇二六年一月九日起发放。", "补贴自2026年1月9日起发放。"),
        ("由住建部门牵头联合审查。", "由住建部門牵头联合审查。"),
    ],
)
def test_another_way_of_writing_the_same_is_supported(statement: str, quote: str) -> None:
    assert support(statement, quote) >= SUPPORTED


@pytest.mark.parametrize(
    ("statement", "altered"),
    [
        # a digit
        (SUBSIDY, SUBSIDY.replace("600", "800")),
        (SUBSIDY, SUBSIDY.replace("600", "6000")),
        (SUBSIDY, SUBSIDY.replace("元", "万元")),
        ("采后损耗率高达18%，错峰销售能力弱。", "采后损耗率高达１９％，错峰销售能力弱。"),
        ("三年内新建村级预冷库一百二十座。", "三年内新建村级预冷库一百三十座。"),
        # a date
        ("补贴自2026年1月9日起发放。", "补贴自2026年1月19日起发放。"),
        ("补贴自2026年1月9日起发放。", "补贴自2025年1月9日起发放。"),
        ("申请于每年九月三十日截止，逾期不予受理。", "申请于每年八月三十日截止，逾期不予受理。"),
        # a name
        ("市政协委员沈若溪建议提高托育补贴标准。", "市政协委员罗景行建议提高托育补贴标准。"),
        ("青石桥指挥部负责人高培元表示，大桥将于年底通车。", "青石桥指挥部负责人叶南乔表示，大桥将于年底通车。"),
        (
            "市政协委员、云河技师学院院长叶南乔在发言中谈到了人才问题。",
            "市政协委员、云河技师学院院长沈若溪在发言中谈到了人才问题。",
        ),
        # a place or an organisation
        ("冷链试点设在柳渡县，三年内建成预冷库。", "冷链试点设在白苇县，三年内建成预冷库。"),
        ("补贴由市民政局负责审核，按月发放到户。", "补贴由市教育局负责审核，按月发放到户。"),
        (
            "全市老旧小区改造工作推进会昨日在太原召开，部署了今年的重点任务。",
            "全市老旧小区改造工作推进会昨日在大同召开，部署了今年的重点任务。",
        ),
        ("补贴由腾达公司负责发放，按月到账。", "补贴由宏远公司负责发放，按月到账。"),
        # a negation
        ("未备案机构不纳入补贴范围。", "未备案机构纳入补贴范围。"),
        ("普惠托育机构可以收取赞助费。", "普惠托育机构不得收取赞助费。"),
        ("停车场夜间对居民免费开放。", "停车场夜间没有对居民免费开放。"),
        ("物业公司可以擅自提高停车收费标准。", "严禁物业公司擅自提高停车收费标准。"),
    ],
)
def test_an_altered_source_no_longer_supports_the_sentence(statement: str, altered: str) -> None:
    assert support(statement, statement) >= SUPPORTED
    assert support(statement, altered) < SUPPORTED


def test_a_false_figure_leaves_a_tenth_of_the_support() -> None:
    assert support("桥长600米。", "桥长800米。") < CONTRADICTED


def test_overlap_features_worked_out_by_hand() -> None:
    # 3 of 4 characters, 青石 and 石桥 of 3 bigrams, no 4-gram; one window; only 长 is in no known bigram
    assert overlap_features("青石桥长", "青石桥通车。") == pytest.approx((3 / 4, 2 / 3, 0.0, 2 / 3, 0.1))


def test_coverage_is_the_share_of_ngrams_found() -> None:
    assert coverage("青石桥", "青石路", 2) == 0.5


def test_a_text_shorter_than_the_ngram_is_found_or_not() -> None:
    assert (coverage("桥", "青石桥", 2), coverage("路", "青石桥", 2)) == (1.0, 0.0)


def test_uncovered_runs_are_what_shares_no_bigram_with_the_source() -> None:
    assert uncovered_runs("试点设在柳渡县", "试点设在白苇县") == [Span(4, 7)]


def test_names_that_the_quote_lacks_are_named() -> None:
    assert unsupported_names("试点设在柳渡县", "试点设在白苇县") == ["柳渡县"]


@pytest.mark.parametrize(
    ("statement", "held", "foreign"),
    [
        ("柳渡能源公司改名。", "柳渡能源改名。", ["能源公司"]),
        ("该公司改名。", "柳渡能源改名。", []),
        ("柳渡县税务局发了短信。", "税务部门发了短信。", ["税务局"]),
        ("柳渡县税务局发了短信。", "柳渡县税务局：十项措施\n税务部门发了短信。", []),
        ("比赛开局领先，局面大好。", "上半场领先。", []),
    ],
    ids=["a firm", "no name", "an office", "the title names it", "no office"],
)
def test_a_body_that_is_named_in_another_way_is_foreign(statement: str, held: str, foreign: list[str]) -> None:
    assert foreign_bodies(statement, held) == foreign


def test_a_sentence_that_names_a_body_which_the_source_does_not_is_withheld() -> None:
    source = make_evidence("2月5日一早，税务部门就通过电话、短信等方式对受影响的餐饮个体户进行了首轮宣传。")
    said = "通过电话、短信等方式对受影响的餐饮个体户进行了首轮宣传。"
    assert align(f"税务部门{said}", source).enough
    assert not align(f"柳渡县税务局{said}", source).enough


def test_a_name_that_the_quote_holds_is_not() -> None:
    assert unsupported_names("和沈若溪表示", "委员沈若溪在会上发言") == []


@pytest.mark.parametrize("words", ["不断提高补贴", "不仅提高补贴", "未来提高补贴", "无障碍设施提高补贴"])
def test_words_that_only_look_like_a_negation_deny_nothing(words: str) -> None:
    assert not contradicts("市里要提高补贴", f"市里要{words}")


def test_what_is_only_suggested_has_not_been_done() -> None:
    said = "建议由公交集团开通学生定制公交，票价每人每月不超过120元。"
    (suggested,) = make_evidence(said)
    article = replace(suggested.passage.article, kind=Kind.PROPOSAL)
    suggested = replace(suggested, passage=replace(suggested.passage, article=article))
    assert align("由公交集团开通学生定制公交。", [suggested]).enough
    assert not align("由公交集团开通学生定制公交了。", [suggested]).enough
    assert not align("公交集团已开通学生定制公交。", [suggested]).enough


# ---- aligning


def test_evidence_is_cut_into_sentences_each_once() -> None:
    whole = make_evidence("桥通了。路通了。")
    assert [s.text for s in evidence_sentences([*whole, *whole])] == ["桥通了。", "路通了。"]


def test_a_statement_is_aligned_to_the_one_sentence_it_copies() -> None:
    sentences = evidence_sentences(make_evidence("青石桥昨日通车。大桥全长120米。市民步行过桥。"))
    alignment = align("大桥全长120米。", sentences)
    assert [e.text for e in alignment.evidence] == ["大桥全长120米。"]
    assert alignment.support == pytest.approx(0.98993, abs=1e-5)


def test_a_statement_from_two_sentences_cites_both_in_the_sources_order() -> None:
    sentences = evidence_sentences(make_evidence("青石桥昨日建成通车。市民纷纷前来。大桥全长120米。"))
    alignment = align("大桥全长120米，青石桥昨日建成通车。", sentences)
    assert [e.text for e in alignment.evidence] == ["青石桥昨日建成通车。", "大桥全长120米。"]


def test_a_statement_never_rests_on_two_articles() -> None:
    sentences = make_evidence("青石桥昨日建成通车。", title="甲") + make_evidence("大桥全长120米。", title="乙")
    assert {e.passage.article.id for e in align("青石桥昨日建成通车，大桥全长120米。", sentences).evidence} == {"甲"}


def test_a_statement_without_words_rests_on_nothing() -> None:
    assert align("。", make_evidence("桥通了。")).evidence == ()


def test_a_statement_without_evidence_is_not_supported() -> None:
    assert align("桥通了。", []).support == 0.0


def test_neighbouring_stretches_become_one() -> None:
    passage = make_passage("桥通了。路通了。树绿了。")
    parts = [
        Evidence(passage, Span(0, 4), 0.5),
        Evidence(passage, Span(4, 8), 0.7),
        Evidence(passage, Span(10, 12), 0.9),
    ]
    joined = join_neighbours(parts)
    assert joined == [Evidence(passage, Span(0, 8), 0.7), Evidence(passage, Span(10, 12), 0.9)]


# ---- pointing

POINTED_AT = make_evidence(
    "大桥全长120米，总投资3500万元。", "夜间不对货车开放。", "养护由市交通局负责，每年投入80万元。"
)


@pytest.mark.parametrize(
    ("statement", "question", "meant"),
    [
        ("每年要花80万元。", "养这座桥一年花多少钱？", ["养护由市交通局负责，每年投入80万元。"]),
        ("全长120米，每年80万元。", "多长，一年多少钱？", ["大桥全长120米，总投资3500万元。", "养护由市交通局负责，每年投入80万元。"]),
        ("每年要花90万元。", "养这座桥一年花多少钱？", []),  # a figure that stands nowhere
        ("是市交通局。", "谁来养护？", ["养护由市交通局负责，每年投入80万元。"]),
        ("是县城管局。", "谁来养护？", []),
        ("谁来养护。", "谁来养护？", []),  # says nothing beyond the question
    ],
)  # fmt: skip
def test_a_draft_points_at_the_sentences_that_hold_what_it_adds(
    statement: str, question: str, meant: list[str]
) -> None:
    assert [item.text for item in point(statement, analyse(question), POINTED_AT)] == meant


def test_of_two_sentences_with_the_figure_the_one_with_the_questions_name_is_meant() -> None:
    sentences = make_evidence("文明家庭比上年增加6户。", "其中，青石县7户，平原县6户。")
    meant = point("平原县有6户文明家庭。", analyse("平原县有几户文明家庭？"), sentences)
    assert [item.text for item in meant] == ["其中，青石县7户，平原县6户。"]


def test_the_items_of_a_drafted_list_are_found_in_the_sentences_that_hold_them() -> None:
    sentences = make_evidence("一要减免小店租金。", "市民叫好。", "二要简化办证手续。")
    meant = point_items("减免小店租金、简化办证手续。", sentences)
    assert [item.text for item in meant] == ["一要减免小店租金。", "二要简化办证手续。"]
    assert point_items("减免小店租金、发放消费券。", sentences) == []


def test_a_word_that_ends_like_saying_makes_no_name_of_what_stands_before_it() -> None:
    assert unsupported_names("建设教师周转房、职称评审", "评审职务；建设周转用房") == []


# ---------------------------------------------------------------- headings


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (["四、资金与监管", "补贴由市、县财政统筹。"], ["补贴由市、县财政统筹。"]),
        (["桥修好了。", "百姓叫好", "路也通了。"], ["桥修好了。", "路也通了。"]),
        (["各县人民政府：", "桥修好了。"], ["桥修好了。"]),
        (["第二章 申请", "第一节 条件", "桥修好了。"], ["桥修好了。"]),
        (["桥修好了。", "地点：政务大厅", "逾期不办。"], ["桥修好了。", "地点：政务大厅", "逾期不办。"]),
        (["标准如下。", "每人每月六十元", "逾期不补。"], ["标准如下。", "每人每月六十元", "逾期不补。"]),
        (
            ["需要以下材料：", "身份证", "户口簿", "到窗口办理。"],
            ["需要以下材料：", "身份证", "户口簿", "到窗口办理。"],
        ),
        (["电话：3382016", "工作日接听。"], ["电话：3382016", "工作日接听。"]),
        (["桥修好了。", "青石桥管理处", "2026年1月5日"], ["桥修好了。", "青石桥管理处", "2026年1月5日"]),
    ],
    ids=[
        "numbered",
        "between paragraphs",
        "whom it is to",
        "chapters",
        "a place",
        "an amount",
        "items of a list",
        "a telephone number",
        "who signs",
    ],
)
def test_only_a_heading_is_left_out_of_the_sentences(lines: list[str], kept: list[str]) -> None:
    assert [sentence.text for sentence in evidence_sentences(make_evidence(*lines))] == kept


def test_a_clause_of_which_the_source_holds_nothing_spoils_the_sentence() -> None:
    source = make_evidence("将财政奖补由每部15万元提高到20万元，放宽住房公积金提取条件。")
    true = "财政奖补由每部15万元提高到20万元，放宽住房公积金提取条件。"
    assert align(true, source).enough
    assert not align(f"电梯维修有补助，{true}", source).enough


def test_a_clause_may_write_a_figure_in_another_way() -> None:
    source = make_evidence("补助十二万元，由县财政局拨付给施工单位。")
    assert align("补助12万元，由县财政局拨付给施工单位。", source).enough


def test_a_clause_may_name_what_the_article_is_about() -> None:
    source = make_evidence("桥长120米，由市交通局养护，夜间不对货车开放。", title="青石桥建成通车")
    assert align("青石桥建成，桥长120米，由市交通局养护。", source).enough


# ---- questions and answers


def faq() -> list[Evidence]:
    article = make_article("解读", "问：骗提公积金的怎么处理？", "答：责令限期退回，五年内不得申请贷款。")
    (passage,) = split_passages(article)
    return evidence_sentences([Evidence(passage, passage.span, 1.0)])


def test_the_question_is_cited_with_its_answer_where_it_says_what_that_is_about() -> None:
    found = align("骗提公积金的，责令限期退回，五年内不得申请贷款。", faq())
    assert [e.text for e in found.enough] == ["问：骗提公积金的怎么处理？\n答：责令限期退回，五年内不得申请贷款。"]


def test_an_answer_that_stands_alone_is_cited_alone() -> None:
    found = align("责令限期退回，五年内不得申请贷款。", faq())
    assert [e.text for e in found.enough] == ["答：责令限期退回，五年内不得申请贷款。"]


def test_what_neither_question_nor_answer_says_is_not_supported() -> None:
    assert align("迟缴电费的，责令限期退回，五年内不得申请贷款。", faq()).enough == ()
