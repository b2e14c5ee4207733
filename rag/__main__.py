"""The command line: `wence COMMAND`, or `python -m rag COMMAND`. Exit codes: 0 done, answered or well, 3 refused, 2 user error,
1 something failed.

The chat, the desk and the evaluation stand above this package: their commands (serve, desk, export-cases, eval) and the desk's
checks are entry points in pyproject.toml, loaded by name when they are asked for, never imported from here.
"""

import argparse
import errno
import logging
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from rag.answering.refusals import KIND_NAMES, date_words, state_facts, state_name
from rag.datatypes import Article, Citation
from rag.errors import UserError, lack_of_machine
from rag.reading.article_json import article_to_json
from rag.reading.files import load_articles
from rag.settings import DEFAULT_INDEX, NO_GENERATOR, read_settings
from rag.shelf import commands as shelf
from rag.text.typed import close_output, decode_argument, json_line, write_whatever_comes
from rag.validity import standing_of

COMMANDS, CHECKS_BESIDE = (
    "wence.commands",
    "wence.checks",
)  # groups of entry points: (arguments) -> exit code; checks of doctor
TEXT = {
    "articles": ("读出 {count} 篇文章", "{count} articles"),
    "left_out": (
        "另有 {count} 处不在文章里（页码、署名等；用 --left-out 列出）",
        "{count} places are in no article (page numbers, credits…; --left-out lists them)",
    ),
    "indexed": (
        "已建立索引 {directory}：{articles} 篇文章，{passages} 个段落",
        "{directory}: {articles} articles, {passages} passages",
    ),
    "current": ("索引 {directory} 已是最新：{articles} 篇文章", "{directory} is up to date: {articles} articles"),
    "ready": ("模型已就绪：{home}", "models ready: {home}"),
    "embedding": ("计算向量", "embedding"),
    "reading": ("本地模型预读文章", "the model reads the articles"),
    "not_here": (
        "没有装 {command} 所需要的 {module}：make test-fast 会把它装上。",
        "{module}, which {command} needs, is not installed; make test-fast installs it.",
    ),
    "no_room": ("输出写不下：磁盘已满。", "The output cannot be written: the disk is full."),
    "bug": ("内部错误：{error}（详情见日志）", "internal error: {error} (see the log)"),
}

QUESTION_WITH_MINUS = re.compile(r"-(?![-a-zA-Z])\S")


def main(arguments: Sequence[str] | None = None) -> int:
    write_whatever_comes()
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given and given[0] in (beside := commands_beside()):
        return call_beside(beside[given[0]], given[1:])
    # argparse takes -5℃停课吗 for an option, unless there is a blank in it.
    options = build_parser().parse_args([f" {word}" if QUESTION_WITH_MINUS.match(word) else word for word in given])
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.setLevel(logging.WARNING)  # bm25s sets its logger to DEBUG when it is imported
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        code = run(options)
        sys.stdout.flush()
        return code
    except UserError as error:
        print(error.message(options.lang), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read has read enough: | head
        close_output()
        return 141
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:  # the disk that the output goes to
            close_output()
            print(say(options, "no_room"), file=sys.stderr)
            return 2
        if lack := lack_of_machine(error):
            print(lack.message(options.lang), file=sys.stderr)
            return 2
        logging.getLogger("wence").exception("internal error")
        print(say(options, "bug", error=error), file=sys.stderr)
        return 1


def commands_beside() -> dict[str, EntryPoint]:
    """The commands of what stands above this package, by name; those that are installed."""
    return {entry.name: entry for entry in sorted(entry_points(group=COMMANDS), key=lambda entry: entry.name)}


def call_beside(entry: EntryPoint, arguments: Sequence[str]) -> int:
    try:
        command: Callable[[Sequence[str]], int] = entry.load()
    except ModuleNotFoundError as error:
        print(TEXT["not_here"]["en" in arguments].format(command=entry.name, module=error.name), file=sys.stderr)
        return 2
    return command(arguments)


def build_parser() -> argparse.ArgumentParser:
    prog = "wence" if Path(sys.argv[0]).stem == "wence" else "python -m rag"
    others = f"另有（各自 --help）：{'、'.join(commands_beside())}"
    parser = argparse.ArgumentParser(prog=prog, description="问策：根据政策文章回答问题，每句注明出处。", epilog=others)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--lang", choices=("zh", "en"), default="zh", help="提示语言")
    commands = parser.add_subparsers(required=True, metavar="命令")

    setup = commands.add_parser("setup", parents=[common], help="下载并准备模型")
    setup.set_defaults(run=run_setup)

    articles = commands.add_parser("articles", parents=[common], help="显示从文件中读出的文章")
    articles.add_argument("paths", nargs="+", metavar="PATH")
    articles.add_argument("--json", action="store_true", help="输出 JSON")
    articles.add_argument(
        "--left-out", action="store_true", help="改为列出不在文章里的文字：文件、行、原因（页码、署名等）"
    )
    articles.add_argument("--doubles", action="store_true", help="改为列出几乎相同的文章（另一年的、更正的、转载的）")
    articles.add_argument("--published", help="版面日期（2026 或 2026-01-20）")
    articles.set_defaults(run=run_articles)

    index = commands.add_parser("index", parents=[common], help="建立索引")
    index.add_argument("paths", nargs="+", metavar="PATH")
    index.add_argument("--index", type=Path, default=DEFAULT_INDEX, help="索引目录")
    index.add_argument("--published", help="版面日期（2026 或 2026-01-20）")
    index.set_defaults(run=run_index)

    shelf.add_commands(commands, common)

    read = commands.add_parser("read", parents=[common], help="让本地模型预读文章，使提问更快")
    read.add_argument("--index", type=Path, default=DEFAULT_INDEX, help="索引目录")
    read.set_defaults(run=run_read)

    ask = commands.add_parser("ask", parents=[common], help="提问")
    ask.add_argument("question")
    ask.add_argument("--index", type=Path, default=DEFAULT_INDEX, help="索引目录")
    ask.add_argument("--json", action="store_true", help="输出 JSON")
    ask.add_argument("--on", metavar="2024-06-01", help="按这一天有效的规定回答（默认今天）")
    ask.add_argument("--quote", action="store_true", help="只引用原文，不用本地模型")
    ask.add_argument("--explain", action="store_true", help="说明回答的由来：问题怎样理解、找到什么、为何不显示")
    ask.set_defaults(run=run_ask)

    doctor = commands.add_parser("doctor", parents=[common], help="检查模型、索引、数据库和磁盘，说明怎样修复")
    doctor.add_argument("--index", type=Path, default=DEFAULT_INDEX, help="索引目录")
    doctor.add_argument("--json", action="store_true", help="输出 JSON")
    doctor.set_defaults(run=run_doctor)
    return parser


def run_setup(options: argparse.Namespace) -> int:
    from rag.setup import fetch_and_convert, go_offline

    settings = read_settings()
    go_offline(settings)
    fetch_and_convert(settings, progress_bar)
    print(say(options, "ready", home=settings.home))
    return 0


def run_articles(options: argparse.Namespace) -> int:
    loaded = load_articles(options.paths, options.published)
    report_problems(options, [*loaded.problems, *loaded.warnings])
    if options.left_out:
        rows = [(out.source, out.line, out.why.value, out.text) for out in loaded.left_out]
        names = ("source", "line", "why", "text")
        print(
            json_line([dict(zip(names, row, strict=True)) for row in rows])
            if options.json
            else "\n".join(map(left_out_line, rows))
        )
    elif options.doubles:
        shelf.show_doubles(loaded.articles, options)
    elif options.json:
        print(json_line([article_to_json(a) for a in loaded.articles]))
    else:
        print("\n\n".join(map(describe, loaded.articles)))
        print("\n" + say(options, "articles", count=len(loaded.articles)))
        if loaded.left_out:
            print(say(options, "left_out", count=len(loaded.left_out)))
    return 0 if loaded.articles else 2


def left_out_line(row: tuple[object, ...]) -> str:
    return "\t".join(map(str, row))


def run_index(options: argparse.Namespace) -> int:
    from rag.atomic import printable
    from rag.search.index import build_index, is_current, tidy
    from rag.setup import RECOGNISED, VECTOR_CACHE, encoder_identity, go_offline, open_encoder
    from rag.shelf.record import forget

    settings = read_settings()
    loaded = load_articles(options.paths, options.published, recognised=settings.home / RECOGNISED)
    report_problems(options, [*loaded.problems, *loaded.warnings])
    go_offline(settings)
    if is_current(options.index, loaded.articles, encoder_identity(settings)):
        tidy(options.index)
        print(say(options, "current", directory=printable(options.index), articles=len(loaded.articles)))
        return 0
    from rag.reading.passages import split_articles
    from rag.search.builds import claim

    if loaded.articles:
        claim(options.index)  # said before the model is loaded
    encoder = open_encoder(settings)
    # A moment later, so that "cannot be written" stands on a line of its own.
    advance = progress_bar(say(options, "embedding"), len(split_articles(loaded.articles)), delay=0.2)
    manifest = build_index(loaded.articles, options.index, encoder, settings.home / VECTOR_CACHE, advance)
    forget(options.index)
    print(
        say(
            options,
            "indexed",
            directory=printable(options.index),
            articles=manifest.articles,
            passages=manifest.passages,
        )
    )
    return 0


def run_read(options: argparse.Namespace) -> int:
    from rag.atomic import write_text, writing
    from rag.search.builds import READ_MARK
    from rag.setup import go_offline, load_chatbot, reading_mark

    settings = read_settings()
    if settings.generator == NO_GENERATOR:
        return 0
    go_offline(settings)
    done = reading_mark(options.index, settings)
    mark = options.index / READ_MARK
    if mark.is_file() and mark.read_text("utf-8") == done:
        return 0  # (what the disk budget has put out since is read again when it is asked about)
    bot = load_chatbot(options.index, settings)
    bot.read_articles(progress_bar(say(options, "reading"), len(bot.articles)))
    with writing(mark):
        write_text(mark, done)
    return 0


def run_ask(options: argparse.Namespace) -> int:
    from rag.setup import load_chatbot

    settings = read_settings()
    if options.quote:
        settings = replace(settings, generator=NO_GENERATOR)
    on = day_given(options.on) if options.on else None
    bot, question = load_chatbot(options.index, settings), decode_argument(options.question)
    if options.explain:
        from rag.explain import explanation_lines, explanation_to_json

        answer, why = bot.explain(question, on)
        explained = explanation_to_json(answer, why)
        print(json_line(explained) if options.json else "\n".join(explanation_lines(explained, options.lang)))
        return 0 if answer.status.has_sentences else 3
    answer = bot.ask(question, on=on)
    if options.json:
        print(json_line(answer.to_json()))
    else:
        print(answer.text)
        for citation in answer.citations:
            print(f"\n[{citation.number}] {source_line(citation, options.lang)}\n    {citation.quote}")
    return 0 if answer.status.has_sentences else 3


def run_doctor(options: argparse.Namespace) -> int:
    from rag.doctor import CHECKS, LAST, Place, State, report_line, run_checks, to_json
    from rag.setup import go_offline

    settings = read_settings()
    go_offline(settings)
    beside = [check for entry in entry_points(group=CHECKS_BESIDE) for check in entry.load()]
    done = []
    for check, finding in run_checks((*CHECKS, *beside, *LAST), Place(settings, options.index)):
        done.append((check, finding))
        if not options.json:
            print(report_line(check, finding, options.lang), flush=True)
    if options.json:
        print(json_line([to_json(check, finding) for check, finding in done]))
    return int(any(finding.state is State.FAILED for _, finding in done))


def day_given(text: str) -> date:
    """The day of --on. UserError where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(
            f"日期“{text}”无法识别，请写成 2024-06-01。", f"The date {text!r} is not understood; write 2024-06-01."
        ) from None


def source_line(citation: Citation, lang: str) -> str:
    article = citation.article
    page = article.page_at(citation.span.start)
    facts = (
        f"《{article.title}》",
        KIND_NAMES[article.kind][0],
        article.speaker,
        date_words(article.published),
        f"{article.source} 第{page}页" if page else None,
    )
    standing = standing_of(article.validity, citation.state)
    states = [state_name(standing.state, lang), *state_facts(standing, lang)] if standing else []
    return " · ".join(filter(None, (*facts, *states)))


def describe(article: Article) -> str:
    """One article as `python -m rag articles` prints it."""
    lines = [f"【{KIND_NAMES[article.kind][0]}】{article.title}"]
    facts = {
        "引题": article.kicker,
        "副题": article.subtitle,
        "栏目": article.section,
        "发言人": article.speaker and f"{article.speaker}（{article.speaker_role or '身份未注明'}）",
        "记者": article.reporter,
        "发文机关": article.issuer,
        "文号": article.number,
        "日期": date_words(article.published),
        "也见于": "、".join(article.copies),
        "编号": article.id,
    }
    lines += [f"  {name}：{value}" for name, value in facts.items() if value]
    for span in article.paragraphs:
        words = article.text[span.start : span.end]
        lines.append(f"    {words if len(words) <= 60 else words[:40] + '……' + words[-15:]}")
    return "\n".join(lines)


def report_problems(options: argparse.Namespace, problems: Sequence[UserError]) -> None:
    for problem in problems:
        print(problem.message(options.lang), file=sys.stderr)


def progress_bar(what: str, total: int, delay: float = 0) -> Callable[[int], object]:
    """A bar on the terminal, `delay` seconds from now; plain lines now and then where the output is a file."""
    from tqdm import tqdm

    bytes_counted = total > 10_000
    pause = 0.5 if sys.stderr.isatty() else 10
    unit = "B" if bytes_counted else ""
    bar = tqdm(total=total, desc=what, unit=unit, unit_scale=bytes_counted, mininterval=pause, delay=delay)

    def advance(by: int) -> None:
        bar.update(by)
        if bar.n >= total:
            bar.close()

    return advance


def say(options: argparse.Namespace, key: str, **values: object) -> str:
    return TEXT[key][options.lang == "en"].format(**values)


if __name__ == "__main__":
    sys.exit(main())
