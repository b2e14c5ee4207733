"""Reads the pages, their gold (how a person reads the articles off them) and the questions on them: eval/gold, eval/questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.data import HERE, ROOT, Question, evaldata_root, read_json, read_records, read_text, string_in
from rag.datatypes import Kind

SAMPLE_PAGE = ROOT / "index" / "articles" / "yunhe-daily-page.txt"
KINDS = frozenset(
    {"fact", "list", "people", "figure", "follow_up", "trap", "comparison"}
    | {"unanswerable_absent", "unanswerable_covered"}
)


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """One article as a person reads it off the page; `paragraphs` as text, pieces joined."""

    id: str
    title: str
    kicker: str | None
    subtitle: str | None
    section: str | None
    kind: str
    speaker: str | None
    speaker_role: str | None
    reporter: str | None
    published: str | None
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoldPage:
    path: Path
    articles: tuple[GoldArticle, ...]

    @property
    def name(self) -> str:
        return self.path.stem


def real_page() -> Path:
    """../shared/articles/lvliang-page.txt beside the evaluation data; never copied into the project."""
    return evaldata_root().parent / "articles" / "lvliang-page.txt"


def find_page(name: str) -> Path | None:
    """The page file `<name>.txt`: the sample page, one of eval/pages, or the real page. None where it is absent."""
    return next((p for p in (SAMPLE_PAGE, HERE / "pages" / f"{name}.txt", real_page()) if _is(p, name)), None)


def _is(path: Path, name: str) -> bool:
    return path.stem == name and path.is_file()


def is_public(page: str) -> bool:
    """Whether the page was written for this project, so that its text may be kept in the repository."""
    return page == SAMPLE_PAGE.stem or (HERE / "pages" / f"{page}.txt").is_file()


def read_gold(path: Path, page: Path) -> GoldPage:
    """Gold that gives paragraphs as offsets into the page: [[start, end], ...] are the pieces of one paragraph."""
    text = read_text(page)

    def make(whole: Any) -> GoldPage:
        return GoldPage(page, tuple(_gold_article(a, i, page.stem, text) for i, a in enumerate(whole["articles"])))

    return read_json(path, make)


def _gold_article(record: Mapping[str, Any], number: int, page: str, text: str) -> GoldArticle:
    Kind(record["kind"])
    paragraphs = tuple("".join(_slice(text, piece) for piece in pieces) for pieces in record["paragraphs"])
    optional = {
        key: record[key]
        for key in ("kicker", "subtitle", "section", "speaker", "speaker_role", "reporter", "published")
    }
    return GoldArticle(f"{page}/{number}", record["title"] or "", kind=record["kind"], paragraphs=paragraphs,
                       **optional)  # fmt: skip


def _slice(text: str, span: Sequence[int]) -> str:
    start, end = span
    if not 0 <= start < end <= len(text):
        raise ValueError(f"[{start}, {end}] is no range of a page of {len(text)} characters")
    return text[start:end]


def read_page_questions(path: Path, page: Path) -> list[Question]:
    """The questions on a page. A plain string among `answers` is a list of one alternative."""
    text = read_text(page)
    seen: set[str] = set()

    def make(record: Mapping[str, Any], _: int) -> Question:
        question = _page_question(record, page.stem, text)
        if question.id in seen:
            raise ValueError(f"id {question.id} is used twice")
        seen.add(question.id)
        return question

    return read_records(path, make)


def _page_question(record: Mapping[str, Any], page: str, text: str) -> Question:
    kind, answerable = string_in(record, "kind"), record["answerable"]
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r} is none of {', '.join(sorted(KINDS))}")
    if not isinstance(answerable, bool):
        raise TypeError(f"answerable must be true or false, not {answerable!r}")
    if answerable == kind.startswith("unanswerable"):
        raise ValueError(f"answerable {answerable} does not go with kind {kind}")
    answers = tuple((a,) if isinstance(a, str) else tuple(a) for a in record["answers"])
    if answerable and (not answers or not all(answers) or not all(isinstance(o, str) for a in answers for o in a)):
        raise ValueError("answers must be strings, or lists of alternative strings, and not empty")
    gold = tuple(_slice(text, span) for span in record["gold"])
    if answerable and not gold:
        raise ValueError("gold is empty")
    history = tuple((str(asked), str(answered)) for asked, answered in record.get("history") or ())
    if kind == "follow_up" and not history:
        raise ValueError("a follow_up needs a history")
    return Question(
        string_in(record, "id"), page, string_in(record, "question"), answerable, kind, answers,
        references=gold, gold=gold, source=text, article=record.get("article"), history=history,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PageSet:
    """The questions on one page, and the page's file."""

    path: Path
    questions: tuple[Question, ...]

    @property
    def name(self) -> str:
        return self.path.stem


# Pages of the project whose questions thresholds are fitted on (eval/training/thresholds.py): nothing is measured on them.
FITTED_PAGES = frozenset({"jizhou-proposals", "lanhe-notices", "linxi-deputies", "mochuan-weekly", "qingyu-news"})


def read_page_sets(fitted: bool = False) -> tuple[list[PageSet], list[str]]:
    """The page questions of eval/questions that measure (or those that the probe is `fitted` on), and the names of pages
    that are asked about but absent."""
    found, absent = [], []
    for path in sorted((HERE / "questions").glob("*.jsonl")):
        if (path.stem in FITTED_PAGES) != fitted:
            continue
        page = find_page(path.stem)
        if page is None:
            absent.append(path.stem)
        else:
            found.append(PageSet(page, tuple(read_page_questions(path, page))))
    return found, absent


def read_gold_pages() -> tuple[list[GoldPage], list[str]]:
    """The gold of eval/gold, and the names of pages that have gold but are absent."""
    found, absent = [], []
    for path in sorted((HERE / "gold").glob("*.json")):
        page = find_page(path.stem)
        if page is None:
            absent.append(path.stem)
        else:
            found.append(read_gold(path, page))
    return found, absent
