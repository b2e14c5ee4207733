import json
import subprocess
import sys
import tomllib
from datetime import date
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
from fakes import FakeEncoder, FakeGenerator, make_article, make_bot

from rag.__main__ import CHECKS_BESIDE, COMMANDS, commands_beside, main
from rag.datatypes import Answer, Status
from tests.test_builds import files_of_at_most

PAGE = "青石桥建成通车\n\n本报讯（记者 陆鸣）1月9日，青石桥建成通车，全长120米。\n"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A page on the disk, and no model anywhere."""
    monkeypatch.setenv("WENCE_HOME", str(tmp_path / "home"))
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    return str(tmp_path / "page.txt")


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`ask` talks to a chatbot over one article, with a generator that says one true sentence."""
    bot = make_bot(tmp_path, [make_article("青石桥建成通车", "青石桥全长120米。")], FakeGenerator("青石桥全长120米。"))
    monkeypatch.setattr("rag.setup.load_chatbot", lambda *_: bot)


def test_articles_as_json_are_what_was_understood(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["articles", page, "--json", "--published", "2026"]) == 0
    (article,) = json.loads(capsys.readouterr().out)
    assert article.pop("id").startswith("青石桥建成通车-")
    text = "本报讯（记者 陆鸣）1月9日，青石桥建成通车，全长120米。"
    facts = {
        "title": "青石桥建成通车",
        "kind": "news",
        "reporter": "陆鸣",
        "published": "2026-01-09",
        "source": "page.txt",
    }
    absent = dict.fromkeys(("kicker", "subtitle", "section", "speaker", "speaker_role"))
    assert article == {**facts, **absent, "text": text, "paragraphs": [[0, len(text)]]}


def test_articles_are_printed_for_people(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["articles", page]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "【新闻】青石桥建成通车"
    assert lines[1:3] == ["  记者：陆鸣", "  日期：1月9日"]
    assert lines[-1] == "读出 1 篇文章"


@pytest.mark.parametrize(
    ("lang", "message"),
    [("zh", "找不到 no-such-page.txt，请检查路径。"), ("en", "no-such-page.txt does not exist; check the path.")],
)
def test_a_bad_path_exits_2_with_one_line(lang: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["articles", "no-such-page.txt", "--json", "--lang", lang]) == 2
    assert capsys.readouterr().err == message + "\n"


def test_a_bad_date_exits_2(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["articles", page, "--published", "去年"]) == 2
    assert capsys.readouterr().err == "日期“去年”无法识别，请写成 2026 或 2026-01-20。\n"


def test_a_bad_file_is_told_and_the_rest_is_shown(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(page).with_name("empty.txt").write_bytes(b"")
    assert main(["articles", str(Path(page).parent)]) == 0
    shown = capsys.readouterr()
    assert shown.err == "empty.txt 是空文件，已跳过。\n"
    assert "青石桥建成通车" in shown.out


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "中没有索引。请先运行：python -m rag index"), ("en", "There is no index in")]
)
def test_asking_a_missing_index_exits_2_and_says_how_to_make_it(
    page: str, tmp_path: Path, lang: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "桥有多长？", "--index", str(tmp_path / "none"), "--lang", lang]) == 2
    assert words in capsys.readouterr().err


def test_indexing_without_models_exits_2_and_says_how_to_get_them(
    page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["index", page, "--index", str(tmp_path / "index")]) == 2
    expected = "模型 embeddinggemma-300m 还没有准备好。请先运行 make setup（或 python -m rag setup）。\n"
    assert capsys.readouterr().err == expected


@pytest.mark.parametrize("place", ["page.txt", "page.txt/index", "own"])
def test_where_no_index_can_be_made_one_line_says_so_before_the_model_is_loaded(
    page: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(_: object) -> None:
        raise AssertionError("the model was loaded")

    monkeypatch.setattr("rag.setup.open_encoder", load)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "letter.txt").touch()
    for lang, words in (("zh", ("无法写入", "不是索引")), ("en", ("Cannot write", "is no index"))):
        assert main(["index", page, "--index", str(tmp_path / place), "--lang", lang]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert str(tmp_path / place) in line
        assert any(word in line for word in words)
    assert Path(page).read_text("utf-8") == PAGE


def test_a_full_disk_is_said_on_a_line_of_its_own(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("rag.setup.open_encoder", lambda _: FakeEncoder())
    with files_of_at_most(100):
        assert main(["index", page, "--index", str(tmp_path / "index")]) == 2
    assert capsys.readouterr().err.startswith(f"无法写入 {tmp_path / 'index'}：文件超过系统允许的大小。")


def test_indexing_says_what_it_made(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("rag.setup.open_encoder", lambda _: FakeEncoder())
    assert main(["index", page, "--index", str(tmp_path / "index")]) == 0
    assert capsys.readouterr().out == f"已建立索引 {tmp_path / 'index'}：1 篇文章，1 个段落\n"


@pytest.mark.usefixtures("bot")
def test_an_answer_is_printed_with_its_source_and_exits_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "青石桥全长多少米？"]) == 0
    assert capsys.readouterr().out == "青石桥全长120米。[1]\n\n[1] 《青石桥建成通车》 · 新闻\n    青石桥全长120米。\n"


@pytest.mark.usefixtures("bot")
def test_an_answer_as_json_has_the_fields_that_scripts_rely_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "青石桥全长多少米？", "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert {"status", "text", "sentences", "evidence", "timings"} <= set(values)
    assert (values["status"], values["text"]) == ("answered", "青石桥全长120米。[1]")


@pytest.mark.usefixtures("bot")
def test_an_explained_answer_tells_what_was_asked_found_and_withheld(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "青石桥全长多少米？", "--explain"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("问题: 青石桥全长多少米？\n  要的是: 数字\n")
    assert "青石桥全长120米。[1]\n\n用时（秒）: " in told
    assert main(["ask", "海洋牧场养殖许可证怎样续期？", "--explain", "--json"]) == 3
    values = json.loads(capsys.readouterr().out)
    assert set(values) == {"questions", "searches", "judgements", "withheld", "answer"}
    assert values["answer"]["status"] == "no_evidence"


@pytest.mark.usefixtures("bot")
def test_a_refusal_exits_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "海洋牧场养殖许可证怎样续期？"]) == 3
    assert capsys.readouterr().out.startswith("现有文章中没有收录")


@pytest.mark.usefixtures("bot")
def test_a_question_that_is_too_long_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "桥" * 501, "--lang", "en"]) == 2
    assert capsys.readouterr().err == "The question has 501 characters, more than 500; please shorten it.\n"


def test_a_bug_exits_1_with_one_plain_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("rag.setup.load_chatbot", fail)
    assert main(["ask", "青石桥全长多少米？"]) == 1
    assert "内部错误：oops（详情见日志）" in capsys.readouterr().err


def test_an_unknown_command_exits_2() -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["dance"])
    assert exit_.value.code == 2


# ---------------------------------------------------------------- what stands above rag/ and is called by name

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.parametrize("group", [COMMANDS, CHECKS_BESIDE])
def test_what_is_installed_is_what_the_project_names(group: str) -> None:
    assert {entry.name: entry.value for entry in entry_points(group=group)} == PROJECT["entry-points"][group]


@pytest.mark.parametrize("name", PROJECT["entry-points"][COMMANDS])
def test_each_command_beside_has_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([name, "--help"])
    assert exit_.value.code == 0
    assert capsys.readouterr().out.startswith(("usage: python ", "usage: wence "))


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    own = ("setup", "articles", "index", "read", "ask", "doctor")
    assert [name for name in (*own, *commands_beside()) if name not in shown] == []


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "没有装 dance 所需要的 no_such_module"), ("en", "is not installed")]
)
def test_a_command_whose_library_is_missing_exits_2(
    lang: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = EntryPoint("dance", "no_such_module:main", COMMANDS)
    monkeypatch.setattr("rag.__main__.commands_beside", lambda: {"dance": entry})
    assert main(["dance", "--lang", lang]) == 2
    assert words in capsys.readouterr().err


def test_the_command_line_has_one_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert PROJECT["scripts"] == {"wence": "rag.__main__:main"}
    monkeypatch.setattr("sys.argv", ["/usr/bin/wence", "--help"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().out.startswith("usage: wence ")


@pytest.mark.parametrize("day", ["2024", "2024-13-01", "去年"])
def test_a_day_that_is_none_is_a_user_error(day: str, bot: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "青石桥多长？", "--on", day]) == 2
    assert capsys.readouterr().err == f"日期“{day}”无法识别，请写成 2024-06-01。\n"


def test_a_question_may_begin_with_a_minus(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Bot:
        def ask(self, question: str, on: date | None) -> Answer:
            asked.append(question)
            return Answer(Status.NO_EVIDENCE, question, question)

    monkeypatch.setattr("rag.setup.load_chatbot", lambda *_: Bot())
    assert main(["ask", "-5℃停课吗？"]) == 3
    assert [question.strip() for question in asked] == ["-5℃停课吗？"]


@pytest.mark.parametrize("published", ["2026-13-45", "2026-02-30", "0000", "２０２６", "26", "2026-1-2"])
def test_a_date_that_no_calendar_has_is_refused(published: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["articles", "index/articles", "--published", published]) == 2
    assert f"日期“{published}”无法识别" in capsys.readouterr().err


def test_a_full_disk_behind_the_standard_output_is_said_in_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-m", "rag", "articles", "index/articles"]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (ended.returncode, ended.stderr) == (2, "输出写不下：磁盘已满。\n")
