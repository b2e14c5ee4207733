"""What is written is whole or not there; the order of the calls is what a power cut would show."""

import errno
import os
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.atomic import (
    CAUSES,
    cannot_write,
    exclusive,
    rename_folder,
    replacing,
    require_room,
    sync,
    write_text,
    writing,
)
from rag.errors import UserError


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The flushes and renames, in their order, each with the name of what it was about."""
    seen: list[str] = []
    rename = Path.rename

    def note_flush(descriptor: int) -> None:
        seen.append(f"flush {Path(os.readlink(f'/proc/self/fd/{descriptor}')).name}")

    def note_rename(self: Path, target: Path) -> Path:
        seen.append(f"rename {self.name} {target.name}")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", note_flush)
    monkeypatch.setattr(Path, "rename", note_rename)
    monkeypatch.setattr(Path, "replace", note_rename)
    return seen


def test_a_file_is_flushed_before_it_takes_its_name_and_the_folder_after(tmp_path: Path, calls: list[str]) -> None:
    (tmp_path / "folder").mkdir()
    write_text(tmp_path / "folder" / "a.json", "新")
    assert (tmp_path / "folder" / "a.json").read_text("utf-8") == "新"
    assert calls == ["flush a.json.part", "rename a.json.part a.json", "flush folder"]


def test_all_of_a_folder_is_flushed_before_it_takes_its_name(tmp_path: Path, calls: list[str]) -> None:
    (tmp_path / "a" / "below").mkdir(parents=True)
    (tmp_path / "a" / "below" / "x").touch()
    (tmp_path / "a" / "gone").symlink_to(tmp_path / "nowhere")
    rename_folder(tmp_path / "a", tmp_path / "b")
    assert sorted(calls[:3]) == ["flush a", "flush below", "flush x"]
    assert calls[3:] == ["rename a b", f"flush {tmp_path.name}"]


def test_what_fails_in_writing_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_text(path, "旧")

    def write_half() -> None:
        with replacing(path) as aside:
            aside.write_text("半")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert path.read_text("utf-8") == "旧"


@settings(deadline=None)
@given(old=st.binary(max_size=9), new=st.binary(max_size=9), stop=st.integers(0, 9))
def test_a_reader_finds_the_old_bytes_or_the_new_wherever_writing_stops(old: bytes, new: bytes, stop: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kept"
        path.write_bytes(old)

        def write() -> None:
            with replacing(path) as aside, aside.open("wb") as out:
                for position, byte in enumerate(new):
                    if position == stop:
                        raise InterruptedError
                    out.write(bytes([byte]))
                    out.flush()
                    assert path.read_bytes() == old

        if stop < len(new):
            with pytest.raises(InterruptedError):
                write()
            assert path.read_bytes() == old
        else:
            write()
            assert path.read_bytes() == new
        assert [p.name for p in Path(folder).iterdir()] == ["kept"]


def test_a_flush_that_fails_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    write_text(tmp_path / "a", "旧")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UserError, match=f"^无法写入 {tmp_path / 'a'}：磁盘读写出错。"), writing(tmp_path / "a"):
        write_text(tmp_path / "a", "新")
    assert (tmp_path / "a").read_text("utf-8") == "旧"


@pytest.mark.parametrize("number", CAUSES)
def test_each_cause_is_said_in_both_languages_on_one_line(number: int) -> None:
    error = cannot_write(Path("/data/a"), OSError(number, os.strerror(number)))
    zh, en = CAUSES[number]
    assert error.zh == f"无法写入 /data/a：{zh}。请换一个位置，或排除这个原因后再运行一次。"
    assert error.en == f"Cannot write /data/a: {en}. Name another place, or mend this and run again."


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "Too many open files"),
        (OSError("3 requested and 1 written"), "3 requested and 1 written"),
        (RuntimeError("two\nlines"), "two lines"),
        (OSError(), "OSError"),
    ],
)
def test_another_cause_is_said_in_the_systems_words(error: Exception, words: str) -> None:
    assert f"：{words}。" in cannot_write(Path("a"), error).zh


def test_room_is_asked_for_without_leaving_anything(tmp_path: Path) -> None:
    require_room(tmp_path, 1000)
    require_room(tmp_path, 0)
    with pytest.raises(OSError, match=r"No space left|File too large"):
        require_room(tmp_path, 1 << 60)
    with pytest.raises(FileNotFoundError):
        require_room(tmp_path / "none", 1)
    assert list(tmp_path.iterdir()) == []


def test_where_room_cannot_be_set_aside_the_free_space_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    require_room(tmp_path, 1000)
    with pytest.raises(OSError, match="No space left"):
        require_room(tmp_path, 1 << 60)


def test_one_at_a_time_holds_a_lock_and_the_next_waits(tmp_path: Path) -> None:
    order: list[str] = []
    (tmp_path / "lock").write_text("somebody's words")

    def second() -> None:
        with exclusive(tmp_path / "lock"):
            order.append("second")

    with exclusive(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert (tmp_path / "lock").read_text() == "somebody's words"


def test_flushing_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sync(tmp_path / "none")
