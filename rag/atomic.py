"""Files that are whole or not there, through a crash, a full disk and a power cut.

What is written goes aside, is flushed to the disk, takes its name by a rename, and the folder is flushed: a rename alone
may reach the disk before the data does (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014).
"""

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from rag.errors import UserError

PART = ".part"
CAUSES = {
    errno.ENOSPC: ("磁盘已满", "no space left on the disk"),
    errno.EDQUOT: ("磁盘配额已用完", "the disk quota is used up"),
    errno.EFBIG: ("文件超过系统允许的大小", "file too large for the limit that the system sets"),
    errno.EROFS: ("磁盘是只读的", "the disk is read-only"),
    errno.EACCES: ("没有权限", "permission denied"),
    errno.EPERM: ("没有权限", "permission denied"),
    errno.ENOENT: ("所在的文件夹不存在，也无法创建", "its folder does not exist and cannot be made"),
    errno.EEXIST: ("那里是一个文件，不是文件夹", "a file stands where a folder is needed"),
    errno.ENOTDIR: ("那里是一个文件，不是文件夹", "a file stands where a folder is needed"),
    errno.EISDIR: ("那里是一个文件夹，不是文件", "a folder stands where a file is needed"),
    errno.ENAMETOOLONG: ("路径太长", "the path is too long"),
    errno.ELOOP: ("符号链接成环", "its symbolic links go round in a circle"),
    errno.EIO: ("磁盘读写出错", "the disk reports an error"),
}
NO_ALLOCATION = {errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS}  # file systems that cannot set room aside


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write, beside `path`: it takes the place of `path` where the block ends well, and is removed elsewhere."""
    aside = path.with_name(path.name + PART)
    try:
        yield aside
        sync(aside)
        aside.replace(path)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise
    sync(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write the file whole, in UTF-8."""
    with replacing(path) as aside:
        aside.write_text(text, "utf-8")


def rename_folder(folder: Path, target: Path) -> None:
    """Flush the folder and all that is in it, then give it its name."""
    sync_tree(folder)
    folder.rename(target)
    sync(target.parent)


def sync_tree(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        if not path.is_symlink():
            sync(path)


def sync(path: Path) -> None:
    """Wait until the file, or the folder's list of names, is on the disk."""
    if sys.platform == "win32" and path.is_dir():
        return  # Windows has no such call for folders
    descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_room(folder: Path, size: int, start: int = 0) -> None:
    """OSError, with the cause, where no file in `folder` may take `size` more bytes from `start` on. Leaves nothing."""
    with tempfile.TemporaryFile(dir=folder) as probe:
        try:
            if sys.platform == "linux":
                os.posix_fallocate(probe.fileno(), start, max(size, 1))
                return
        except OSError as error:
            if error.errno not in NO_ALLOCATION:
                raise
        if shutil.disk_usage(folder).free < size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """An OSError of the block as a UserError that names `path`."""
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: Exception) -> UserError:
    """What a user reads of an OSError (or a library's own) in writing `path`: the path and the cause, in one line."""
    return _failed("无法写入", "Cannot write", path, error)


def cannot_read(path: Path, error: Exception) -> UserError:
    return _failed("无法读取", "Cannot read", path, error)


def _failed(verb: str, verb_en: str, path: Path, error: Exception) -> UserError:
    number = error.errno if isinstance(error, OSError) else None
    said = (isinstance(error, OSError) and error.strerror) or " ".join(str(error).split()) or type(error).__name__
    zh, en = CAUSES.get(number or 0, (said, said))
    name = printable(path)
    return UserError(
        f"{verb} {name}：{zh}。请换一个位置，或排除这个原因后再运行一次。",
        f"{verb_en} {name}: {en}. Name another place, or mend this and run again.",
    )


def printable(path: Path | str) -> str:
    r"""The path as any terminal can show it on one line: line breaks as \n, bytes that are no UTF-8 as \udcff."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(path))


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """One process at a time: waits for the lock on `path`, and lets go of it even when killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        _lock(stream)
        yield


def _lock(stream: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(stream, fcntl.LOCK_EX)
