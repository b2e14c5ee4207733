"""From when to when a rule holds: the ways in which notices tell it, and those in which they tell it of something else.

A specification by example: each row is a notice's own words and the day that they mean. All of them stand in a notice of
柳溪县, issued on 10 February 2026.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datatypes import Article, Kind
from rag.reading.files import read_articles
from rag.reading.validity import read_validity
from rag.spans import Span
from rag.validity import (
    NOTHING_TOLD,
    Named,
    State,
    Superseded,
    Told,
    Validity,
    Why,
    validity_from_json,
    validity_to_json,
)

TODAY = date(2026, 11, 27)


def notice(*lines: str, title: str = "柳溪县高龄津贴发放办法", kind: Kind = Kind.POLICY, published: str | None = "2026-02-10") -> Article:  # fmt: skip
    text = "\n".join(lines)
    spans, start = [], 0
    for line in lines:
        spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    return Article(title[:6], title, kind, "a.txt", text, tuple(spans), published=published)


def words(article: Article, span: Span | None) -> str:
    assert span is not None
    return article.text[span.start : span.end]


SINCE = (
    # a whole date
    ("本办法自2026年4月1日起施行。", "2026-04-01"),
    ("本通知自2026年4月1日起执行。", "2026-04-01"),
    ("第十八条 本办法自2026年4月1日起施行。", "2026-04-01"),
    ("第十八条　本细则自２０２６年４月１日起施行。", "2026-04-01"),
    ("七、本通知从2026年4月1日起执行。", "2026-04-01"),
    ("（五）本意见自2026年4月1日起实施。", "2026-04-01"),
    ("自2026年4月1日起施行。", "2026-04-01"),
    ("四、自2026年4月1日起正式施行。", "2026-04-01"),
    ("本规定于2026年4月1日起生效。", "2026-04-01"),
    ("本规定由县民政局负责解释，自2026年4月1日起施行。", "2026-04-01"),
    ("本实施细则（暂行）自2026年4月1日起实行。", "2026-04-01"),
    ("本暂行办法自二〇二六年四月一日起施行。", "2026-04-01"),
    ("本办法自二○二六年四月一日起施行。", "2026-04-01"),
    ("本标准自 2026 年 4 月 1 日起执行。", "2026-04-01"),
    ("本公告自2026-04-01起施行。", "2026-04-01"),
    ("本公告自2026年4月1日（含）起施行。", "2026-04-01"),
    ("本公告自2026年4月1日零时起施行。", "2026-04-01"),
    ("本价目表自2026年4月1日起启用。", "2026-04-01"),
    ("上述标准自2026年4月1日起执行。", "2026-04-01"),
    ("以上规定均自2026年4月1日起执行。", "2026-04-01"),
    ("新标准自2026年4月1日起执行。", "2026-04-01"),
    ("调整后的标准从2026年4月1日起执行。", "2026-04-01"),
    ("此次调整后的收费标准自2026年4月1日起执行。", "2026-04-01"),
    ("高龄津贴和护理补贴标准均从2026年4月1日起执行。", "2026-04-01"),
    ("《柳溪县高龄津贴发放办法》已经县政府同意，现予公布，自2026年4月1日起施行。", "2026-04-01"),
    ("现将修订后的办法予以印发，自2026年4月1日起施行。", "2026-04-01"),
    ("《柳溪县高龄津贴发放办法》自2026年4月1日起施行。", "2026-04-01"),
    ("执行时间：自2026年4月1日起执行。", "2026-04-01"),
    ("（2026年2月8日柳溪县人民政府令第6号公布 自2026年4月1日起施行）", "2026-04-01"),
    # a month, a quarter, half a year, a year: their first day
    ("本办法自2026年4月起施行。", "2026-04-01"),
    ("新标准从2026年4月起执行。", "2026-04-01"),
    ("本标准自2026年第二季度起执行。", "2026-04-01"),
    ("本标准自2026年下半年起执行。", "2026-07-01"),
    ("本标准自2027年起执行。", "2027-01-01"),
    ("本标准自2027年度起执行。", "2027-01-01"),
    # no year, or one told from the day of the notice
    ("本通知自3月1日起执行。", "2026-03-01"),
    ("本通知自1月1日起执行。", "2026-01-01"),
    ("本通知自今年4月1日起执行。", "2026-04-01"),
    ("本通知自明年1月1日起执行。", "2027-01-01"),
    ("本通知自去年12月1日起执行。", "2025-12-01"),
    ("新标准自本年度起执行。", "2026-01-01"),
    ("本通知自本月20日起执行。", "2026-02-20"),
    ("本通知自本月起执行。", "2026-02-01"),
    ("本通知自下月1日起执行。", "2026-03-01"),
    ("本通知自次月起执行。", "2026-03-01"),
    ("新标准自“十五五”期间起执行。", "2026-01-01"),
    # the day of the issue
    ("本办法自印发之日起施行。", "2026-02-10"),
    ("本办法自发布之日起施行。", "2026-02-10"),
    ("本办法自公布之日起施行。", "2026-02-10"),
    ("本通知自下发之日起执行。", "2026-02-10"),
    ("本通知自发文之日起执行。", "2026-02-10"),
    ("本通告自发布之日起生效。", "2026-02-10"),
    ("本规定自颁布之日起实施。", "2026-02-10"),
    ("自印发之日起执行。", "2026-02-10"),
    ("本通知自印发之时起执行。", "2026-02-10"),
    ("以上措施自本通知印发之日起实施。", "2026-02-10"),
    ("《柳溪县养犬须知》自本公告发布之日起施行。", "2026-02-10"),
    ("本通知即日起执行。", "2026-02-10"),
    ("本通知自即日起执行。", "2026-02-10"),
    ("本通知自发布当日起执行。", "2026-02-10"),
    # so long after it
    ("本办法自公布之日起30日后施行。", "2026-03-12"),
    ("本办法自公布之日起三十日后施行。", "2026-03-12"),
    ("本办法自发布之日起满30日施行。", "2026-03-12"),
    ("本办法自发布之日起一个月后施行。", "2026-03-10"),
    ("本办法自印发之日起10日后实施。", "2026-02-20"),
    ("本办法自公布之日起60天后施行。", "2026-04-11"),
)  # fmt: skip

SINCE_NOTHING = (
    "2019年5月1日施行的《柳溪县养犬办法》同时废止。",
    "高龄津贴为每人每月500元。",
    "请认真遵照执行。",
    "本办法由县民政局负责解释。",
    # another document
    "《云溪省老年人权益条例》自2026年4月1日起施行。",
    "《报告规定》已于2025年11月公布，自2026年1月1日起施行。",
    "根据自2025年1月1日起施行的《云溪省养老条例》，制定本办法。",
    "省里的新条例于2026年4月1日起施行。",
    "第十条的规定自2027年1月1日起施行。",
    # a deadline, a person's right, an action
    "申请之日起15个工作日内办结。",
    "自受理之日起7日内作出决定。",
    "津贴从批准的次月起发放。",
    "符合条件的老年人自申请当月起享受津贴。",
    "报名自2026年4月1日起受理。",
    "自2026年4月1日起，在全县开展入户走访。",
    "合同自双方签字之日起生效。",
    "证书自颁发之日起生效。",
    "许可证自2026年4月1日起生效。",
    "各乡镇自2026年4月1日起执行情况每月上报一次。",
    # no day that could be told
    "本办法自批准之日起施行。",
    "本办法自备案之日起施行。",
    "本办法自县人大审议通过之日起施行。",
    "本办法自2026年秋季学期起施行。",
    "本办法自2026年4月初起施行。",
    "本办法自公布之日起10个工作日后施行。",
    "本办法的施行日期另行通知。",
    "本标准自2026年13月1日起执行。",
    "本标准自2026年2月30日起执行。",
    # its parts begin on different days
    "本办法自2026年4月1日起施行。\n本通知自2026年5月1日起执行。",
    "城镇标准自2026年4月1日起执行。\n农村标准自2026年7月1日起执行。",
)

UNTIL = (
    # a term
    ("本办法自2026年4月1日起施行，有效期5年。", "2031-03-31"),
    ("本办法自2026年4月1日起施行，有效期五年。", "2031-03-31"),
    ("本办法自2026年4月1日起施行，有效期为5年。", "2031-03-31"),
    ("本办法自2026年4月1日起施行，有效期限为5年。", "2031-03-31"),
    ("本办法自2026年4月1日起施行,有效期 3 年。", "2029-03-31"),
    ("本办法自2026年4月1日起施行。有效期两年。", "2028-03-31"),
    ("本办法自2026年4月1日起施行。\n本办法有效期5年。", "2031-03-31"),
    ("本办法有效期5年。\n本办法自2026年4月1日起施行。", "2031-03-31"),
    ("本通知自2026年4月1日起执行，本通知有效期为1年。", "2027-03-31"),
    ("本通知自2026年4月1日起执行，执行期2年。", "2028-03-31"),
    ("本通知自2026年4月1日起执行，实施期限为三年。", "2029-03-31"),
    ("本办法自2026年4月1日起施行，有效期为6个月。", "2026-09-30"),
    ("本办法自2026年4月1日起施行，有效期半年。", "2026-09-30"),
    ("本通告自2026年4月1日起施行，有效期30日。", "2026-04-30"),
    ("本办法自印发之日起施行，有效期3年。", "2029-02-09"),
    ("本办法自印发之日起施行，有效期自印发之日起三年。", "2029-02-09"),
    ("本办法自2026年2月28日起施行，有效期1年。", "2027-02-27"),
    ("本办法自2028年2月29日起施行，有效期一年。", "2029-02-27"),
    # a trial
    ("本办法自2026年4月1日起试行，试行期一年。", "2027-03-31"),
    ("本办法自2026年4月1日起试行，试行期为1年。", "2027-03-31"),
    ("本办法自2026年4月1日起试行，试行期限两年。", "2028-03-31"),
    ("本办法自2026年4月1日起施行，试行两年。", "2028-03-31"),
    ("本办法自2026年4月1日起施行，暂定试行一年。", "2027-03-31"),
    # a last day
    ("本办法自2026年4月1日起施行，有效期至2028年12月31日。", "2028-12-31"),
    ("本办法自2026年4月1日起施行，有效期至2028年12月31日止。", "2028-12-31"),
    ("本办法有效期至2028年12月31日。", "2028-12-31"),
    ("本办法的有效期至2028年12月31日。", "2028-12-31"),
    ("本办法自2026年4月1日起施行，有效期截至2028年12月31日。", "2028-12-31"),
    ("本办法自2026年4月1日起施行，有效期到2028年12月31日。", "2028-12-31"),
    ("本办法自2026年4月1日起施行，有效期至2028年12月。", "2028-12-31"),
    ("本办法自2026年4月1日起施行，有效期至2028年6月底。", "2028-06-30"),
    ("本办法自2026年4月1日起施行，有效期至2028年底。", "2028-12-31"),
    ("本办法自2026年4月1日起施行，有效期至今年年底。", "2026-12-31"),
    ("本办法自2026年4月1日起施行，有效期至今年底。", "2026-12-31"),
    ("本办法自2026年4月1日起施行，至2028年12月31日止。", "2028-12-31"),
    ("本办法自2026年4月1日起施行，至2028年12月31日自动失效。", "2028-12-31"),
    ("本办法自2026年4月1日起施行，施行至2028年12月31日。", "2028-12-31"),
    ("本政策执行至2028年12月31日。", "2028-12-31"),
    ("本通知执行至2028年12月31日止。", "2028-12-31"),
    ("本办法自2026年4月1日起至2028年12月31日止施行。", "2028-12-31"),
    ("本办法自2026年4月1日至2028年12月31日执行。", "2028-12-31"),
    ("本通知自2026年4月1日起至2028年12月31日实施。", "2028-12-31"),
    ("本政策有效期为2026年4月1日至2028年12月31日。", "2028-12-31"),
    ("本政策执行期限为2026年4月1日至2028年12月31日。", "2028-12-31"),
    ("本政策执行期限自2026年4月1日起至2028年12月31日止。", "2028-12-31"),
    ("本方案实施期限为2026年4月1日—2028年12月31日。", "2028-12-31"),
    ("本政策有效期至“十五五”期末。", "2030-12-31"),
)  # fmt: skip

UNTIL_NOTHING = (
    "本办法自2026年4月1日起施行。",
    "本办法自2026年4月1日起施行，长期有效。",
    "本办法自2026年4月1日起施行，有效期长期。",
    # of a certificate, a result, a contract
    "电子证有效期为一年，每年签注一次。",
    "持有有效期内的居住证即可办理。",
    "评定结果有效期三年。",
    "资格证书有效期5年。",
    "服务协议有效期可为1年、2年或3年。",
    "报名有效期至2026年5月1日。",
    "本办法自2026年4月1日起施行，证书有效期5年。",
    "本办法所称有效期，是指证书上载明的日期。",
    # a deadline
    "申报截止时间为2026年5月20日。",
    "报名时间自2026年4月1日起至4月15日止。",
    "资金发放到2026年12月31日止。",
    "公示期为2026年3月1日至3月7日。",
    "请于2026年5月20日前报送。",
)

UNREAD_END = (
    "本办法自2026年4月1日起施行，有效期至新办法出台之日止。",
    "本办法自2026年4月1日起施行，有效期至本届任期结束。",
    "本办法自批准之日起施行，有效期5年。",
)

REPEALS = (
    ("《柳溪县高龄津贴发放办法》同时废止。", ("柳溪县高龄津贴发放办法", "")),
    ("《柳溪县高龄津贴发放办法》（柳政发〔2020〕3号）同时废止。", ("柳溪县高龄津贴发放办法", "柳政发〔2020〕3号")),
    ("原《柳溪县高龄津贴发放办法》同时废止。", ("柳溪县高龄津贴发放办法", "")),
    ("2019年发布的《柳溪县高龄津贴发放办法》即行废止。", ("柳溪县高龄津贴发放办法", "")),
    ("本办法自2026年4月1日起施行，《柳溪县高龄津贴发放办法》同时废止。", ("柳溪县高龄津贴发放办法", "")),
    ("本办法自2026年4月1日起施行。《柳溪县高龄津贴发放办法》予以废止。", ("柳溪县高龄津贴发放办法", "")),
    ("自本办法施行之日起，《柳溪县高龄津贴发放办法》废止。", ("柳溪县高龄津贴发放办法", "")),
    ("《柳溪县高龄津贴发放办法》自行失效。", ("柳溪县高龄津贴发放办法", "")),
    ("《柳溪县高龄津贴发放办法》停止执行。", ("柳溪县高龄津贴发放办法", "")),
    ("《柳溪县高龄津贴发放办法》不再执行。", ("柳溪县高龄津贴发放办法", "")),
    ("柳政发〔2020〕3号文件同时废止。", ("", "柳政发〔2020〕3号")),
    ("原柳政发[2020]3号文同时停止执行。", ("", "柳政发〔2020〕3号")),
    ("《柳溪县养犬办法》（柳溪县人民政府令第12号）同时废止。", ("柳溪县养犬办法", "柳溪县人民政府令第12号")),
    ("《关于印发〈柳溪县高龄津贴发放办法〉的通知》同时废止。", ("关于印发〈柳溪县高龄津贴发放办法〉的通知", "")),
)  # fmt: skip

REPEALS_NOTHING = (
    "《柳溪县高龄津贴发放办法》尚未废止。",
    "《柳溪县高龄津贴发放办法》不得停止执行。",
    "根据《柳溪县高龄津贴发放办法》，原标准同时废止。",
    "《柳溪县高龄津贴发放办法》废止后，由乡镇继续发放。",
    "《柳溪县高龄津贴发放办法》第五条同时废止。",
    "按照《柳溪县高龄津贴发放办法》执行。",
    "证书到期的，同时作废。",
    "提供虚假材料的，停止执行优惠。",
)

FORMER = (
    "原标准同时停止执行。",
    "原补贴标准同时废止。",
    "原有规定同时废止。",
    "原办法停止执行。",
    "原票价停止执行。",
    "原每吨2元的水价不再执行。",
    "此前规定与本办法不一致的，以本办法为准。",
    "以往有关文件与本通知不一致的，以本通知为准。",
    "我县原有规定与本通知不符的，按本通知执行。",
)
FORMER_NOTHING = (
    "符合条件的，以审核结果为准。",
    "原标准为每人每月500元。",
    "与上级规定不一致的，以上级规定为准。",
    "原工作单位停止执行合同的，可以申请。",
    "原许可证同时作废。",
    "票价由每人3元调整为每人4元。",  # no title says that the notice adjusts one
)


@pytest.mark.parametrize(("told", "day"), SINCE)
def test_since_when_it_holds(told: str, day: str) -> None:
    article = notice("高龄津贴为每人每月650元。", told)
    effective = read_validity(article).effective
    assert effective is not None
    assert effective.day.isoformat() == day
    assert words(article, effective.span) in told


@pytest.mark.parametrize("told", SINCE_NOTHING)
def test_what_tells_no_day_on_which_it_begins(told: str) -> None:
    article = notice("高龄津贴为每人每月650元。", *told.split("\n"))
    assert read_validity(article).effective is None
    assert read_validity(article).state_on(TODAY) is State.UNKNOWN


@pytest.mark.parametrize(("told", "day"), UNTIL)
def test_until_when_it_holds(told: str, day: str) -> None:
    article = notice("高龄津贴为每人每月650元。", *told.split("\n"))
    expires = read_validity(article).expires
    assert expires is not None
    assert expires.day.isoformat() == day
    assert words(article, expires.span) in told


@pytest.mark.parametrize("told", UNTIL_NOTHING)
def test_what_tells_no_end_of_it(told: str) -> None:
    validity = read_validity(notice("高龄津贴为每人每月650元。", told))
    assert (validity.expires, validity.unread) == (None, None)


@pytest.mark.parametrize("told", UNREAD_END)
def test_an_end_that_gives_no_day_leaves_the_state_unknown(told: str) -> None:
    article = notice("高龄津贴为每人每月650元。", told)
    validity = read_validity(article)
    assert validity.expires is None
    assert words(article, validity.unread).startswith("有效期")
    assert validity.state_on(TODAY) is State.UNKNOWN


@pytest.mark.parametrize(("told", "named"), REPEALS)
def test_what_it_repeals(told: str, named: tuple[str, str]) -> None:
    article = notice("高龄津贴为每人每月650元。", told)
    assert [(n.title, n.number) for n in read_validity(article).repeals] == [named]


@pytest.mark.parametrize("told", REPEALS_NOTHING)
def test_what_repeals_nothing(told: str) -> None:
    assert read_validity(notice("高龄津贴为每人每月650元。", told)).repeals == ()


def test_several_documents_are_repealed_together() -> None:
    told = "《柳溪县养犬办法》（柳政发〔2015〕1号）、《柳溪县犬只登记规定》和柳政办发〔2018〕22号文件同时废止。"
    assert [(n.title, n.number) for n in read_validity(notice(told)).repeals] == [
        ("柳溪县养犬办法", "柳政发〔2015〕1号"),
        ("柳溪县犬只登记规定", ""),
        ("", "柳政办发〔2018〕22号"),
    ]


@pytest.mark.parametrize("told", FORMER)
def test_what_held_before_is_ended_without_a_name(told: str) -> None:
    article = notice("高龄津贴为每人每月650元。", told)
    assert words(article, read_validity(article).former) == told.rstrip("。")


def test_a_rate_that_is_put_for_another_ends_it() -> None:
    article = notice("自2026年3月1日起，票价由每人3元调整为每人4元。", title="柳溪县关于调整渡船票价的通知")
    assert words(article, read_validity(article).former) == "由每人3元调整为每人4元"


@pytest.mark.parametrize("told", FORMER_NOTHING)
def test_what_ends_nothing_that_held_before(told: str) -> None:
    assert read_validity(notice("高龄津贴为每人每月650元。", told)).former is None


def test_the_day_of_issue_is_the_signature_s_before_the_page_s() -> None:
    article = notice("本通知自印发之日起施行。", "柳溪县民政局", "2026年2月3日", published="2026-02-10")
    validity = read_validity(article)
    assert validity.issued == Told(date(2026, 2, 3), Span(20, 29))
    assert words(article, validity.issued.span if validity.issued else None) == "2026年2月3日"
    assert validity.effective == Told(date(2026, 2, 3), Span(3, 11))


def test_the_day_of_issue_may_stand_behind_the_name_of_who_signed() -> None:
    validity = read_validity(notice("本通知自印发之日起施行。", "柳溪县民政局 2026年2月3日", published=None))
    assert validity.issued is not None
    assert validity.issued.day == date(2026, 2, 3)


def test_without_a_day_of_issue_what_counts_from_it_is_not_known() -> None:
    validity = read_validity(notice("本通知自印发之日起施行，有效期五年。", published=None))
    assert (validity.effective, validity.expires) == (None, None)
    assert validity.state_on(TODAY) is State.UNKNOWN


def test_a_date_without_its_year_on_a_page_without_a_date_is_not_known() -> None:
    assert read_validity(notice("本通知自3月1日起执行。", published=None)).effective is None
    assert read_validity(notice("本通知自3月1日起执行。", published="--02-10")).effective is None


def test_a_date_without_its_year_is_not_guessed_between_two() -> None:
    assert read_validity(notice("本通知自8月10日起执行。")).effective is None  # 181 days on, 184 back


def test_a_new_year_s_day_told_in_december_is_the_next() -> None:
    effective = read_validity(notice("新标准自1月1日起执行。", published="2025-12-20")).effective
    assert effective is not None
    assert effective.day == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("title", "told", "day"),
    [
        ("柳溪县调整高龄津贴标准的通知", "自2026年4月1日起，高龄津贴调整为每人每月650元。", "2026-04-01"),
        ("柳溪县关于提高低保标准的通知", "经县政府同意，自2026年4月1日起，低保标准提高到每月900元。", "2026-04-01"),
        ("柳溪县养老服务条例", "自2026年4月1日起，高龄津贴调整为每人每月650元。", None),
        ("柳溪县调整高龄津贴标准的通知", "自2026年4月1日起，申请人可以到乡镇报名。", None),
    ],
)
def test_a_notice_that_changes_a_rate_begins_with_its_day(title: str, told: str, day: str | None) -> None:
    effective = read_validity(notice(told, title=title)).effective
    assert (effective and effective.day.isoformat()) == day


@pytest.mark.parametrize("kind", [Kind.NEWS, Kind.FEATURE, Kind.CAPTION])
def test_a_report_is_a_report_whatever_it_tells(kind: Kind) -> None:
    validity = read_validity(notice("新标准自2026年4月1日起执行，有效期5年。", kind=kind))
    assert validity == Validity(nature=State.REPORT)
    assert validity.state_on(TODAY) is State.REPORT


def test_a_suggestion_is_a_suggestion() -> None:
    assert (
        read_validity(notice("建议新标准自2026年4月1日起执行。", kind=Kind.PROPOSAL)).state_on(TODAY)
        is State.SUGGESTION
    )


@pytest.mark.parametrize("line", ["【已废止】", "（失效）", "有效性：失效", "效力状态：已废止", "[本文已失效]"])
def test_a_page_that_says_itself_that_it_holds_no_more(line: str) -> None:
    validity = read_validity(notice(line, "本办法自2020年4月1日起施行。"))
    assert validity.state_on(TODAY) is State.EXPIRED


@pytest.mark.parametrize("line", ["有效性：有效", "效力状态：现行有效", "失效的证件应当交回。", "【解读】"])
def test_a_page_that_says_nothing_of_the_kind(line: str) -> None:
    assert read_validity(notice(line, "本办法自2020年4月1日起施行。")).state_on(TODAY) is State.IN_FORCE


def test_a_trial_is_told_by_the_title_or_the_text() -> None:
    assert read_validity(notice("高龄津贴为650元。", title="柳溪县高龄津贴办法（试行）")).trial
    assert read_validity(notice("本办法自2026年4月1日起试行。")).trial
    assert not read_validity(notice("在两个乡镇试行过的做法可以推广。")).trial


def test_what_it_amends_is_kept_with_its_words() -> None:
    article = notice("高龄津贴改为650元。", "现决定修改《柳溪县高龄津贴发放办法》，具体如下：", title="柳溪县的决定")
    (named,) = read_validity(article).amends
    assert named.title == "柳溪县高龄津贴发放办法"
    assert words(article, named.span) == "修改《柳溪县高龄津贴发放办法》"


# ---------------------------------------------------------------- the state at a day


def test_the_state_goes_from_not_yet_over_in_force_to_expired() -> None:
    validity = read_validity(notice("本办法自2026年4月1日起施行，有效期一年。"))
    days = ("2026-02-10", "2026-03-31", "2026-04-01", "2027-03-31", "2027-04-01")
    assert [validity.state_on(date.fromisoformat(day)).value for day in days] == [
        "not_yet", "not_yet", "in_force", "in_force", "expired",
    ]  # fmt: skip


def test_what_tells_nothing_is_unknown_from_the_day_of_its_issue() -> None:
    validity = read_validity(notice("高龄津贴为每人每月500元。"))
    assert validity.state_on(date(2026, 2, 9)) is State.NOT_YET
    assert validity.state_on(date(2026, 2, 10)) is State.UNKNOWN
    assert validity.state_on(date(2066, 2, 10)) is State.UNKNOWN  # old is not expired


def test_what_is_superseded_holds_until_the_day_before() -> None:
    later = Superseded(Why.REPEALED, date(2026, 4, 1), "b", "柳溪县高龄津贴新办法", Span(0, 4))
    validity = Validity(effective=Told(date(2024, 1, 1), None), superseded=later)
    assert validity.state_on(date(2026, 3, 31)) is State.IN_FORCE
    assert validity.state_on(date(2026, 4, 1)) is State.SUPERSEDED


def test_superseded_on_a_day_that_is_not_told_is_superseded() -> None:
    later = Superseded(Why.REPEALED, None, "b", "柳溪县高龄津贴新办法", Span(0, 4))
    assert Validity(effective=Told(date(2024, 1, 1), None), superseded=later).state_on(TODAY) is State.SUPERSEDED


DAYS = st.dates(date(1990, 1, 1), date(2050, 12, 31))
SPANS = st.builds(lambda start, length: Span(start, start + length), st.integers(0, 500), st.integers(1, 40))
TOLD = st.none() | st.builds(Told, DAYS, st.none() | SPANS)
NAMED = st.lists(st.builds(Named, st.text(max_size=9), st.text(max_size=9), SPANS), max_size=2).map(tuple)
SUPERSEDED = st.none() | st.builds(
    Superseded, st.sampled_from(Why), st.none() | DAYS, st.text(max_size=9), st.text(max_size=9), st.none() | SPANS
)
VALIDITIES = st.builds(
    Validity,
    nature=st.sampled_from([None, None, State.REPORT, State.SUGGESTION]),
    issued=TOLD,
    effective=TOLD,
    expires=TOLD,
    unread=st.none() | SPANS,
    trial=st.booleans(),
    withdrawn=st.none() | SPANS,
    repeals=NAMED,
    amends=NAMED,
    former=st.none() | SPANS,
    superseded=SUPERSEDED,
)
ORDER = {State.NOT_YET: 0, State.UNKNOWN: 1, State.IN_FORCE: 1, State.SUPERSEDED: 2, State.EXPIRED: 2}


@given(validity=VALIDITIES, day=DAYS, later=st.integers(0, 20_000))
def test_over_the_days_a_state_only_goes_forward(validity: Validity, day: date, later: int) -> None:
    first, second = validity.state_on(day), validity.state_on(day + timedelta(days=later))
    if validity.nature:
        assert first is second is validity.nature
    else:
        assert ORDER[first] <= ORDER[second]


@given(validity=VALIDITIES, day=DAYS)
def test_nothing_is_in_force_that_no_text_put_in_force(validity: Validity, day: date) -> None:
    if validity.state_on(day) is State.IN_FORCE:
        assert validity.effective is not None
        assert validity.effective.day <= day
        assert validity.expires is None or day <= validity.expires.day


@given(validity=VALIDITIES)
def test_a_validity_comes_back_from_its_json(validity: Validity) -> None:
    import json

    assert validity_from_json(json.loads(json.dumps(validity_to_json(validity)))) == validity


@given(text=st.text(alphabet="本办法自2026年4月1日起施行，有效期五。\n《》废止至第条", max_size=60))
def test_whatever_a_notice_says_its_words_stand_in_it(text: str) -> None:
    article = notice(*text.split("\n"))
    validity = read_validity(article)
    for told in (validity.effective, validity.expires):
        if told and told.span:
            assert 0 <= told.span.start < told.span.end <= len(article.text)


def test_nothing_told_is_unknown() -> None:
    assert NOTHING_TOLD.state_on(TODAY) is State.UNKNOWN


TWO_NOTICES = """柳溪县人民政府办公室关于印发柳溪县高龄津贴发放办法的通知
柳政办发〔2026〕3号
各乡镇人民政府：
《柳溪县高龄津贴发放办法》已经县政府同意，现印发给你们，请认真贯彻执行。
高龄津贴每人每月120元，由乡镇按月发放。
本办法自2026年3月1日起施行，有效期五年。
柳溪县人民政府办公室
2026年2月10日

柳溪县民政局关于调整护理补贴标准的通知
柳民发〔2026〕8号
各乡镇人民政府：
护理补贴标准调整为每人每月90元，由县民政局按季度发放。
本通知自2026年6月1日起执行，有效期至2027年12月31日。
柳溪县民政局
2026年5月6日
"""


def test_of_a_file_with_several_notices_each_has_its_own_validity() -> None:
    told = [read_validity(article) for article in read_articles(TWO_NOTICES, "two.txt")]
    days = [(v.effective and v.effective.day.isoformat(), v.expires and v.expires.day.isoformat()) for v in told]
    assert days == [("2026-03-01", "2031-02-28"), ("2026-06-01", "2027-12-31")]
    assert [v.issued and v.issued.day.isoformat() for v in told] == ["2026-02-10", "2026-05-06"]


@pytest.mark.parametrize(
    ("told", "until"),
    [
        ("本办法有效期延长至2028年12月31日。", "2028-12-31"),
        ("本办法的有效期延长至2028年6月30日。", "2028-06-30"),
        ("本通知执行期限延长到2027年底。", "2027-12-31"),
        ("《柳溪县养犬办法》有效期延长至2028年12月31日。", None),  # another document's
    ],
)
def test_an_end_that_is_put_off_is_the_end(told: str, until: str | None) -> None:
    expires = read_validity(notice("高龄津贴每人每月120元。", told)).expires
    assert (expires and expires.day.isoformat()) == until
