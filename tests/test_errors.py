"""What the machine lacks is told from a fault of the program."""

import pytest

from rag.__main__ import main


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError("Cannot allocate memory (os error 12)"), "内存不够"),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory"), "内存不够"),
        (OSError(12, "Cannot allocate memory"), "内存不够"),
        (OSError(24, "Too many open files"), "打开的文件或线程超过了系统给的上限"),
        (RuntimeError("can't start new thread"), "打开的文件或线程超过了系统给的上限"),
    ],
)
def test_what_the_machine_lacks_is_one_line_that_says_what_to_do(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("rag.setup.load_chatbot", fail)
    assert main(["ask", "青石桥全长多少米？"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(words)
    assert said.endswith("再运行一次。\n")
    assert said.count("\n") == 1
