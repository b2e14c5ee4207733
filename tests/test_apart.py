"""A file of somebody's is read in a process of its own: one that crashes it, fills its memory or takes for ever is one line, and the
next file is read."""

import os
import signal
import time

import pytest

from rag.datatypes import PageStart, Span, Why
from rag.errors import UserError
from rag.reading.apart import Apart, get_on
from rag.reading.marked import Mark, Marked, MarkedText, Unread, from_json, to_json

HERE = "tests.test_apart:"
DAMAGED = r"a\.pdf 无法读取：文件已损坏，或展开后太大；请用原来的软件打开，另存一次再试。已跳过。"


def well(data: bytes, name: str) -> MarkedText:
    print("a library prints to the screen")
    return MarkedText(f"{name} {data.decode()}")


def refuses(data: bytes, name: str) -> MarkedText:
    raise UserError("有密码", "locked")


def crashes(data: bytes, name: str) -> MarkedText:
    os.kill(os.getpid(), signal.SIGSEGV)
    raise AssertionError


def fails(data: bytes, name: str) -> MarkedText:
    raise KeyError("x")


def fills(data: bytes, name: str) -> MarkedText:
    return MarkedText(str(len(bytearray(3_000_000_000))))


def sleeps(data: bytes, name: str) -> MarkedText:
    time.sleep(60)
    raise AssertionError


def works(data: bytes, name: str) -> MarkedText:
    """Three times a fifth of a second of work; with `data` it says each time that it gets on."""
    for _ in range(3):
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass
        if data:
            get_on()
    return MarkedText("done")


def test_a_file_is_read_and_what_a_library_prints_is_no_answer() -> None:
    with Apart() as apart:
        assert apart.read(f"{HERE}well", "渡口".encode() * 100_000, "a.pdf").text == "a.pdf " + "渡口" * 100_000


@pytest.mark.parametrize(
    ("reader", "words"), [("refuses", "有密码"), ("crashes", DAMAGED), ("fails", DAMAGED), ("fills", DAMAGED)]
)
def test_what_goes_wrong_is_one_line_and_the_next_file_is_read(reader: str, words: str) -> None:
    with Apart(memory=2_000_000_000) as apart:
        with pytest.raises(UserError, match=words):
            apart.read(f"{HERE}{reader}", b"", "a.pdf")
        assert apart.read(f"{HERE}well", b"x", "b.pdf").text == "b.pdf x"


def test_what_takes_too_long_is_stopped() -> None:
    with Apart(seconds=1.0) as apart, pytest.raises(UserError, match="读了 1 秒还没有读完，已停止；请拆成几个小文件"):
        apart.read(f"{HERE}sleeps", b"", "a.pdf")


def test_a_step_that_takes_too_much_work_is_stopped_and_one_that_gets_on_is_not() -> None:
    with Apart() as apart:
        assert apart.read(f"{HERE}works", b"", "a.pdf").text == "done"  # and this module is imported there
        assert apart.read(f"{HERE}works", b"x", "b.pdf", stretch=0.4).text == "done"
        with pytest.raises(UserError, match=DAMAGED):
            apart.read(f"{HERE}works", b"", "a.pdf", stretch=0.4)


def test_a_marked_text_comes_through_a_pipe_as_it_was() -> None:
    text = MarkedText(
        "渡口\n六时",
        marks=(Marked(Span(0, 2), Mark.TITLE),),
        pages=(PageStart(0, 3),),
        facts=(("title", "渡口"),),
        left_out=(Unread(1, "1", Why.PAGE),),
        warnings=(UserError("缺页", "a page is missing"),),
        flat=True,
    )
    again = from_json(to_json(text))
    assert [w.zh for w in again.warnings] == ["缺页"]
    assert to_json(again) == to_json(text)
    assert (again.marks, again.pages, again.facts, again.left_out) == (
        text.marks,
        text.pages,
        text.facts,
        text.left_out,
    )
