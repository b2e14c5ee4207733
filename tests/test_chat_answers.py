"""A turn as HTML, Markdown and plain text: small cases, whole."""

from dataclasses import replace
from html import unescape

import pytest

from chat.answers import conversation_markdown, markdown_text, plain_text, short_answer_over
from chat.rendering import end_html, fragment, sentence_html, turn_html
from chat.turns import CitedPlace, Label, Said, Turn, cited_place, label_of, said_of, turn_of
from rag.answering.refusals import REFUSALS, missing_parts, refusal
from rag.datatypes import Choice, Kind, Sentence, Status
from rag.validity import Standing, State, Validity
from tests.ui_fakes import ARTICLE, HOSTILE, PROPOSAL, answered, cite

FIRST = cited_place(cite(1, ARTICLE, "每月补贴600元"))
SECOND = cited_place(cite(2, ARTICLE, "补贴按季度发放。"))
SUGGESTED = cited_place(cite(1, PROPOSAL, "高培元建议"))


def turn(*said: Said, **fields: object) -> Turn:
    return Turn("多少？", said=said, status=Status.ANSWERED, **fields)  # type: ignore[arg-type]


def test_a_sentence_ends_with_links_to_its_sources_each_first_in_its_own_address():
    assert sentence_html(Said("每月600元。", (FIRST, SECOND)), (FIRST, SECOND)) == (
        '<p class="sentence">每月600元。'
        '<a class="marker" href="article/subsidy?at=51-59&amp;at=60-68" data-source="1" '
        'data-title="关于提高托育补贴的通知" data-quote="每月补贴600元" aria-label="出处 1：《关于提高托育补贴的通知》">[1]</a>'
        '<a class="marker" href="article/subsidy?at=60-68&amp;at=51-59" data-source="2" '
        'data-title="关于提高托育补贴的通知" data-quote="补贴按季度发放。" aria-label="出处 2：《关于提高托育补贴的通知》">[2]</a></p>'
    )


def test_a_quoted_sentence_says_that_it_is_the_source_s_own():
    assert sentence_html(Said("补贴按季度发放。", quoted=True), ()) == (
        '<p class="sentence"><span class="chip quoted" title="这句话是文章的原文，没有改写">原文</span>补贴按季度发放。</p>'
    )


def test_the_sentence_under_a_short_answer_has_its_words_marked_and_no_chip():
    short, quote = Said("600元。", (FIRST,)), Said("补贴标准为每月600元。", (FIRST,), quoted=True)
    html = turn_html(turn(short, quote))
    assert '<p class="sentence">600元。<a ' in html
    assert '<p class="sentence beneath">补贴标准为每月<mark>600元</mark>。<a ' in html
    assert "没有改写" not in html


@pytest.mark.parametrize(
    ("said", "before", "short"),
    [
        (Said("每月600元。", (FIRST,), quoted=True), [Said("600元。", (FIRST,))], "600元。"),
        (Said("按季度发。", (SECOND,), quoted=True), [Said("600元，按季度。", (FIRST, SECOND))], "600元，按季度。"),
        (Said("按季度发。", (SECOND,), quoted=True), [Said("600元。", (FIRST,))], ""),
        (Said("每月600元。", (FIRST,)), [Said("600元。", (FIRST,))], ""),
        (Said("每月600元。", (FIRST,), quoted=True), [], ""),
        (Said("每月600元。", (), quoted=True), [Said("600元。", (FIRST,))], ""),
    ],
)
def test_a_quoted_sentence_stands_beneath_the_answer_that_cites_it(said: Said, before: list[Said], short: str):
    assert short_answer_over(said, before) == short


def test_what_is_marked_is_escaped_like_the_rest():
    short, quote = Said("<b>乙。", (FIRST,)), Said("甲<b>乙</b>丙[3]", (FIRST,), quoted=True)
    html = sentence_html(quote, (FIRST,), before=[short])
    assert "甲<mark>&lt;b&gt;乙</mark>&lt;/b&gt;丙〔3〕" in html


def test_places_in_one_article_stand_in_one_card():
    assert fragment("sources", "zh", (FIRST, SECOND)) == (
        '<h2>出处</h2><ul class="cards"><li class="card"><p class="card-title" lang="zh-CN">关于提高托育补贴的通知</p>'
        '<span class="facts"><span class="chip policy">政策文件</span>2026年1月16日</span>'
        '<a class="place" href="article/subsidy?at=51-59&amp;at=60-68" data-source="1" data-title="关于提高托育补贴的通知" '
        'data-quote="每月补贴600元"><span class="number">1</span><q lang="zh-CN">每月补贴600元</q></a>'
        '<a class="place" href="article/subsidy?at=60-68&amp;at=51-59" data-source="2" data-title="关于提高托育补贴的通知" '
        'data-quote="补贴按季度发放。"><span class="number">2</span><q lang="zh-CN">补贴按季度发放。</q></a></li></ul>'
    )


def test_nothing_cited_makes_no_list():
    assert fragment("sources", "zh", ()) == ""


def test_an_article_is_named_with_speaker_or_reporter_and_date():
    spoken = fragment("facts", "zh", label_of(PROPOSAL))
    assert spoken == '<span class="facts"><span class="chip proposal">委员建议</span>市政协常委高培元 · 1月8日</span>'
    reported = Label("a", "题", PROPOSAL.kind, reporter="林晓")
    assert fragment("facts", "zh", reported).endswith("记者 林晓</span>")
    assert fragment("facts", "en", reported).endswith("by 林晓</span>")


@pytest.mark.parametrize(
    ("standing", "chip", "facts", "english"),
    [
        (Standing(State.IN_FORCE, "2026-04-01"), "现行", "2026年4月1日起", "in force"),
        (Standing(State.IN_FORCE, "2026-04-01", "2028-12-31"), "现行", "2026年4月1日起 · 到2028年12月31日", "in force"),
        (Standing(State.NOT_YET, "2027-01-01"), "未施行", "2027年1月1日起", "not yet in force"),
        (Standing(State.EXPIRED, "2020-01-01", "2024-12-31"), "已失效", "到2024年12月31日", "expired"),
        (Standing(State.SUPERSEDED, by="新办法<b>"), "被替代", "见《新办法&lt;b&gt;》", "superseded"),
        (Standing(State.UNKNOWN), "未注明效力", "", "validity not stated"),
    ],
)
def test_a_cited_rule_bears_its_state(standing: Standing, chip: str, facts: str, english: str):
    label = Label("a", "题", Kind.POLICY, standing=standing)
    state = standing.state.value
    assert fragment("facts", "zh", label) == (
        f'<span class="facts"><span class="chip policy">政策文件</span><span class="chip state {state}">{chip}</span>{facts}</span>'
    )
    assert f'<span class="chip state {state}">{english}</span>' in fragment("facts", "en", label)


def test_a_report_and_a_suggestion_bear_no_second_badge():
    for kind, nature in ((Kind.NEWS, State.REPORT), (Kind.PROPOSAL, State.SUGGESTION)):
        article = replace(PROPOSAL, kind=kind, validity=Validity(nature=nature))
        assert label_of(article, nature).standing is None


def test_an_id_that_is_no_plain_word_stays_inside_its_address():
    source = replace(FIRST, article=replace(FIRST.article, article_id='a"/../b?x=1&y#z'))
    assert 'href="article/a%22%2F..%2Fb%3Fx%3D1%26y%23z?at=51-59"' in fragment("sources", "zh", (source,))


def test_an_answer_from_a_proposal_says_that_a_suggestion_is_no_rule():
    assert "这是建议，不是已出台的规定" in end_html(turn(Said("建议补贴。", (SUGGESTED,))))
    assert "这是建议，不是已出台的规定" not in end_html(turn(Said("补贴。", (FIRST,))))


def test_an_answer_that_is_all_quoted_says_so_once():
    assert "以下是文章的原文摘录" not in end_html(turn(Said("补贴。", (FIRST,)), Said("补贴。", quoted=True)))
    assert end_html(turn(Said("补贴。", quoted=True))).startswith('<p class="hint">以上是文章的原文，没有改写。</p>')


def test_a_partial_answer_says_what_is_missing():
    answer = replace(answered("?", Sentence("有。", (cite(1, ARTICLE, "补贴"),))), status=Status.PARTIAL)
    shown = end_html(turn_of(replace(answer, note=missing_parts(["何时？"]))), contact="打电话。")
    assert shown.startswith(
        '<p class="note partial"><strong>只答出了一部分</strong>文章没有说明：何时？</p><h2>出处</h2>'
    )
    assert '<p class="contact">还没解决？打电话。</p>' in shown


@pytest.mark.parametrize("status", [s for s in REFUSALS if s is not Status.ERROR])
def test_a_refusal_says_which_kind_and_leads_to_the_nearest_articles(status: Status):
    refused = Turn("天气？", status=status, note=refusal(status, (ARTICLE,)), nearest=(label_of(ARTICLE),))
    shown = end_html(refused)
    assert shown.startswith(f'<p class="note refusal">{REFUSALS[status][0]}</p>')
    link = '<a class="card" href="article/subsidy" data-source="" data-title="关于提高托育补贴的通知">'
    assert (link in shown) == (status not in (Status.BLOCKED, Status.ASK_BACK))
    assert REFUSALS[status][1] in unescape(end_html(refused, "en"))


def test_what_is_asked_back_is_buttons_with_the_questions_that_they_ask():
    asked = Turn(
        "补多少？", status=Status.ASK_BACK, choices=(Choice("苇湾县", "苇湾县，补多少？"), Choice("<b>", '"?'))
    )
    assert end_html(asked, contact="打电话。").startswith(
        f'<p class="note refusal">{REFUSALS[Status.ASK_BACK][0]}</p><ul class="ask-back" lang="zh-CN">'
        '<li><button type="button" data-do="choose" data-question="苇湾县，补多少？">苇湾县</button></li>'
        '<li><button type="button" data-do="choose" data-question="&#34;?">&lt;b&gt;</button></li></ul>'
    )
    assert "打电话" not in end_html(asked, contact="打电话。")
    assert plain_text(replace(asked, note="选一个：")) == "补多少？\n\n选一个：\n· 苇湾县\n· <b>"
    assert "- 苇湾县\n- \\<b\\>\n" in conversation_markdown("鸭", (asked,), "2026年1月20日")


def test_a_refusal_near_no_article_leads_to_the_list_of_them():
    assert '<p><a href="articles">看全部文章</a></p>' in end_html(Turn("你好", status=Status.OUT_OF_SCOPE))


def test_a_refusal_in_other_words_is_shown_as_it_is():
    assert "另一种说法" in end_html(Turn("?", status=Status.NO_EVIDENCE, note="另一种说法"))


def test_a_telephone_number_of_the_operator_can_be_tapped():
    assert fragment("contact", "zh", "请拨打12345或 0351-1234567 & <b>，2026年") == (
        '<p class="contact">还没解决？请拨打<a href="tel:12345">12345</a>或 <a href="tel:0351-1234567">0351-1234567</a> '
        "&amp; &lt;b&gt;，2026年</p>"
    )


def test_where_no_answer_came_there_is_a_way_on():
    shown = end_html(Turn("?", problem="已停止。"))
    assert shown.startswith(
        '<p class="note problem">已停止。</p><p class="actions"><button type="button" class="retry"'
    )
    assert 'data-do="retry"' in end_html(Turn("?", status=Status.ERROR, note="出错"))


def test_thumbs_and_links_are_there_only_for_stored_answers():
    stored = turn(Said("有。", (FIRST,)), answer_id="x1", rating="bad")
    assert "data-do" in end_html(stored)
    assert "share" not in end_html(stored)
    assert "share" not in end_html(replace(stored, answer_id=""), rated=True)
    shown = end_html(stored, rated=True)
    assert '<button type="button" class="bad" data-do="bad" data-id="x1" aria-pressed="true">' in shown
    assert '<button type="button" class="good" data-do="good" data-id="x1" aria-pressed="false">' in shown


def test_the_question_stands_above_its_answer_with_the_article_it_was_limited_to():
    html = turn_html(Turn("何时？", within=label_of(ARTICLE)))
    assert html == (
        '<section class="turn" data-turn><div class="question" lang="zh-CN"><p class="only">只看《关于提高托育补贴的通知》</p>'
        '<p>何时？</p></div><div class="answer" lang="zh-CN"></div><div class="end"></div></section>'
    )


def test_a_title_within_the_title_of_that_article_has_single_marks():
    within = replace(label_of(ARTICLE), title="关于印发《托育办法》的通知")
    assert '<p class="only">只看《关于印发〈托育办法〉的通知》</p>' in turn_html(Turn("何时？", within=within))


def test_every_text_is_escaped():
    label = replace(label_of(PROPOSAL), article_id=HOSTILE, speaker=HOSTILE, reporter=HOSTILE, published=HOSTILE)
    source = CitedPlace(1, label, 0, 1, HOSTILE)
    hostile = Turn(
        HOSTILE, label, (Said(HOSTILE, (source,), quoted=True),), Status.PARTIAL, HOSTILE, (label,), "", HOSTILE
    )
    refused = replace(hostile, said=(), status=Status.NO_EVIDENCE)
    failed = replace(hostile, status=None, problem=HOSTILE)
    for shown in (hostile, refused, failed):
        html = turn_html(shown, contact=HOSTILE, rated=True)
        assert "<script" not in html
        assert "<img" not in html
        assert "onerror='" not in html
        assert html.count("&lt;script&gt;") >= 4


def test_the_copied_text_holds_question_answer_and_numbered_sources():
    assert plain_text(turn(Said("每月600元。", (FIRST,)), Said("按季度。", (FIRST, SECOND)))) == (
        "多少？\n\n每月600元。[1]\n按季度。[1][2]\n\n出处：\n"
        "[1] 《关于提高托育补贴的通知》（政策文件，2026年1月16日）：“每月补贴600元”\n"
        "[2] 《关于提高托育补贴的通知》（政策文件，2026年1月16日）：“补贴按季度发放。”"
    )


def test_a_conversation_as_markdown_has_its_sources_under_each_answer():
    answer = turn(Said("每月600元。", (FIRST,)), Said("按季度。", (SECOND,), quoted=True))
    refused = Turn("天气*？", status=Status.NO_EVIDENCE, note="没有收录。", within=label_of(ARTICLE))
    assert conversation_markdown("托育", (answer, refused), "2026年1月20日") == (
        "# 托育\n\n问策的回答，导出于 2026年1月20日\n\n## 多少？\n\n每月600元。\\[1\\]\n\n原文：按季度。\\[2\\]\n\n出处：\n\n"
        "1. 《关于提高托育补贴的通知》（政策文件，2026年1月16日）\n   > 每月补贴600元\n\n"
        "2. 《关于提高托育补贴的通知》（政策文件，2026年1月16日）\n   > 补贴按季度发放。\n\n"
        "## 天气\\*？\n\n只看《关于提高托育补贴的通知》\n\n> 没有收录。\n"
    )


def test_no_sign_keeps_a_meaning_in_markdown():
    assert markdown_text("[a](javascript:x)\n# b <img>") == "\\[a\\]\\(javascript:x\\) \\# b \\<img\\>"


def test_a_sentence_keeps_what_the_chatbot_said():
    sentence = Sentence("每月600元。", (cite(1, ARTICLE, "每月补贴600元"),), quoted=True)
    assert said_of(sentence) == Said("每月600元。", (FIRST,), quoted=True)
