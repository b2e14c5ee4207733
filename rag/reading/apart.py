"""Files that somebody else made are read in a process of their own, with bounds on its time and its memory.

A PDF, a picture or a packed document can be made to crash a library written in C, to fill the memory or to take for ever; whoever
reads it must not go down with it. One process reads file after file; one that died or was stopped is replaced for the next file.
Frames on its pipes: a line with the lengths of what follows, then a JSON head and the bytes.
"""

import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from functools import partial
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from rag.errors import UserError
from rag.reading.marked import MarkedText, from_json, to_json
from rag.reading.recognised import Recognised

log = logging.getLogger("wence")

SECONDS = 120.0  # a file may take; of a scan, a page (ten seconds on a free core)
STRETCH = 5.0  # seconds of processor time between two steps of a reader that says when it gets on: a page of drawings takes one
MEMORY = 4_000_000_000  # bytes of address space that the reading process may take


class Apart:
    """Reads with a process that is started for the first file and ends with the block. `recognised`: where recognised scans are
    kept; None: they are not."""

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY, recognised: Path | None = None) -> None:
        self._recognised = Recognised(recognised) if recognised else None
        self._seconds = seconds
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()

    def read(self, reader: str, data: bytes, name: str, stretch: float = 0.0, **options: Any) -> MarkedText:
        """What `reader` (`module:function`) makes of the file. UserError where it says so, fails, crashes, or takes too long or
        too much; a failure's traceback goes to the log. `stretch`: seconds of processor time that it may take until it says
        that it gets on (`get_on`); 0: as much as it likes."""
        read = partial(self._read, reader, data, name, stretch, options)
        return self._recognised.text_of(reader, data, name, options, read) if self._recognised else read()

    def _read(self, reader: str, data: bytes, name: str, stretch: float, options: dict[str, Any]) -> MarkedText:
        try:
            answer = self._ask({"reader": reader, "name": name, "stretch": stretch, "options": options}, data)
        except TimeoutError:
            self._stop()
            raise _too_long(name, self._seconds) from None
        except (EOFError, BrokenPipeError):
            self._stop()
            raise _crashed(name) from None
        if "told" in answer:
            raise UserError(*answer["told"])
        if "failed" in answer:
            self._stop()  # what it holds is of no use any more
            log.info("%s was not read:\n%s", name, answer["failed"])
            raise _crashed(name)
        return from_json(answer["text"])

    def _ask(self, head: dict[str, Any], data: bytes) -> dict[str, Any]:
        process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        _write(process.stdin, head, data)
        until = time.monotonic() + self._seconds
        return _read(process.stdout, until)[0]

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "rag.reading.apart", str(self._memory)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream:
                    stream.close()
            self._process = None


def _too_long(name: str, seconds: float) -> UserError:
    return UserError(
        f"{name} 读了 {seconds:.0f} 秒还没有读完，已停止；请拆成几个小文件，或另存一次再试。已跳过。",
        f"{name} was not read within {seconds:.0f} seconds; split it or save it anew. Skipped.",
    )


def _crashed(name: str) -> UserError:
    return UserError(
        f"{name} 无法读取：文件已损坏，或展开后太大；请用原来的软件打开，另存一次再试。已跳过。",
        f"{name} cannot be read: it is damaged, or too large when unpacked; open it and save it anew. Skipped.",
    )


def _write(stream: IO[bytes], head: dict[str, Any], data: bytes = b"") -> None:
    line = json.dumps(head).encode()
    stream.write(b"%d %d\n" % (len(line), len(data)))
    stream.write(line)
    rest = memoryview(data)
    while rest:
        rest = rest[stream.write(rest) or 0 :]
    stream.flush()


def _read(stream: IO[bytes], until: float | None = None) -> tuple[dict[str, Any], bytes]:
    """A frame. EOFError where the other end has gone, TimeoutError where it has not come by `until` (monotonic)."""
    lengths = b""
    while not lengths.endswith(b"\n"):
        lengths += _exactly(stream, 1, until)
    head, data = map(int, lengths.split())
    return json.loads(_exactly(stream, head, until)), _exactly(stream, data, until)


def _exactly(stream: IO[bytes], count: int, until: float | None) -> bytes:
    parts: list[bytes] = []
    while count:
        if until is not None and not select.select([stream], [], [], max(0.0, until - time.monotonic()))[0]:
            raise TimeoutError
        part = stream.read(min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Read files as they are asked for, until nobody asks any more."""
    while True:
        try:
            head, data = _read(requests)
        except EOFError:
            return
        # Nothing else stops a library written in C: the signal ends the process.
        signal.setitimer(signal.ITIMER_PROF, head["stretch"])
        answer = _answer(head, data)
        signal.setitimer(signal.ITIMER_PROF, 0)
        _write(answers, answer)


def get_on() -> None:
    """A reader says that it has come a step further: it may take another stretch."""
    if signal.getitimer(signal.ITIMER_PROF)[0]:
        signal.setitimer(signal.ITIMER_PROF, STRETCH)


def _answer(head: dict[str, Any], data: bytes) -> dict[str, Any]:
    try:
        module, _, function = head["reader"].partition(":")
        text: MarkedText = getattr(import_module(module), function)(data, head["name"], **head["options"])
        return {"text": to_json(text)}
    except UserError as error:
        return {"told": (error.zh, error.en)}
    except Exception:
        import traceback

        return {"failed": traceback.format_exc()}


def main(memory: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main(int(sys.argv[1]))
