"""`wence sync`: the command line of the shelf."""

import argparse
import logging
import time
from collections.abc import Callable
from pathlib import Path

from rag.atomic import printable
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
    "watching": ("正在看着 {folder}（Ctrl+C 结束）", "watching {folder} (Ctrl+C ends it)"),
}


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    syncing = commands.add_parser("sync", parents=[common], help="让索引跟上一个文件夹：只读新的和改过的文件")
    syncing.add_argument("folder", type=Path, metavar="FOLDER")
    syncing.add_argument("--index", type=Path, default=DEFAULT_INDEX, help="索引目录")
    syncing.add_argument("--dry-run", action="store_true", help="只列出会有什么变化，不改动任何东西")
    syncing.add_argument("--watch", action="store_true", help="一直看着文件夹，一有变化就更新")
    syncing.add_argument("--json", action="store_true", help="输出 JSON（--dry-run 时）")
    syncing.set_defaults(run=run_sync)


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


def sync_once(options: argparse.Namespace) -> Synced:
    from rag.setup import VECTOR_CACHE, encoder_identity, go_offline, open_encoder

    settings = read_settings()
    go_offline(settings)
    begun = time.monotonic()

    def show(changes: Changes) -> None:
        if not changes.is_none:
            print("\n".join(change_lines(changes, options.lang)), flush=True)

    synced = sync(
        options.folder, options.index, encoder_identity(settings), lambda: open_encoder(settings),
        settings.home / VECTOR_CACHE, show,
    )  # fmt: skip
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
