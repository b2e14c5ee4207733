"""A folder that changes and the index of it: what is new, what changed, what is gone, all told by the files' content; then only
that is read and embedded. Articles of the index that came from elsewhere (another folder, the desk) stay.
"""

import hashlib
import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rag.atomic import exclusive, printable
from rag.datatypes import Article, PassageEncoder
from rag.errors import UserError
from rag.reading.decoding import readable_name
from rag.reading.doubles import without_doubles
from rag.reading.files import LoadedArticles, read_bytes, read_each, texts_of
from rag.reading.passages import split_articles
from rag.search.builds import claim
from rag.search.index import Index, Manifest, build_index, corpus_digest, open_index, tidy
from rag.shelf.record import Record, ShelfFile, read_record, reader_identity, write_record


@dataclass(frozen=True, slots=True)
class Changes:
    """What a folder holds against what the index holds of it: paths in the folder. `moved`: from where, to where, with the same
    content. `digests`: of all files that are there."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]
    same: tuple[str, ...]
    digests: Mapping[str, str]

    @property
    def to_read(self) -> list[str]:
        return sorted((*self.new, *self.changed, *(to for _, to in self.moved)))

    @property
    def is_none(self) -> bool:
        return not (self.new or self.changed or self.moved or self.gone)


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of it. `manifest`: of the new build; None where nothing had changed. `problems`: what could not be read.
    `elsewhere`: how many articles of the index came from elsewhere."""

    articles: tuple[Article, ...]
    problems: tuple[UserError, ...]
    elsewhere: int
    manifest: Manifest | None


def changes_of(folder: Path, record: Record, reader: str) -> Changes:
    """UserError where the folder is none, or holds no file that can be read: what was there may only be out of reach."""
    if not folder.is_dir():
        raise UserError(f"{printable(folder)} 不是文件夹。", f"{printable(folder)} is no folder.")
    problems: list[UserError] = []
    digests = {p.relative_to(folder).as_posix(): _digest(p) for p in texts_of(folder, problems)}
    if problems:
        raise problems[0]
    before = record.files(folder)
    gone = [path for path in before if path not in digests]
    by_digest = {before[path].digest: path for path in gone}
    moved = {}
    for path, digest in digests.items():
        if path not in before and digest in by_digest:
            moved[path] = by_digest.pop(digest)
    again = reader != record.reader  # this program reads otherwise than the one that made the index
    known = [path for path in digests if path in before]
    changed = [path for path in known if again or before[path].digest != digests[path]]
    return Changes(
        new=tuple(path for path in digests if path not in before and path not in moved),
        changed=tuple(changed),
        moved=tuple((old, new) for new, old in moved.items()),
        gone=tuple(path for path in gone if path not in moved.values()),
        same=tuple(sorted({*known} - {*changed})),
        digests=digests,
    )


def _digest(path: Path) -> str:
    """Of the file's bytes; of one that cannot be read "", which no file has: it is tried again."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() if path.is_file() else ""
    except OSError:
        return ""


def look(folder: Path, directory: Path) -> Changes:
    """What `sync` would do; nothing is written."""
    return changes_of(folder, read_record(directory), reader_identity())


def sync(
    folder: Path,
    directory: Path,
    identity: str,
    open_encoder: Callable[[], PassageEncoder],
    vector_cache: Path,
    on_changes: Callable[[Changes], object] = lambda _: None,
    advance: Callable[[str], object] = lambda _: None,
    recognised: Path | None = None,
    on_build: Callable[[int], Callable[[int], object]] = lambda _: lambda _: None,
) -> Synced:
    """Make the index hold what the folder holds now. `recognised`: where pages of scans are kept. `on_build`, given how many passages
    the index will hold, gives what is told of those done. `advance` is told of each file read; the encoder (`identity`) is opened only
    where something is to be built. UserError as `changes_of` and `build_index` say."""
    claim(directory)
    with exclusive(directory / ".shelf.lock"):
        record, reader = read_record(directory), reader_identity()
        changes = changes_of(folder, record, reader)
        on_changes(changes)
        index = _open(directory, identity)
        # As each was read from its own file.
        indexed = {a.id: replace(a, copies=()) if a.copies else a for a in (index.articles if index else ())}
        read = _read(folder, changes, record, indexed, partial(_load, folder, advance, recognised))
        files = {**{path: record.files(folder)[path] for path in changes.same}, **read.files}
        others = _from_elsewhere(indexed.values(), folder, changes, record, read.ids)
        articles = without_doubles([*read.articles, *others])
        problems = tuple(problem for path in sorted(files) for problem in files[path].problems)
        manifest = None
        if index and index.manifest.corpus == corpus_digest(articles):
            tidy(directory)
        else:
            encoder, progress = open_encoder(), on_build(len(split_articles(articles)))
            manifest = build_index(articles, directory, encoder, vector_cache, progress, index)
        write_record(directory, record.with_files(folder, files, reader))
        return Synced(tuple(articles), problems, len(others), manifest)


def _from_elsewhere(
    indexed: Iterable[Article], folder: Path, changes: Changes, record: Record, read: Container[str]
) -> list[Article]:
    """The articles that the folder's files never gave. What staff made of one of them goes with its file: a corrected article
    still names the file that it was read from."""
    own = record.ids(folder)
    other_folders = {id for path in record.folders for id in record.ids(Path(path))} - own
    left = {
        readable_name(Path(path).name) for path in (*changes.changed, *changes.gone, *(old for old, _ in changes.moved))
    }
    others = [article for article in indexed if article.id not in own and article.id not in read]
    return [a for a in others if a.id in other_folders or a.source.partition("/")[0] not in left]


def _open(directory: Path, identity: str) -> Index | None:
    """None where the index is to be made anew."""
    try:
        return open_index(directory, identity)
    except UserError:
        return None


@dataclass(slots=True)
class _Read:
    """What the folder's files hold. `files`: those that were read now, as they are recorded."""

    articles: list[Article]
    files: dict[str, ShelfFile]
    ids: set[str]


def _read(
    folder: Path,
    changes: Changes,
    record: Record,
    indexed: Mapping[str, Article],
    load: Callable[[Sequence[str]], Iterator[LoadedArticles]],
) -> _Read:
    """The articles of all files in order: those of files that stayed from the index, the others read."""
    kept = {path: _known(record.files(folder)[path], path, indexed) for path in changes.same}
    again = [path for path, articles in kept.items() if articles is None]
    wanted = sorted((*changes.to_read, *again))
    loaded = dict(zip(wanted, load(wanted), strict=True))
    found: list[Article] = []
    files: dict[str, ShelfFile] = {}
    for path in sorted(changes.digests):
        if path not in loaded:
            found += kept[path] or ()
            continue
        now = loaded[path]
        before = record.files(folder).get(path)
        told = tuple((error.zh, error.en) for error in (*now.problems, *now.warnings))
        if now.articles or not before or not before.articles:
            found += now.articles
            files[path] = ShelfFile(changes.digests[path], tuple(a.id for a in now.articles), told)
        else:  # half written, or damaged: what it held before stays until it can be read again
            found += [indexed[id] for id in before.articles if id in indexed]
            files[path] = replace(before, told=(*told, _kept_as_it_was(path)))
    return _Read(found, files, {article.id for article in found})


def _known(file: ShelfFile, path: str, indexed: Mapping[str, Article]) -> list[Article] | None:
    """The file's articles from the index; None where one is not there as this file's own (withdrawn at the desk, or held as
    another file's): the file is then read again."""
    name = readable_name(Path(path).name)
    articles = [indexed[id] for id in file.articles if id in indexed]
    is_whole = len(articles) == len(file.articles)
    return articles if is_whole and all(a.source.partition("/")[0] == name for a in articles) else None


def _load(
    folder: Path, advance: Callable[[str], object], recognised: Path | None, paths: Sequence[str]
) -> Iterator[LoadedArticles]:
    files = ((readable_name(Path(path).name), partial(read_bytes, folder / path)) for path in paths)
    for path, loaded in zip(paths, read_each(files, recognised=recognised), strict=True):
        advance(path)
        yield loaded


def _kept_as_it_was(path: str) -> tuple[str, str]:
    return (
        f"{printable(path)} 这次没有读出文章，索引里仍是它原来的内容。",
        f"{printable(path)} gave no article this time; the index still holds what it held before.",
    )


def state_of(folder: Path) -> frozenset[tuple[str, int, int]]:
    """What changes when a file does, as far as its name, size and time tell: cheap enough to be asked every few seconds."""
    problems: list[UserError] = []
    found = set()
    for path in texts_of(folder, problems):
        try:
            stat = os.stat(path)
        except OSError:
            continue
        found.add((str(path), stat.st_size, stat.st_mtime_ns))
    return frozenset(found)
