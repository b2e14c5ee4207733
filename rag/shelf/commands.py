"""`wence fetch`, `wence sync`, `wence snapshot`, `wence restore`: the command line of the shelf."""

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rag.atomic import cannot_read, printable
from rag.datatypes import Article
from rag.errors import UserError
from rag.settings import DEFAULT_INDEX, read_settings
from rag.shelf.sync import Changes, Synced, look, state_of, sync
from rag.text.typed import json_line

log = logging.getLogger("wence")

TEXT = {
    "counts": (
        "新增 {new} · 改动 {changed} · 改名 {moved} · 移除 {gone} · 没变 {same}",
        "new {new} · changed {changed} · moved {moved} · gone {gone} · same {same}",
    ),
    "new": ("  新增  {path}", "  new      {path}"),
    "changed": ("  改动  {path}", "  changed  {path}"),
    "moved": ("  改名  {path}", "  moved    {path}"),
    "gone": ("  移除  {path}", "  gone     {path}"),
    "more": ("  ……另有 {count} 个", "  … {count} more"),
    "dry": ("只是预览，什么也没有改。", "Only a preview; nothing was changed."),
    "current": ("索引 {directory} 已是最新：{articles} 篇文章", "{directory} is up to date: {articles} articles"),
    "synced": (
        "索引 {directory} 已更新：{articles} 篇文章，{passages} 个段落（{seconds:.1f} 秒）",
        "{directory} is updated: {articles} articles, {passages} passages ({seconds:.1f} s)",
    ),
    "elsewhere": (
        "其中 {count} 篇不是从这个文件夹来的，没有动。",
        "{count} of them came from elsewhere and were left alone.",
    ),
    "snapshot": (
        "{name}  {taken} UTC  {articles} 篇文章，{passages} 个段落",
        "{name}  {taken} UTC  {articles} articles, {passages} passages",
    ),
    "no_snapshots": (
        "还没有快照。留一个：wence snapshot 名字",
        "There is no snapshot yet. Take one: wence snapshot NAME",
    ),
    "restored": (
        "索引 {directory} 已回到“{name}”：{articles} 篇文章",
        "{directory} is back at {name!r}: {articles} articles",
    ),
    "kept": ("此前的状态留在快照“{name}”里。", "What it held before is kept as the snapshot {name!r}."),
    "double": ("同一篇  《{title}》  {files}", "the same  {title}  {files}"),
    "near": ("相同 {share}%  {one} ≈ {other}", "{share}% alike  {one} ≈ {other}"),
    "doubles": (
        "{doubles} 篇在几个文件里，{near} 对几乎相同",
        "{doubles} stand in several files, {near} pairs are nearly the same",
    ),
    "fetched": ("取到  {file}  ← {address}", "fetched  {file}  ← {address}"),
    "unchanged": ("没变  {file}  ← {address}", "the same  {file}  ← {address}"),
    "fetch_done": (
        "{changed} 个新的或改过的，{same} 个没变，{failed} 个没有取到；建立索引：wence sync {folder}",
        "{changed} new or changed, {same} the same, {failed} failed; to index them: wence sync {folder}",
    ),
    "reading": ("读文件", "reading"),
    "embedding": ("计算向量", "embedding"),
    "watching": ("正在看着 {folder}（Ctrl+C 结束）", "watching {folder} (Ctrl+C ends it)"),
}


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    fetching = commands.add_parser("fetch", parents=[common], help="把网页、文件、RSS 或 Atom 订阅取到文件夹里")
    fetching.add_argument("addresses", nargs="*", metavar="URL")
    fetching.add_argument("--list", type=Path, metavar="FILE", help="网址清单，每行一个")
    fetching.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="放到哪个文件夹")
    fetching.add_argument(
        "--allow-host", action="append", default=[], metavar="HOST", help="允许取这个内部主机（平时只取公网地址）"
    )
    fetching.set_defaults(run=run_fetch)

    syncing = commands.add_parser("sync", parents=[common], help="让索引跟上一个文件夹：只读新的和改过的文件")
    syncing.add_argument("folder", type=Path, metavar="FOLDER")
    syncing.add_argument("--index", type=Path, default=DEFAULT_INDEX, help="索引目录")
    syncing.add_argument("--dry-run", action="store_true", help="只列出会有什么变化，不改动任何东西")
    syncing.add_argument("--watch", action="store_true", help="一直看着文件夹，一有变化就更新")
    syncing.add_argument("--json", action="store_true", help="输出 JSON（--dry-run 时）")
    syncing.set_defaults(run=run_sync)

    snapshot = commands.add_parser(
        "snapshot", parents=[common], help="给索引现在的状态留一个有名字的快照；不写名字则列出已有的"
    )
    snapshot.add_argument("name", nargs="?", metavar="NAME")
    snapshot.add_argument("--index", type=Path, default=DEFAULT_INDEX, help="索引目录")
    snapshot.set_defaults(run=run_snapshot)

    restoring = commands.add_parser("restore", parents=[common], help="回到一个快照；此前的状态也会留下")
    restoring.add_argument("name", metavar="NAME")
    restoring.add_argument("--index", type=Path, default=DEFAULT_INDEX, help="索引目录")
    restoring.set_defaults(run=run_restore)


def run_fetch(options: argparse.Namespace) -> int:
    from rag.shelf.fetch import fetch
    from rag.shelf.web import Web

    addresses = [*options.addresses, *(read_list(options.list) if options.list else ())]
    if not addresses:
        raise UserError("没有给出网址。", "No address was given.")
    counts = Counter[str]()
    for got in fetch(addresses, options.to, Web(options.allow_host)):
        if got.problem:
            counts["failed"] += 1
            print(got.problem.message(options.lang), flush=True)
            continue
        counts["changed" if got.changed else "same"] += 1
        print(
            say("fetched" if got.changed else "unchanged", options.lang, file=got.file, address=got.address), flush=True
        )
    sorts = {sort: counts[sort] for sort in ("changed", "same", "failed")}
    print(say("fetch_done", options.lang, folder=printable(options.to), **sorts))
    return 0 if counts["changed"] + counts["same"] else 2


def read_list(path: Path) -> list[str]:
    """The addresses of a list: one a line; # begins a remark."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise cannot_read(path, error) from None
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def run_sync(options: argparse.Namespace) -> int:
    if options.dry_run:
        changes = look(options.folder, options.index)
        if options.json:
            print(json_line(changes_to_json(changes)))
        else:
            print("\n".join([*change_lines(changes, options.lang), say("dry", options.lang)]))
        return 0
    sync_once(options)
    if options.watch:
        print(say("watching", options.lang, folder=printable(options.folder)), flush=True)
        watch(options.folder, lambda: sync_once(options), options.lang)
    return 0


def run_snapshot(options: argparse.Namespace) -> int:
    from rag.shelf.snapshots import snapshots, take

    found = [take(options.index, options.name)] if options.name else snapshots(options.index)
    for snapshot in found:
        values = {"taken": snapshot.taken[:16].replace("T", " "), "name": snapshot.name}
        print(say("snapshot", options.lang, **values, articles=snapshot.articles, passages=snapshot.passages))
    if not found:
        print(say("no_snapshots", options.lang))
    return 0


def run_restore(options: argparse.Namespace) -> int:
    from rag.setup import encoder_identity
    from rag.shelf.snapshots import restore

    manifest, kept = restore(options.index, options.name, encoder_identity(read_settings()), datetime.now(UTC))
    directory = printable(options.index)
    print(say("restored", options.lang, directory=directory, name=options.name, articles=manifest.articles))
    if kept:
        print(say("kept", options.lang, name=kept))
    return 0


def show_doubles(articles: Sequence[Article], options: argparse.Namespace) -> None:
    """The articles that stand in several files, and the pairs that are nearly the same."""
    from rag.reading.near_doubles import near_doubles

    pairs = near_doubles(articles)
    copied = [article for article in articles if article.copies]
    if options.json:
        near = [{"one": _named(pair.one), "other": _named(pair.other), "share": round(pair.share, 3)} for pair in pairs]
        print(json_line({"doubles": [_named(article) for article in copied], "near": near}))
        return
    for article in copied:
        print(say("double", options.lang, title=article.title, files="、".join((article.source, *article.copies))))
    for one, other, share in pairs:
        print(say("near", options.lang, one=_words(one), other=_words(other), share=round(100 * share)))
    print(say("doubles", options.lang, doubles=len(copied), near=len(pairs)))


def _named(article: Article) -> dict[str, object]:
    return {"id": article.id, "title": article.title, "files": [article.source, *article.copies]}


def _words(article: Article) -> str:
    known = (article.number, article.published, article.source)
    return f"《{article.title}》（{'，'.join(filter(None, known))}）"


def sync_once(options: argparse.Namespace) -> Synced:
    from rag.setup import RECOGNISED, VECTOR_CACHE, encoder_identity, go_offline, open_encoder

    settings = read_settings()
    go_offline(settings)
    begun = time.monotonic()

    bars: list[Bar] = []

    def show(changes: Changes) -> None:
        if not changes.is_none:
            print("\n".join(change_lines(changes, options.lang)), flush=True)
        bars.append(Bar(say("reading", options.lang), len(changes.to_read)))

    def embed(passages: int) -> Callable[[int], object]:
        bars.append(Bar(say("embedding", options.lang), passages))
        return bars[-1].advance

    synced = sync(
        options.folder, options.index, encoder_identity(settings), lambda: open_encoder(settings),
        settings.home / VECTOR_CACHE, show, lambda _: bars[-1].advance(1),
        settings.home / RECOGNISED, embed,
    )  # fmt: skip
    for bar in bars:
        bar.close()
    for problem in synced.problems:
        print(problem.message(options.lang), flush=True)
    values = {"directory": printable(options.index), "articles": len(synced.articles)}
    if synced.manifest is None:
        print(say("current", options.lang, **values))
    else:
        seconds = time.monotonic() - begun
        print(say("synced", options.lang, **values, passages=synced.manifest.passages, seconds=seconds))
    if synced.elsewhere:
        print(say("elsewhere", options.lang, count=synced.elsewhere), flush=True)
    return synced


class Bar:
    """Progress on the terminal, a second from now; plain lines now and then where the output is a file."""

    def __init__(self, what: str, total: int) -> None:
        from tqdm import tqdm

        self._bar = tqdm(total=total, desc=what, mininterval=0.5 if sys.stderr.isatty() else 10, delay=1)

    def advance(self, by: int) -> None:
        self._bar.update(by)

    def close(self) -> None:
        self._bar.close()


def watch(
    folder: Path,
    act: Callable[[], object],
    lang: str,
    sleep: Callable[[float], object] = time.sleep,
    looks: int | None = None,
    every: float = 5.0,
) -> None:
    """`act` after each change of the folder, once it is quiet: a file that is still being copied changes between two looks. What
    goes wrong is logged, and tried again at the next change. `looks`: how often to look, None until interrupted; `every`: seconds between two."""
    acted = seen = state_of(folder)
    while looks is None or looks > 0:
        sleep(every)
        now = state_of(folder)
        if now == seen and now != acted:
            acted = now
            try:
                act()
            except UserError as error:
                log.error("%s", error.message(lang))
        seen = now
        looks = None if looks is None else looks - 1


def change_lines(changes: Changes, lang: str, shown: int = 20) -> list[str]:
    """The summary: how many files of each sort, and the names of the first."""
    moved = tuple(f"{old} → {new}" for old, new in changes.moved)
    named = {"new": changes.new, "changed": changes.changed, "moved": moved, "gone": changes.gone}
    lines = [say("counts", lang, same=len(changes.same), **{sort: len(paths) for sort, paths in named.items()})]
    for sort, paths in named.items():
        lines += [say(sort, lang, path=printable(path)) for path in paths[:shown]]
        if len(paths) > shown:
            lines.append(say("more", lang, count=len(paths) - shown))
    return lines


def changes_to_json(changes: Changes) -> dict[str, object]:
    return {
        "new": changes.new,
        "changed": changes.changed,
        "moved": [{"from": old, "to": new} for old, new in changes.moved],
        "gone": changes.gone,
        "same": len(changes.same),
    }


def say(key: str, lang: str, **values: object) -> str:
    return TEXT[key][lang == "en"].format(**values)
