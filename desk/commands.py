"""The desk's command line: `python -m desk create-admin | retention | export-cases | export-csv | key`.

Exit codes as those of `python -m rag`: 0 done, 2 something that the user can mend. Errors and questions go to stderr,
what was asked for to stdout.
"""

import argparse
import getpass
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from desk.clock import iso
from desk.keys import Scope
from desk.settings import read_days, read_desk_settings
from rag.errors import UserError
from rag.settings import DEFAULT_INDEX
from rag.text.typed import write_whatever_comes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desk.store import Store
    from rag.datatypes import Article

KEY_RATE, KEY_DAYS = 60, 365  # of a key for which nothing else is said

TEXT = {
    "password": ("为 {name} 设置密码（直接回车则自动生成）：", "Password for {name} (Enter to have one made): "),
    "again": ("再输入一次：", "Once more: "),
    "generated": ("{name} 的密码：{password}　（只显示这一次）", "{name}'s password: {password} (shown this once)"),
    "created": (
        "已创建管理员 {name}。登录网址：聊天网址后加 /desk",
        "Created the administrator {name}. Log in at /desk.",
    ),
    "old": ("有 {count} 个回答早于 {days} 天。", "{count} answers are older than {days} days."),
    "deleted": ("已删除早于 {days} 天的 {count} 个回答。", "Deleted {count} answers older than {days} days."),
    "key_made": (
        "密钥 {name} 只显示这一次：{scopes}，每分钟 {rate} 次，到 {expires} 为止。用法：Authorization: Bearer 密钥",
        "The key {name} is shown this once: {scopes}, {rate} a minute, until {expires}. Use: Authorization: Bearer KEY",
    ),
    "key_revoked": ("已停用密钥 {name}。", "The key {name} opens nothing any more."),
    "key_line": (
        "{name}\t{hint}…\t{scopes}\t每分钟 {rate}\t到 {expires}\t最近使用 {used}\t{state}",
        "{name}\t{hint}…\t{scopes}\t{rate} a minute\tuntil {expires}\tlast used {used}\t{state}",
    ),
    "key_active": ("有效", "active"),
    "key_expired": ("已到期", "expired"),
    "key_inactive": ("已停用", "revoked"),
    "cases": (
        "已导出 {cases} 个用例、{pages} 篇文章到 {out}；另有 {left_out} 个核对过的回答不能成为用例。",
        "{cases} cases on {pages} articles in {out}; {left_out} reviewed answers are no cases.",
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    write_whatever_comes()
    options = build_parser().parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except UserError as error:
        print(error.message(options.lang), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def main_export_cases(arguments: Sequence[str]) -> int:
    """The one command of the desk's that is also a command of its own: `wence export-cases`."""
    return main(["export-cases", *arguments])


def main_key(arguments: Sequence[str]) -> int:
    """`wence key`: the keys of the API's clients."""
    return main(["key", *arguments])


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m desk", description="问策核对台：用户、保存期限与导出。")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--lang", choices=("zh", "en"), default="zh", help="提示语言")
    common.add_argument(
        "--index", type=Path, default=DEFAULT_INDEX, help="索引目录；数据库在它旁边，除非设置了 WENCE_DATABASE"
    )
    commands = parser.add_subparsers(required=True, metavar="命令")

    admin = commands.add_parser("create-admin", parents=[common], help="创建管理员")
    admin.add_argument("name", help="用户名")
    admin.add_argument("--generate", action="store_true", help="自动生成密码并显示一次")
    admin.set_defaults(run=run_create_admin)

    retention = commands.add_parser("retention", parents=[common], help="删除过了保存期限的回答")
    retention.add_argument("--days", help="保存天数（默认 WENCE_RETENTION_DAYS）")
    retention.add_argument("--dry-run", action="store_true", help="只显示会删除多少")
    retention.set_defaults(run=run_retention)

    cases = commands.add_parser("export-cases", parents=[common], help="把核对过的回答导出为评测用例")
    cases.add_argument("--out", type=Path, default=Path("eval"), help="评测目录（写入其中的 pages/ 和 questions/）")
    cases.set_defaults(run=run_export_cases)

    table = commands.add_parser("export-csv", parents=[common], help="导出回答的 CSV 表")
    table.add_argument("--first", help="第一天（默认 30 天前）")
    table.add_argument("--last", help="最后一天（默认今天）")
    table.add_argument("--out", type=Path, required=True, help="文件")
    table.set_defaults(run=run_export_csv)

    add_key_commands(commands.add_parser("key", help="接口的密钥：创建、列出、停用"), common)
    return parser


def add_key_commands(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="命令")
    add = commands.add_parser("add", parents=[common], help="创建密钥，只显示一次")
    add.add_argument("name", help="客户端的名称")
    add.add_argument(
        "--scope",
        action="append",
        choices=[*Scope],
        help="可以做什么，可写多次：ask 提问、read 检索和读文章、feedback 评价（默认全部）",
    )
    add.add_argument("--rate", type=int, default=KEY_RATE, help=f"每分钟次数（默认 {KEY_RATE}）")
    add.add_argument("--days", type=int, default=KEY_DAYS, help=f"有效天数（默认 {KEY_DAYS}）")
    add.set_defaults(run=run_key_add)
    commands.add_parser("list", parents=[common], help="列出密钥").set_defaults(run=run_key_list)
    revoke = commands.add_parser("revoke", parents=[common], help="停用密钥")
    revoke.add_argument("name", help="客户端的名称")
    revoke.set_defaults(run=run_key_revoke)


def run_create_admin(options: argparse.Namespace) -> int:
    from desk.passwords import generate_password, hash_password, require_good_password
    from desk.store.people import StaffRole

    typed = "" if options.generate else ask_password(options)
    password = typed or generate_password()
    require_good_password(password, options.name)
    with opened(options) as store:
        store.people.create(options.name, hash_password(password), StaffRole.ADMINISTRATOR)
    if not typed:
        print(say(options, "generated", name=options.name, password=password))
    print(say(options, "created", name=options.name), file=sys.stderr)
    return 0


def ask_password(options: argparse.Namespace) -> str:
    """What was typed twice, or "" where nothing was, or where nobody is there to type."""
    if not sys.stdin.isatty():
        return ""
    typed = getpass.getpass(say(options, "password", name=options.name))
    if typed and getpass.getpass(say(options, "again")) != typed:
        raise UserError("两次输入的密码不一样，请重来。", "The two passwords differ; try again.")
    return typed


def run_retention(options: argparse.Namespace) -> int:
    settings = read_desk_settings(options.index)
    days = read_days(options.days) or settings.retention_days
    if days is None:
        raise UserError(
            "请用 --days 或 WENCE_RETENTION_DAYS 给出保存天数。",
            "Give the days to keep: --days or WENCE_RETENTION_DAYS.",
        )
    with opened(options) as store:
        if options.dry_run:
            print(say(options, "old", count=store.answers.count_before(days), days=days))
        else:
            print(say(options, "deleted", count=store.answers.delete_before(days), days=days))
    return 0


def run_key_add(options: argparse.Namespace) -> int:
    with opened(options) as store:
        key, token = store.keys.create(options.name, options.scope or [*Scope], options.rate, options.days)
    facts = {"name": key.name, "scopes": words(key.scopes), "rate": key.rate, "expires": key.expires[:10]}
    print(say(options, "key_made", **facts), file=sys.stderr)
    print(token)
    return 0


def run_key_list(options: argparse.Namespace) -> int:
    with opened(options) as store:
        keys, today = store.keys.keys(), iso(store.clock())
    for key in keys:
        state = "key_inactive" if not key.active else "key_expired" if key.expires <= today else "key_active"
        facts = {"name": key.name, "hint": key.hint, "scopes": words(key.scopes), "rate": key.rate}
        days = {"expires": key.expires[:10], "used": key.used[:16].replace("T", " ") or "-"}
        print(say(options, "key_line", **facts, **days, state=say(options, state)))
    return 0


def run_key_revoke(options: argparse.Namespace) -> int:
    with opened(options) as store:
        store.keys.revoke(options.name)
    print(say(options, "key_revoked", name=options.name))
    return 0


def words(scopes: Iterable[Scope]) -> str:
    return " ".join(sorted(scopes))


def run_export_cases(options: argparse.Namespace) -> int:
    from desk.cases import export_cases
    from desk.store.audit import SYSTEM

    try:
        from eval.page_sets import read_page_questions
    except ImportError as error:
        raise UserError(
            "找不到 eval：请在项目目录里运行。", "There is no eval here; run this in the project's folder."
        ) from error
    with opened(options) as store:

        def find_article(id: str, text: str) -> "Article | None":
            if text:
                return store.answers.cited_article(id, text)
            entry = store.catalogue.find(id)
            return entry.article if entry else None

        done = export_cases(store.answers.reviewed(), find_article, options.out, read_page_questions)
        store.audit.note(SYSTEM, "export.cases", f"{done.cases} cases, {done.left_out} left out")
    print(say(options, "cases", cases=done.cases, pages=done.pages, left_out=done.left_out, out=options.out))
    return 0


def run_export_csv(options: argparse.Namespace) -> int:
    from desk.csvfile import csv_lines
    from desk.store.audit import SYSTEM

    with opened(options) as store:
        today = store.clock().date()
        first, last = (
            read_day(options.first, today - timedelta(days=29)),
            read_day(options.last, today),
        )
        with options.out.open("w", encoding="utf-8", newline="") as file:
            file.writelines(csv_lines(store.statistics.export(first, last)))
        store.audit.note(SYSTEM, "export.csv", f"{first} – {last}")
    return 0


def read_day(text: str | None, otherwise: date) -> str:
    try:
        return (date.fromisoformat(text) if text else otherwise).isoformat()
    except ValueError:
        raise UserError(
            f"日期“{text}”无法识别，请写成 2026-01-20。", f"The date {text!r} is not understood; write 2026-01-20."
        ) from None


@contextmanager
def opened(options: argparse.Namespace) -> "Iterator[Store]":
    """The desk's database, closed afterwards."""
    from desk.store import open_store

    store = open_store(read_desk_settings(options.index).database)
    try:
        yield store
    finally:
        store.close()


def say(options: argparse.Namespace, key: str, **values: object) -> str:
    return TEXT[key][options.lang == "en"].format(**values)
