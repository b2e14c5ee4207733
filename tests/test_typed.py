"""What is typed, in whatever bytes, is a question or one line; what is written comes out of any terminal."""

import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from fakes import FakeGenerator, FakeJudge, make_article, make_bot
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.__main__ import main
from rag.chatbot import Chatbot
from rag.datatypes import Answer, Kind, Status
from rag.text.typed import clean_question, decode_argument, json_line, whole_characters

ROOT = Path(__file__).parent.parent
QUESTION = "过江索道票价多少元？"
HALF = "\ud83d"
ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=60)  # halves of characters and controls too
WORDS = st.lists(
    st.sampled_from(
        ["索道", "票价", "多少", "补贴", "怎么", "和", "？", "，", "《", "》", "“", "那", "呢", "第三条", "各"]
    )
    | ANYTHING,
    max_size=8,  # with which no question is too long
).map("".join)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    articles = [
        make_article("过江索道恢复运营", "过江索道3月1日恢复运营，单程票价25元。", "市交通局负责管理。"),
        make_article("关于发放护河员补贴的通知", "护河员每人每月补贴450元。", kind=Kind.POLICY),
    ]
    return make_bot(tmp_path_factory.mktemp("bot"), articles, FakeGenerator(), FakeJudge())


# ---- any text is a question


@settings(max_examples=300, deadline=None)
@given(question=WORDS, history=st.lists(st.tuples(WORDS, ANYTHING), max_size=2))
def test_whatever_is_typed_is_answered_or_refused(bot: Chatbot, question: str, history: list[tuple[str, str]]):
    json.dumps(bot.ask(question, history).to_json(), ensure_ascii=False).encode()


@settings(max_examples=60, deadline=None)
@given(question=WORDS, given=st.lists(ANYTHING, max_size=3))
def test_whatever_texts_are_given_too(bot: Chatbot, question: str, given: list[str]):
    assert isinstance(bot.ask_over(question, given), Answer)


@settings(max_examples=60, deadline=None)
@given(description=WORDS)
def test_whoever_describes_themselves_in_whatever_way(bot: Chatbot, description: str):
    bot.matching(description)
    bot.search(description)


@pytest.mark.parametrize(
    "nothing",
    ["", " ", "\n\t", "　", "\x00", "🐶", "👨‍👩‍👧", "\u200b\u200b", "\u00ad\u2060", "\ufeff", HALF, "？？？", "……"],
)
def test_nothing_that_can_be_looked_for_is_out_of_scope(bot: Chatbot, nothing: str):
    assert bot.ask(nothing).status is Status.OUT_OF_SCOPE


@pytest.mark.parametrize(
    "spoilt", [QUESTION + HALF, "\udc00" + QUESTION, "过江\x00索道票价\x1b多少元？", "过\u200b江索\u00ad道票价多少元？"]
)
def test_what_is_spoilt_is_read_as_it_was_meant(bot: Chatbot, spoilt: str):
    answer = bot.ask(spoilt)
    assert answer.question == QUESTION
    assert "25元" in answer.text


def test_history_is_cleaned_like_the_question(bot: Chatbot):
    answer = bot.ask("那补贴呢？", [("护河员" + HALF + "是干什么的？", "巡河" + HALF + "。")])
    assert "450元" in answer.text
    json.dumps(answer.to_json(), ensure_ascii=False).encode()


# ---- cleaning


@given(ANYTHING)
def test_a_cleaned_question_is_whole_and_stays_as_it_is(text: str):
    cleaned = clean_question(text)
    assert cleaned.encode().decode() == cleaned == clean_question(cleaned)


@given(ANYTHING)
def test_whole_characters_keep_every_offset(text: str):
    whole = whole_characters(text)
    assert len(whole.encode().decode()) == len(text)
    assert all(a == b for a, b in zip(whole, text, strict=True) if not "\ud800" <= b <= "\udfff")


@given(st.text())
def test_ordinary_words_are_left_alone(text: str):
    plain = "".join(c for c in text if c.isprintable())
    assert clean_question(plain) == plain


def test_halves_that_belong_together_are_their_character():
    assert clean_question("养狗\ud83d\udc36") == "养狗🐶"


def test_a_line_s_end_of_any_kind_stays_one():
    assert clean_question("a\r\nb\u2028c\x85d") == "a\n\nb\nc\nd"


# ---- the command line's bytes


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030"])
@pytest.mark.parametrize("question", [QUESTION, "养犬登记费多少钱", "hello", "a狗b", ""])
def test_a_word_typed_in_a_terminal_is_read_in_the_terminals_encoding(encoding: str, question: str):
    typed = question.encode(encoding).decode(sys.getfilesystemencoding(), "surrogateescape")
    assert decode_argument(typed) == question


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2))
def test_so_is_any_word_of_common_han_characters(word: str):
    assert decode_argument(os.fsdecode(word.encode())) == word
    assert decode_argument(word) == word


def test_a_character_cut_off_is_left_out_and_the_rest_read():
    assert decode_argument(os.fsdecode(QUESTION.encode() + b"\xed\xa0\xbd")) == QUESTION
    assert decode_argument(os.fsdecode("索道".encode()[:-1])) == "索"
    assert decode_argument(HALF) == HALF  # not from a command line


# ---- the command line as a whole


@pytest.fixture
def asked(bot: Chatbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.setup.load_chatbot", lambda *_: bot)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (os.fsdecode(QUESTION.encode() + b"\xed\xa0\xbd"), 0),
        (os.fsdecode(QUESTION.encode("gbk")), 0),
        (QUESTION + HALF, 0),
        ("\x00", 3),
        ("桥" * 10_000, 2),
        ("🐶", 3),
        ("\u200b", 3),
        ("  ", 3),
    ],
)
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_spoilt_question_is_answered_refused_or_told_in_one_line(
    typed: str, code: int, more: list[str], capsys: pytest.CaptureFixture[str]
):
    assert main(["ask", typed, *more]) == code
    shown = capsys.readouterr()
    assert ("25元" in shown.out) == (code == 0)
    assert shown.err.count("\n") == (code == 2)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("encoding", ["ascii", "gbk", "cp1252", "utf-8"])
def test_json_is_json_in_any_encoding(encoding: str, monkeypatch: pytest.MonkeyPatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr("sys.stdout", out)
    assert main(["ask", QUESTION, "--json"]) == 0
    out.seek(0)
    assert json.loads(out.read())["text"] == "过江索道3月1日恢复运营，单程票价25元。[1]"


def test_what_the_output_cannot_write_is_escaped_as_json_escapes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="gbk"))
    assert json_line(["索道"], None) == '["索道"]'
    assert json_line(["🐶", HALF], None) == r'["\ud83d\udc36", "\ud83d"]'


GBK = {"PYTHONIOENCODING": "gbk"}
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize(
    ("shell", "command", "code"),
    [
        (GBK, "-m rag articles {file}", 0),
        (ASCII, "-m rag articles {file} --json", 0),
        (GBK, "-m rag ask 票价🐶 --index 没有🐶", 2),
        (ASCII, "-m rag ask 票价🐶 --index 没有🐶", 2),
        (ASCII, "-m desk retention --days 🐶", 2),
        (ASCII, "ui.py --host 没有🐶", 2),
    ],
)
def test_a_shell_of_another_encoding_gets_lines_and_no_traceback(shell: dict[str, str], command: str, code: int):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.txt"
        file.write_text("过江索道恢复运营🐶\n\n本报讯 过江索道3月1日恢复运营🐶。\n", "utf-8")
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "PYTHONPATH": str(ROOT), **shell}
        words = [sys.executable, *command.format(file=file).split()]
        run = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert run.returncode == code
    assert b"Traceback" not in run.stderr + run.stdout
    assert bool(run.stderr) == (code == 2)


def test_a_reader_who_has_read_enough_is_no_error():
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.txt"
        file.write_text("过江索道恢复运营\n\n" + "本报讯 过江索道3月1日恢复运营。\n\n" * 5000, "utf-8")
        words = [sys.executable, "-m", "rag", "articles", str(file), "--json"]
        with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
            assert run.stdout is not None
            assert run.stderr is not None
            run.stdout.read(10)
            run.stdout.close()
            assert run.stderr.read() == b""
    assert run.returncode == 141
