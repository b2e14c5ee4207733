"""The folder of an index: where its builds are, and which things in it are ours. Nothing else is ever touched.

<index>/manifest.json               which build holds; replaced last, in one step
<index>/builds/<build>/             the build that holds, and the one before it for whoever is just opening it
<index>/builds/<build>.building/    one on its way, or what a killed process left of it
"""

import json
import re
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from rag.atomic import PART, cannot_write, exclusive, printable, require_room
from rag.errors import UserError

MANIFEST, BUILDS, BUILDING = "manifest.json", "builds", ".building"
ARTICLES, STRUCTURES, VALIDITY, VECTORS, TERMS, COUNTS = (
    "articles.jsonl",
    "structures.jsonl",
    "validity.jsonl",
    "vectors.faiss",
    "terms",
    "counts.npz",  # what makes the terms of the next build without reading again what stayed
)
SNAPSHOTS = "snapshots"  # states that can be gone back to
SHELF = "shelf.json"  # what the index holds of folders
READ_MARK = "articles-read"  # what the local model has read of this index
BUILD = re.compile(r"[0-9a-f]{16}-[0-9a-f]{8}")  # the corpus's digest, and a number of its own
OF_A_BUILD = {
    ARTICLES,
    STRUCTURES,
    VALIDITY,
    VECTORS,
    TERMS,
    COUNTS,
    "passages.json",
}  # the last in format 4 and older
OF_TERMS = re.compile(r"[\w.]+\.index\.(npy|json)")  # as bm25s names its files
OF_THE_SYSTEM = {"lost+found", "Thumbs.db", "desktop.ini"}
FOREIGN_SHOWN = 3


def build_folder(directory: Path, build: str) -> Path:
    return directory / BUILDS / build


def lock(directory: Path) -> Path:
    """The file whose lock whoever writes or removes builds holds."""
    return directory / ".lock"


def claim(directory: Path, largest: int = 0) -> None:
    """Make the index's folder, and room sure for a file of `largest` bytes. UserError where nothing can be written
    there, or where it holds somebody's things and no index: a slip of the hand must not mix the two."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _refuse_foreign(directory)
        (directory / BUILDS).mkdir(exist_ok=True)
        require_room(directory / BUILDS, largest)
        with exclusive(lock(directory)):
            pass
    except OSError as error:
        raise cannot_write(directory, error) from error


def usable_folder(directory: Path) -> Path:
    """The folder where an index can be made that was meant for `directory`: itself, or one below or beside what is there."""
    if directory.exists() and not directory.is_dir():
        return directory.with_name(f"{directory.name}.index")
    try:
        if directory.is_dir():
            _refuse_foreign(directory)
    except UserError:
        return directory / "index"
    return directory


def _refuse_foreign(directory: Path) -> None:
    if _is_manifest(directory / MANIFEST) or any(_builds(directory)):
        return
    ours = {BUILDS, READ_MARK, SHELF, SNAPSHOTS, MANIFEST + PART, *OF_THE_SYSTEM}
    foreign = sorted(p.name for p in directory.iterdir() if p.name not in ours and not p.name.startswith("."))
    builds = directory / BUILDS
    if builds.is_file() or (builds.is_dir() and any(builds.iterdir())):
        foreign.append(BUILDS)
    if foreign:
        names, more = [printable(n) for n in foreign[:FOREIGN_SHOWN]], len(foreign) > FOREIGN_SHOWN
        shown, shown_en = "、".join(names) + "……" * more, ", ".join(names) + ", …" * more
        name, below = printable(directory), printable(directory / "index")
        raise UserError(
            f"{name} 不是索引，里面有别的东西（{shown}），没有动它。请给索引一个自己的文件夹，例如 --index {below}",
            f"{name} is no index and holds other things ({shown_en}); nothing was touched. "
            f"Give the index a folder of its own, such as --index {below}",
        )


def _is_manifest(path: Path) -> bool:
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(values, dict) and {"build", "encoder", "normalizer"} <= values.keys()


def sweep(directory: Path, held: Collection[str]) -> None:
    """Remove what killed processes left and, of our builds, those that are not `held`; all stay where none is held.
    To be called under the index's lock."""
    for path in list(_builds(directory)):
        if path.name.endswith(BUILDING) or (held and (path.parent == directory or path.name not in held)):
            shutil.rmtree(path, ignore_errors=True)  # an open reader keeps what it has loaded
    (directory / (MANIFEST + PART)).unlink(missing_ok=True)


def _builds(directory: Path) -> Iterator[Path]:
    """Our builds, whole or not: those in their place, and those of format 3 and older, straight in the index's folder."""
    for folder in (directory / BUILDS, directory):
        if folder.is_dir():
            yield from filter(_is_build, folder.iterdir())


def _is_build(path: Path) -> bool:
    """Whether it has a build's name and holds nothing but a build's files (some of them, where it was cut short)."""
    if not BUILD.fullmatch(path.name.removesuffix(BUILDING)) or path.is_symlink() or not path.is_dir():
        return False
    held, terms = {p.name for p in path.iterdir()}, path / TERMS
    if not held and path.parent.name != BUILDS:
        return False
    return held <= OF_A_BUILD and (not terms.is_dir() or all(OF_TERMS.fullmatch(p.name) for p in terms.iterdir()))
