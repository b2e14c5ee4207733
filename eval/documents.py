"""Suite documents: whether a file that holds one official document is read as one article, with its title, kind, number and date,
and without what a website prints around it."""

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.bench import Bench
from eval.document_files import HALVES, LAYOUTS, SETS, MadeFile, Record, make_file, make_files, read_document_records
from eval.metrics import normalise
from eval.results import NotRun, Scored, Share, SuiteResult
from rag.datatypes import Article
from rag.errors import UserError

GROUPS = HALVES  # for --only: without it the half that rules are developed on
LONG_SET = SETS[1]  # of so many records each is made a file once, in a layout by its number


def run(bench: Bench) -> SuiteResult:
    records = read_document_records(bench.evaldata)
    halves = [half for half in HALVES if bench.sizes.groups and bench.takes(half)] or HALVES[:1]
    made = [file for some in records.values() for record in some if record.half in halves for file in _files(record)]
    with TemporaryDirectory() as folder:
        scored = [score_file(file, _read(bench, file, Path(folder))) for file in bench.progress(made, "reading")]
    absent = tuple(NotRun(f"documents/{name}", "../shared/evaldata is not there") for name in SETS if name not in records)  # fmt: skip
    return SuiteResult("documents", tuple(scored), not_run=absent)


def _files(record: Record) -> list[MadeFile]:
    name, number = record.id.split("/")
    return [make_file(record, list(LAYOUTS)[int(number) % len(LAYOUTS)])] if name == LONG_SET else [*make_files(record)]


def _read(bench: Bench, file: MadeFile, folder: Path) -> Sequence[Article]:
    path = folder / "document.txt"
    path.write_text(file.text, "utf-8")
    try:
        return bench.systems.parse(path)
    except UserError:
        return ()


def score_file(file: MadeFile, articles: Sequence[Article]) -> Scored:
    """The measures of one file; facts are those of its longest article."""
    prefix = f"documents/{file.record.id.split('/')[0]}"
    main = max(articles, key=lambda article: len(article.text), default=None)
    shares = {f"{prefix}/whole": Share(float(len(articles) == 1))}
    shares[f"{prefix}/title"] = Share(float(main is not None and normalise(main.title) == normalise(file.record.title)))
    if file.record.kind is not None:
        shares[f"{prefix}/kind"] = Share(float(main is not None and main.kind is file.record.kind))
    if file.number:
        shares[f"{prefix}/number"] = Share(float(main is not None and normalise(main.number or "") == normalise(file.number)))  # fmt: skip
    if file.date:
        shares[f"{prefix}/date"] = Share(float(main is not None and main.published == file.date))
    shown = [line for article in articles for line in (article.title, *article.text.split("\n"))]
    dirty = [line for line in file.furniture if line in shown]
    shares[f"{prefix}/without_furniture"] = Share(float(not dirty))
    lost = lost_sentences(file, articles)
    shares[f"{prefix}/text_kept"] = Share(float(sum(map(len, file.body)) - sum(map(len, lost))), sum(map(len, file.body)) or 1.0)  # fmt: skip
    wrong = [name.rsplit("/", 1)[1] for name, share in shares.items() if share.part < share.whole]
    told = f"{[(a.title, a.kind.value, a.number, a.published) for a in articles][:3]} {dirty[:2]} {lost[:2]}"
    return Scored(f"{file.record.id}/{file.layout}", shares, f"{','.join(wrong)}: {told}" if wrong else "right")


def lost_sentences(file: MadeFile, articles: Sequence[Article]) -> list[str]:
    """The sentences of the text that no article holds, neither in its text nor in its facts."""
    held = "".join(_letters(f"{a.title}{a.kicker or ''}{a.subtitle or ''}{a.issuer or ''}{a.number or ''}{a.text}") for a in articles)  # fmt: skip
    heads = [_letters(words) for words in (file.record.title, file.number)]
    return [sentence for sentence in file.body if _without(_letters(sentence), heads) not in held]


def _without(sentence: str, heads: Sequence[str]) -> str:
    """The sentence without the title and the number that it begins with, in a text on one line."""
    for head in heads:
        sentence = sentence.removeprefix(head)
    return sentence


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text)
