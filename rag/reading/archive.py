"""ZIP -> the files in it, in memory: nothing is written, so no path leads anywhere. What would unpack without end is refused."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from rag.errors import UserError
from rag.reading.decoding import ZIP, format_of, readable_name
from rag.reading.formats import MAX_BYTES, OTHERS, SUFFIXES

MOST_FILES = 2_000
MOST_UNPACKED = 1_000_000_000  # bytes, of all files together
MOST_RATIO = 200  # times: text packs 10 times smaller, a sheet 30 times
SMALL = 5_000_000  # bytes: below this no ratio does harm
DEEPEST = 3  # archives one in the other
UTF8 = 0x800  # the flag of a name that is written in UTF-8; without it most are GBK here
LOCKED = 0x1
IN_ARCHIVE = SUFFIXES | OTHERS


@dataclass(slots=True)
class _Budget:
    """What may still be unpacked."""

    files: int = MOST_FILES
    unpacked: int = MOST_UNPACKED


def files_in(data: bytes, name: str) -> Iterator[tuple[str, bytes | UserError]]:
    """The documents in a file, each with its name and its bytes, or why it cannot be read; a file that is no archive is its own
    only one. Names are `包.zip/通知.docx`. Raises UserError where an archive is damaged or a bomb."""
    return _files_in(data, name, _Budget(), 0)


def _files_in(data: bytes, name: str, budget: _Budget, depth: int) -> Iterator[tuple[str, bytes | UserError]]:
    if format_of(data) != ZIP:
        yield name, data
        return
    if depth >= DEEPEST:
        raise _bomb(name, f"里面的压缩包套了 {depth} 层以上", f"holds archives more than {depth} deep")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _take_from(budget, entries, name)
            for entry in entries:
                inner = f"{name}/{_name_of(entry)}"
                if PurePosixPath(inner).suffix.lower() not in IN_ARCHIVE or "/__MACOSX/" in inner:
                    continue
                content = _content(archive, entry, inner)
                if isinstance(content, UserError):
                    yield inner, content
                else:
                    yield from _files_in(content, inner, budget, depth + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        raise UserError(
            f"{name} 不是完整的 ZIP，请重新下载，或解压后上传里面的文件；已跳过。",
            f"{name} is no whole ZIP; download it again, or unpack it and give the files in it. Skipped.",
        ) from None


def _take_from(budget: _Budget, entries: list[zipfile.ZipInfo], name: str) -> None:
    """UserError where there are too many files, or they unpack to too much, as the archive itself says."""
    budget.files -= len(entries)
    budget.unpacked -= sum(entry.file_size for entry in entries)
    if budget.files < 0:
        raise _bomb(name, f"里面有 {MOST_FILES} 个以上的文件", f"holds more than {MOST_FILES} files")
    if budget.unpacked < 0:
        raise _bomb(
            name, f"展开后超过 {MOST_UNPACKED // 1_000_000} MB", f"unpacks to more than {MOST_UNPACKED // 1_000_000} MB"
        )
    for entry in entries:
        if entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise _bomb(
                name, f"里面的文件压缩了 {MOST_RATIO} 倍以上", f"holds a file packed more than {MOST_RATIO} times"
            )


def _bomb(name: str, zh: str, en: str) -> UserError:
    return UserError(
        f"{name} {zh}，没有展开；请解压后上传需要的文件。已跳过。",
        f"{name} {en} and was not unpacked; unpack it and give the files that are wanted. Skipped.",
    )


def _name_of(entry: zipfile.ZipInfo) -> str:
    """The entry's path as its writer meant it, without what leads out of the archive."""
    path = entry.filename
    if not entry.flag_bits & UTF8:
        try:
            path = readable_name(path.encode("cp437"))
        except UnicodeEncodeError:
            path = readable_name(path)
    parts = path.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", ".", ".."))


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes | UserError:
    if entry.flag_bits & LOCKED:
        return UserError(
            f"{name} 有解压密码，请解压后再上传；已跳过。", f"{name} has a password; unpack it first. Skipped."
        )
    if entry.file_size > MAX_BYTES:
        return UserError(
            f"{name} 展开后太大，请拆分后再试；已跳过。", f"{name} is too large when unpacked; split it. Skipped."
        )
    with archive.open(entry) as stream:
        return stream.read(entry.file_size)  # and no more, whatever it holds
