"""The desk's command line and the cases that it exports, read back by eval itself."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

import rag.__main__
from desk.cases import Exported, export_cases, on_page, page_name, page_text, required_words
from desk.commands import main
from desk.csvfile import csv_lines, safe_cell
from desk.passwords import is_password
from desk.settings import DeskSettings, read_desk_settings
from desk.store import Store, open_store
from desk.store.people import StaffRole
from desk.verdicts import Verdict
from eval.data import Question
from eval.page_sets import read_page_questions
from rag.datatypes import Answer, Article, Kind, Sentence, Span, Status
from rag.errors import UserError
from rag.reading.files import load_articles
from tests.desk_fakes import ARTICLE, SUBSIDY_ANSWER, Clock, cite, refused
from tests.fakes import make_article


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database that the commands open."""
    address = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    monkeypatch.setenv("WENCE_DATABASE", address)
    return address


def opened(url: str) -> Store:
    return open_store(url)


# ---------------------------------------------------------------- settings


def test_the_database_is_a_file_beside_the_index_unless_a_url_is_given(tmp_path: Path):
    index = tmp_path / "index" / "default"
    assert read_desk_settings(index, {}) == DeskSettings(f"sqlite:///{tmp_path}/index/default.desk.sqlite", None)
    env = {"WENCE_DATABASE": "postgresql://x/y", "WENCE_RETENTION_DAYS": "180"}
    assert read_desk_settings(index, env) == DeskSettings("postgresql://x/y", 180)


@pytest.mark.parametrize("days", ["0", "-3", "x", "1.5", "９"])
def test_days_that_are_no_whole_number_are_refused(days: str):
    with pytest.raises(UserError, match="保存天数应为正整数"):
        read_desk_settings(Path("i"), {"WENCE_RETENTION_DAYS": days})


# ---------------------------------------------------------------- create-admin


def test_the_first_administrator_gets_a_password_that_is_shown_once(url: str, capsys: pytest.CaptureFixture[str]):
    assert main(["create-admin", "admin", "--generate"]) == 0
    shown = capsys.readouterr().out
    password = shown.removeprefix("admin 的密码：").split("\u3000")[0]
    store = opened(url)
    assert store.people.has_administrator()
    assert is_password(password, store.people.password_hash("admin"))
    assert [user.role for user in store.people.users()] == [StaffRole.ADMINISTRATOR]
    assert [entry.action for entry in store.audit.newest()] == ["user.create"]
    store.close()


def test_a_password_that_was_typed_is_taken_when_it_is_good_enough(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    answers = iter(["short", "short", "long enough 1", "another one 1", "long enough 1", "long enough 1"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    assert main(["create-admin", "admin"]) == 2
    assert main(["create-admin", "admin"]) == 2
    assert main(["create-admin", "admin"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "密码需要 10 至 200 个字符。",
        "两次输入的密码不一样，请重来。",
        "已创建管理员 admin。登录网址：聊天网址后加 /desk",
    ]
    store = opened(url)
    assert is_password("long enough 1", store.people.password_hash("admin"))
    store.close()


def test_a_name_that_is_taken_is_said_in_the_language_asked_for(url: str, capsys: pytest.CaptureFixture[str]):
    assert main(["create-admin", "admin", "--generate"]) == 0
    assert main(["create-admin", "ADMIN", "--generate", "--lang", "en"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == "There is a user ADMIN already."


# ---------------------------------------------------------------- retention


def test_retention_says_first_and_deletes_then(url: str, capsys: pytest.CaptureFixture[str]):
    clock = Clock()
    clock.pass_by(days=-400)
    old = open_store(url, clock)
    old.save(SUBSIDY_ANSWER, "c", 1)
    old.close()
    store = opened(url)
    kept = store.save(SUBSIDY_ANSWER, "c", 1)
    store.close()
    assert main(["retention"]) == 2
    assert main(["retention", "--days", "300", "--dry-run"]) == 0
    assert main(["retention", "--days", "300"]) == 0
    assert capsys.readouterr().out.splitlines() == ["有 1 个回答早于 300 天。", "已删除早于 300 天的 1 个回答。"]
    store = opened(url)
    assert [line.id for line in store.answers.browse()] == [kept]
    store.close()


# ---------------------------------------------------------------- CSV


def test_no_cell_runs_as_a_formula():
    row = ["=1+1", "+1", "-1", "@x", "\t=x", "  =x", "＝1", "1", "问题"]
    assert list(map(safe_cell, row)) == ["'=1+1", "'+1", "'-1", "'@x", "'\t=x", "'  =x", "'＝1", "1", "问题"]


def test_a_csv_file_opens_as_utf8_with_every_text_in_its_cell():
    lines = "".join(csv_lines([("a", "b"), ('他说"好"', "一,二\n三")]))
    assert lines == '\ufeffa,b\r\n"他说""好""","一,二\n三"\r\n'


def test_the_csv_command_writes_the_days_asked_for(url: str, tmp_path: Path):
    store = opened(url)
    store.save(refused("=cmd|' /C calc'!A0"), "c", 0.5)
    day = store.clock().date().isoformat()
    store.close()
    out = tmp_path / "out.csv"
    assert main(["export-csv", "--out", str(out), "--first", day]) == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["question"], row["status"], row["seconds"]) for row in rows] == [
        ("'=cmd|' /C calc'!A0", "no_evidence", "0.50")
    ]
    assert main(["export-csv", "--out", str(out), "--first", "soon"]) == 2


# ---------------------------------------------------------------- cases


def test_an_article_and_its_page_are_word_for_word_the_same(tmp_path: Path):
    article = make_article("托育", "第一段。", "第二段很长。", kind=Kind.POLICY, published="2026-01-16", speaker="李")
    page = tmp_path / "page.txt"
    page.write_text(page_text(article), "utf-8")
    (again,) = load_articles([page]).articles
    assert (again.title, again.text, again.kind, again.published, again.speaker) == (
        "托育", "第一段。\n第二段很长。", Kind.POLICY, "2026-01-16", "李",
    )  # fmt: skip


@pytest.mark.parametrize("words", ["第一段", "第二", "段。\n第二段", "很长。", "第三"])
def test_offsets_lead_from_the_article_to_the_same_words_on_its_page(words: str):
    article = make_article("托育", "第一段。", "第二段很长。", "第三")
    start = article.text.index(words)
    span = on_page(article, Span(start, start + len(words)))
    assert page_text(article)[span.start : span.end].replace("\n\n", "\n") == words


def test_what_an_answer_must_hold_are_its_figures_or_its_shared_words():
    quote = "符合条件的家庭每月补贴600元，按季度发放。"
    assert required_words("每月补贴600元，90天内到账。", [quote]) == [["600元"]]
    assert required_words("补贴按季度发放给家庭。", [quote]) == [["按季度发放"]]
    assert required_words("无关", [quote]) == []


def review(store: Store, answer: Answer, verdict: Verdict, note: str = "") -> None:
    store.answers.review(store.save(answer, "c", 1), verdict.value, note, "李")


def test_reviewed_answers_are_cases_that_eval_reads(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    store = opened(url)
    store.catalogue.adopt([ARTICLE])
    plain = replace(SUBSIDY_ANSWER, question="托育补贴多少钱？", standalone_question="托育补贴多少钱？")
    review(store, plain, Verdict.SUPPORTED, "对的")
    review(store, replace(plain, standalone_question="补贴有奖金吗？"), Verdict.SHOULD_REFUSE)
    review(store, refused("补贴到哪年？", ARTICLE, status=Status.INSUFFICIENT), Verdict.SUPPORTED)
    review(store, refused("暖气费？", ARTICLE), Verdict.SUPPORTED)
    for verdict in (Verdict.PARTLY, Verdict.WRONG_SOURCE, Verdict.OUT_OF_DATE):
        review(store, plain, verdict)
    review(store, refused("天气？"), Verdict.SUPPORTED)  # near no article: there is no page to ask it of
    store.save(plain, "c", 1)  # not reviewed
    store.close()
    assert rag.__main__.main(["export-cases", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == (f"已导出 4 个用例、1 篇文章到 {tmp_path}；另有 4 个核对过的回答不能成为用例。\n")
    name = page_name(ARTICLE)
    questions = read_page_questions(tmp_path / "questions" / f"{name}.jsonl", tmp_path / "pages" / f"{name}.txt")
    by_text = {question.text: question for question in questions}
    told = by_text["托育补贴多少钱？"]
    assert isinstance(told, Question)
    assert (told.answerable, told.kind, told.answers, told.gold, told.article) == (
        True, "fact", (("600元",), ("补贴按季度发放",)), ("每月补贴600元", "补贴按季度发放。"), ARTICLE.title,
    )  # fmt: skip
    assert {text: (q.answerable, q.kind) for text, q in by_text.items() if q is not told} == {
        "补贴有奖金吗？": (False, "unanswerable_covered"),
        "补贴到哪年？": (False, "unanswerable_covered"),
        "暖气费？": (False, "unanswerable_absent"),
    }


def test_the_last_verdict_on_a_question_is_its_case(store: Store, tmp_path: Path):
    id = store.save(SUBSIDY_ANSWER, "c", 1)
    store.answers.review(id, Verdict.SUPPORTED, "", "李")
    store.answers.review(id, Verdict.SHOULD_REFUSE, "", "王")
    done = export_cases(store.answers.reviewed(), store.answers.cited_article, tmp_path, read_page_questions)
    assert done == Exported(cases=1, pages=1, left_out=0)
    (line,) = next((tmp_path / "questions").iterdir()).read_text("utf-8").splitlines()
    assert json.loads(line)["answerable"] is False


def test_an_answer_from_two_articles_is_no_case_of_one_page(store: Store, tmp_path: Path):
    other = make_article("别的", "别的内容600元。")
    sentence = Sentence("每月600元。", (cite(1, ARTICLE, "每月补贴600元"), cite(2, other, "600元")))
    review(store, replace(SUBSIDY_ANSWER, sentences=(sentence,)), Verdict.SUPPORTED)
    done = export_cases(store.answers.reviewed(), store.answers.cited_article, tmp_path, read_page_questions)
    assert done == Exported(cases=0, pages=0, left_out=1)


def test_an_article_that_no_page_gives_back_makes_no_case(store: Store, tmp_path: Path):
    odd: Article = make_article("奇怪", "# 像标题的段落600元")
    answer = Answer(Status.ANSWERED, "q", "q", (Sentence("600元", (cite(1, odd, "600元"),)),))
    review(store, answer, Verdict.SUPPORTED)
    done = export_cases(store.answers.reviewed(), store.answers.cited_article, tmp_path, read_page_questions)
    assert done == Exported(cases=0, pages=0, left_out=1)


def test_the_commands_explain_themselves(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("create-admin", "retention", "export-cases", "export-csv"))
