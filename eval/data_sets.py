"""Reads the data sets of ../shared/evaldata (its README.md says what each is). None of it is kept in the project.

A data set that is not there is None, never an error: the suites report its measures as not run.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.data import Question, read_json, read_records, read_text, sample, string_in
from rag.datatypes import Article, Kind, Span

# Of the data that the judge is trained on (eval/training/judge), the share that is kept for measuring: whole articles (squad2_zh),
# passages (dureader_robust) or questions (citecheck), chosen by their hash. What is not named here is never trained on,
# or never measured.
HELD_BACK = {"squad2_zh": 0.3, "dureader_robust": 0.4, "citecheck": 0.4}


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


def held_back(dataset: str, group: str) -> bool:
    """Whether the group (an article's title, a passage, a question) is kept for measuring."""
    first = hashlib.sha256(f"held back\0{dataset}\0{group}".encode()).digest()
    return int.from_bytes(first[:4], "big") / 2**32 < HELD_BACK[dataset]


def make_article(dataset: str, number: str, title: str, text: str, kind: Kind = Kind.NEWS) -> Article:
    """An article of a data set; every line is a paragraph."""
    spans = tuple(Span(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text))
    return Article(f"{dataset}-{number}", title, kind, f"{dataset}/{number}", text, spans)


def policy_article(record: Mapping[str, Any], _: int = 0) -> Article:
    """The title is what stands before the first blank; a blank after a sentence's end separates paragraphs."""
    text = string_in(record, "text")
    head, blank, rest = text.partition(" ")
    title, body = (head, rest.strip()) if blank and len(head) <= 60 and rest.strip() else (text[:30], text)
    lines = re.sub(r"(?<=[。！？”）]) (?=\S)", "\n", body)
    return make_article("ncp_policy", string_in(record, "docid"), title, lines, Kind.POLICY)


def read_policy(root: Path) -> Policy | None:
    folder = root / "ncp_policy"
    if not folder.is_dir():
        return None
    articles = read_records(folder / "articles.jsonl", policy_article)
    sources = {article.id: article.text for article in articles}

    def question(record: Mapping[str, Any], answerable: bool) -> Question:
        answer, article = string_in(record, "answer").strip(), f"ncp_policy-{string_in(record, 'docid')}"
        if answerable and article not in sources:
            raise ValueError(f"no article {article}")
        told = Question(string_in(record, "id"), "ncp_policy", string_in(record, "question"), answerable, kind="absent")
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
        read_records(folder / "articles.jsonl", lambda record, _: (int(record["doc_id"]), string_in(record, "content")))
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
            f"{query['query_id']}", "dragonball", string_in(query, "content"), answerable, query["query_type"],
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
            context = string_in(paragraph, "context")
            for asked in paragraph["qas"]:
                if asked["question"] == "":  # cmrc2018_trial has one
                    continue
                texts = tuple(dict.fromkeys(a["text"].strip() for a in asked["answers"] if a["text"].strip()))
                answerable = not asked.get("is_impossible", False)
                if answerable and not texts:
                    raise ValueError(f"question {asked['id']} has no answer")
                yield Question(
                    str(asked["id"]), dataset, string_in(asked, "question"), answerable, "fact",
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
        quote = re.sub(r"^\[\d+\]\s*", "", string_in(record, "quote"))
        return Pair(
            str(record["idx"]), string_in(record, "statement"), quote, label == "1", str(record.get("query", ""))
        )

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
