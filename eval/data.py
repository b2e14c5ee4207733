"""Reads the data sets, the gold of the pages and the page questions; one kind of value for all: Question.

A broken line is a UserError that names the file and the line. A data set that is not there is None, never an error:
the suites report its measures as not run. Nothing here is kept in the project: see ../shared/evaldata/README.md.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from rag.datatypes import Article, Kind, Span
from rag.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "eval"
SAMPLE_PAGE = ROOT / "index" / "articles" / "yunhe-daily-page.txt"
KINDS = frozenset(
    {"fact", "list", "people", "figure", "follow_up", "trap", "comparison"}
    | {"unanswerable_absent", "unanswerable_covered"}
)
T = TypeVar("T")


def evaldata_root() -> Path:
    """WENCE_EVALDATA, or ../shared/evaldata beside the project."""
    return Path(os.environ.get("WENCE_EVALDATA") or ROOT.parent / "shared" / "evaldata")


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what a right answer is known by.

    `answers`: of every inner tuple one alternative must stand in the answer. `references`: whole answers to compare by
    F1 and ROUGE-L. `gold`: the exact words that bear the answer, found in `source`. `passages`: what `ask_over` reads;
    empty when the whole corpus is searched. `article`: id or title of the article that holds the answer.
    """

    id: str
    dataset: str
    text: str
    answerable: bool
    kind: str = "fact"
    answers: tuple[tuple[str, ...], ...] = ()
    references: tuple[str, ...] = ()
    key_points: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    source: str = ""
    article: str | None = None
    passages: tuple[str, ...] = ()
    history: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Corpus:
    """What an index is built from."""

    name: str
    articles: tuple[Article, ...]

    def digest(self) -> str:
        whole = hashlib.sha256()
        for article in self.articles:
            whole.update(f"{article.id}\0{article.title}\0{article.text}\0".encode())
        return whole.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Policy:
    """ncp_policy: articles, questions that one of them answers, and questions whose article is absent."""

    articles: tuple[Article, ...]
    answerable: tuple[Question, ...]
    unanswerable: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A statement, a quote, and whether the quote supports it (citecheck)."""

    id: str
    statement: str
    quote: str
    supported: bool
    group: str = ""  # the question that the statement answers: its pairs are kept together


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


class Identified(Protocol):
    @property
    def id(self) -> str: ...


Named = TypeVar("Named", bound=Identified)


def sample(items: Sequence[Named], count: int | None, seed: int) -> list[Named]:
    """The `count` items whose hashed (seed, id) come first, so that a larger set or a new item moves few others."""
    if count is None or count >= len(items):
        return list(items)
    chosen = sorted(items, key=lambda item: hashlib.sha256(f"{seed}\0{item.id}".encode()).digest())[:count]
    kept = {item.id for item in chosen}
    return [item for item in items if item.id in kept]


# Of the data that the judge is trained on (eval/judge), the share that is kept for measuring: whole articles (squad2_zh),
# passages (dureader_robust) or questions (citecheck), chosen by their hash. What is not named here is never trained on,
# or never measured.
HELD_BACK = {"squad2_zh": 0.3, "dureader_robust": 0.4, "citecheck": 0.4}


def held_back(dataset: str, group: str) -> bool:
    """Whether the group (an article's title, a passage, a question) is kept for measuring."""
    first = hashlib.sha256(f"held back\0{dataset}\0{group}".encode()).digest()
    return int.from_bytes(first[:4], "big") / 2**32 < HELD_BACK[dataset]


# ---- reading files, with the place of whatever is broken ---------------------------------------------------------


def broken(path: Path, line: int | None, why: str) -> UserError:
    place = f"{path}:{line}" if line else str(path)
    return UserError(f"评测数据有误：{place}：{why}", f"broken evaluation data: {place}: {why}")


def read_text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise broken(path, line, "not UTF-8") from error
    except OSError as error:
        raise broken(path, None, error.strerror or "unreadable") from error


def read_records(path: Path, make: Callable[[Mapping[str, Any], int], T]) -> list[T]:
    """One made value for every line of a JSONL file; the maker's complaint is given the file's name and the line."""
    made = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise TypeError("not an object")
            made.append(make(record, number))
        except KeyError as error:
            raise broken(path, number, f"{error} is missing") from error
        except (ValueError, TypeError, AttributeError, IndexError) as error:
            raise broken(path, number, _one_line(error)) from error
    return made


def read_json(path: Path, make: Callable[[Any], T]) -> T:
    try:
        return make(json.loads(read_text(path)))
    except json.JSONDecodeError as error:
        raise broken(path, error.lineno, error.msg) from error
    except KeyError as error:
        raise broken(path, None, f"{error} is missing") from error
    except (ValueError, TypeError, AttributeError, IndexError) as error:
        raise broken(path, None, _one_line(error)) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _string(record: Mapping[str, Any], key: str) -> str:
    value = record[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} must be text, not {value!r}")
    return value


# ---- the data sets -----------------------------------------------------------------------------------------------


def make_article(dataset: str, number: str, title: str, text: str, kind: Kind = Kind.NEWS) -> Article:
    """An article of a data set; every line is a paragraph."""
    spans = tuple(Span(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text))
    return Article(f"{dataset}-{number}", title, kind, f"{dataset}/{number}", text, spans)


def policy_article(record: Mapping[str, Any], _: int = 0) -> Article:
    """The title is what stands before the first blank; a blank after a sentence's end separates paragraphs."""
    text = _string(record, "text")
    head, blank, rest = text.partition(" ")
    title, body = (head, rest.strip()) if blank and len(head) <= 60 and rest.strip() else (text[:30], text)
    lines = re.sub(r"(?<=[。！？”）]) (?=\S)", "\n", body)
    return make_article("ncp_policy", _string(record, "docid"), title, lines, Kind.POLICY)


def read_policy(root: Path) -> Policy | None:
    folder = root / "ncp_policy"
    if not folder.is_dir():
        return None
    articles = read_records(folder / "articles.jsonl", policy_article)
    sources = {article.id: article.text for article in articles}

    def question(record: Mapping[str, Any], answerable: bool) -> Question:
        answer, article = _string(record, "answer").strip(), f"ncp_policy-{_string(record, 'docid')}"
        if answerable and article not in sources:
            raise ValueError(f"no article {article}")
        told = Question(_string(record, "id"), "ncp_policy", _string(record, "question"), answerable, kind="absent")
        if not answerable:
            return told
        return Question(
            told.id, told.dataset, told.text, True, "fact", ((answer,),), (answer,),
            gold=(answer,), source=sources[article], article=article,
        )  # fmt: skip

    return Policy(
        tuple(articles),
        tuple(read_records(folder / "answerable.jsonl", lambda record, _: question(record, True))),
        tuple(read_records(folder / "unanswerable.jsonl", lambda record, _: question(record, False))),
    )


def read_dragonball(root: Path) -> list[Question] | None:
    """Questions with the exact supporting sentences; `passages` are the paragraphs of the reports asked about."""
    folder = root / "dragonball"
    if not folder.is_dir():
        return None
    texts = dict(
        read_records(folder / "articles.jsonl", lambda record, _: (int(record["doc_id"]), _string(record, "content")))
    )

    def question(record: Mapping[str, Any], _: int) -> Question:
        query, truth = record["query"], record["ground_truth"]
        reports = [texts[int(number)] for number in truth["doc_ids"]]
        source = "\n".join(reports)
        gold = tuple(truth["references"])
        if strayed := [sentence for sentence in gold if sentence not in source]:
            raise ValueError(f"a reference is not in its reports: {strayed[0][:30]}")
        answerable = query["query_type"] != "无关无解问"
        return Question(
            f"{query['query_id']}", "dragonball", _string(query, "content"), answerable, query["query_type"],
            references=(truth["content"],) if answerable else (),
            key_points=tuple(truth["keypoints"]) if answerable else (),
            gold=gold if answerable else (), source=source,
            passages=tuple(line for report in reports for line in report.split("\n") if line.strip()),
        )  # fmt: skip

    return read_records(folder / "queries.jsonl", question)


def read_reading(root: Path, dataset: str, file: str) -> list[Question] | None:
    """A data set of the SQuAD form: each question with its one passage; `answers` are alternatives of one answer."""
    path = root / dataset / file
    return read_json(path, lambda whole: list(_reading(whole, dataset))) if path.parent.is_dir() else None


def _reading(whole: Any, dataset: str) -> Iterator[Question]:
    for document in whole["data"]:
        for paragraph in document["paragraphs"]:
            context = _string(paragraph, "context")
            for asked in paragraph["qas"]:
                if asked["question"] == "":  # cmrc2018_trial has one
                    continue
                texts = tuple(dict.fromkeys(a["text"].strip() for a in asked["answers"] if a["text"].strip()))
                answerable = not asked.get("is_impossible", False)
                if answerable and not texts:
                    raise ValueError(f"question {asked['id']} has no answer")
                yield Question(
                    str(asked["id"]), dataset, _string(asked, "question"), answerable, "fact",
                    (texts,) if answerable else (), texts if answerable else (),
                    gold=texts[:1] if answerable else (), source=context,
                    article=f"{dataset}-{_short_digest(context)}", passages=(context,),
                )  # fmt: skip


def squad_titles(root: Path) -> dict[str, str]:
    """The article's title by question id: XQuAD asks about the same articles under the same ids."""
    path = root / "squad2_zh" / "dev-v2.0-zh.json"
    if not path.is_file():
        return {}

    def titles(whole: Any) -> dict[str, str]:
        return {
            str(asked["id"]): str(document["title"])
            for document in whole["data"]
            for paragraph in document["paragraphs"]
            for asked in paragraph["qas"]
        }

    return read_json(path, titles)


def read_squad2(root: Path) -> list[Question] | None:
    """squad2_zh, the articles that the judge was not trained on."""
    titles = squad_titles(root)
    questions = read_reading(root, "squad2_zh", "dev-v2.0-zh.json")
    return questions and [q for q in questions if held_back("squad2_zh", titles[q.id])]


def read_robust(root: Path) -> list[Question] | None:
    """dureader_robust, the passages that the judge was not trained on."""
    questions = read_reading(root, "dureader_robust", "dev.json")
    return questions and [q for q in questions if held_back("dureader_robust", q.source)]


def reading_corpus(questions: Sequence[Question]) -> tuple[Article, ...]:
    """The questions' passages, each once, as articles."""
    sources = {q.article: q.source for q in questions if q.article}
    return tuple(
        make_article(id.rpartition("-")[0], id.rpartition("-")[2], source[:20].strip(), source.replace("\r", ""))
        for id, source in sources.items()
    )


def read_citecheck(root: Path) -> list[Pair] | None:
    path = root / "citecheck" / "dev.jsonl"

    def pair(record: Mapping[str, Any], _: int) -> Pair:
        label = str(record["label"])
        if label not in ("0", "1"):
            raise ValueError(f"label must be 0 or 1, not {label!r}")
        quote = re.sub(r"^\[\d+\]\s*", "", _string(record, "quote"))
        return Pair(str(record["idx"]), _string(record, "statement"), quote, label == "1", str(record.get("query", "")))

    return read_records(path, pair) if path.parent.is_dir() else None


def read_distractors(root: Path, count: int, seed: int) -> tuple[Article, ...] | None:
    """`count` articles of crud_news; 10,000 hold the 1,000 of the same seed."""
    folder = root / "crud_news"
    if not folder.is_dir():
        return None
    articles: dict[str, Article] = {}
    for path in sorted(folder.iterdir()):
        for line in read_text(path).split("\n"):
            body = line.partition("正文：")[2].strip()
            if body:
                digest = _short_digest(body)
                articles.setdefault(digest, make_article("crud_news", digest, body[:30], body))
    return tuple(sample(list(articles.values()), count, seed))


def _short_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


# ---- the pages ---------------------------------------------------------------------------------------------------


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
    kind, answerable = _string(record, "kind"), record["answerable"]
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
        _string(record, "id"), page, _string(record, "question"), answerable, kind, answers,
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


# Pages of the project whose questions the probe is fitted on (eval/probe.py): nothing is measured on them.
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
