"""Reviewed answers -> evaluation cases in eval's page-question format, each article a page of its own.

    eval/pages/desk-<digest>.txt        the article as it was cited, its facts in front matter
    eval/questions/desk-<digest>.jsonl  the questions on it, `gold` as offsets into that page

What staff found supported becomes a question to answer; what should have been refused, and what was rightly refused
beside an article, becomes one to refuse. `partly`, `wrong source` and `out of date` do not tell what a right answer is:
they are counted, not exported.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from desk.drafts import FACTS, RULED
from desk.store.answers import KeptAnswer
from desk.verdicts import Verdict
from rag.datatypes import Article, Span, Status
from rag.reading.files import read_articles
from rag.text.normalization import normalize
from rag.text.quantity_check import extract_quantities, unsupported_quantities

LONGEST_WORDS = 30


@dataclass(frozen=True, slots=True)
class Exported:
    """How many cases were written on how many pages, and how many reviewed answers are no case."""

    cases: int
    pages: int
    left_out: int


def export_cases(
    reviewed: Iterable[KeptAnswer],
    find_article: Callable[[str, str], Article | None],
    out: Path,
    read_back: Callable[[Path, Path], Sequence[object]],
) -> Exported:
    """Write the cases below `out`. `find_article(id, text)` gives an article as it was cited (text "": of any text).

    `read_back(questions, page)` is eval's own reader: what it cannot read is an error here, not in the next evaluation.
    """
    pages: dict[str, tuple[Article, dict[str, dict[str, Any]]]] = {}
    left_out = 0
    for kept in reviewed:
        case = _case(kept, find_article)
        if case is None:
            left_out += 1
            continue
        article, values = case
        name = page_name(article)
        _, records = pages.setdefault(name, (article, {}))
        records.setdefault(values["question"], values)  # the newest verdict on a question holds
    for name, (article, records) in pages.items():
        page, questions = out / "pages" / f"{name}.txt", out / "questions" / f"{name}.jsonl"
        for path in (page, questions):
            path.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(page_text(article), "utf-8", newline="")
        lines = [json.dumps(values, ensure_ascii=False) for values in records.values()]
        questions.write_text("\n".join(lines) + "\n", "utf-8")
        assert len(read_back(questions, page)) == len(records)
    return Exported(sum(len(records) for _, records in pages.values()), len(pages), left_out)


def page_name(article: Article) -> str:
    return "desk-" + sha256(page_text(article).encode()).hexdigest()[:12]


def page_text(article: Article) -> str:
    """The article as a file that is read back as the same article: front matter, then a paragraph a block."""
    facts = {"title": article.title, "kind": article.kind.value}
    facts |= {name: getattr(article, name) for name in FACTS if getattr(article, name) and name not in RULED}
    front = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return f"---\n{front}\n---\n\n" + "\n\n".join(article.text[s.start : s.end] for s in article.paragraphs) + "\n"


def reads_back(article: Article) -> bool:
    """Whether the page gives the article again, word for word."""
    again = read_articles(page_text(article), "page.txt")
    return len(again) == 1 and (again[0].title, again[0].text) == (article.title, article.text)


def _case(
    kept: KeptAnswer, find_article: Callable[[str, str], Article | None]
) -> tuple[Article, dict[str, Any]] | None:
    """The page's article and the case on it, or None where the verdict makes none."""
    verdict, answer = kept.reviews[0].verdict, kept.answer
    cited = [citation for sentence in answer.sentences for citation in sentence.citations]
    if cited and verdict == Verdict.SUPPORTED and answer.status == Status.ANSWERED:
        article = find_article(cited[0].article_id, cited[0].article_text)
        if article is None or any(c.article_text != article.text for c in cited) or not reads_back(article):
            return None
        gold = [on_page(article, Span(c.start, c.end)) for c in cited]
        answers = [words for s in answer.sentences for words in required_words(s.text, [c.quote for c in s.citations])]
        if not answers:
            return None
        return article, _record(kept, "fact", article, answers, gold)
    refused = not cited and verdict == Verdict.SUPPORTED and answer.status in (Status.NO_EVIDENCE, Status.INSUFFICIENT)
    if (cited and verdict == Verdict.SHOULD_REFUSE) or (refused and kept.nearest):
        id, text = (cited[0].article_id, cited[0].article_text) if cited else (kept.nearest[0][0], "")
        article = find_article(id, text)
        if article is not None and reads_back(article):
            absent = answer.status == Status.NO_EVIDENCE
            return article, _record(kept, "unanswerable_absent" if absent else "unanswerable_covered", article, [], [])
    return None


def _record(
    kept: KeptAnswer, kind: str, article: Article, answers: list[list[str]], gold: list[Span]
) -> dict[str, Any]:
    return {
        "id": f"desk-{kept.answer.id}",
        "question": kept.standalone,
        "history": [],
        "kind": kind,
        "answerable": bool(gold),
        "article": article.title,
        "answers": answers,
        "gold": [list(span) for span in gold],
        "note": kept.reviews[0].note,
    }


def on_page(article: Article, span: Span) -> Span:
    """A span of the article's text, as offsets into its page: one more line break stands between two paragraphs."""
    text = page_text(article)
    start = len(text) - 1 - len(article.text) - (len(article.paragraphs) - 1)
    breaks = [paragraph.start for paragraph in article.paragraphs[1:]]
    return Span(
        start + span.start + sum(at <= span.start for at in breaks),
        start + span.end + sum(at < span.end for at in breaks),
    )


def required_words(statement: str, quotes: Sequence[str]) -> list[list[str]]:
    """What a right answer must hold: each figure that statement and quotes share; without any the longest words that
    they share. Each is a list of one alternative."""
    held = "\n".join(quotes)
    unsupported = unsupported_quantities(statement, held)
    figures = dict.fromkeys(f.text for f in extract_quantities(statement) if f.text not in unsupported)
    if figures:
        return [[figure] for figure in figures]
    plain, source = normalize(statement), normalize(held)
    stretches = (
        plain[start : start + length].strip(" ,.。，；;、")
        for start in range(len(plain))
        for length in range(min(LONGEST_WORDS, len(plain) - start), 1, -1)
        if plain[start : start + length] in source
    )
    longest = max(stretches, key=len, default="")
    return [[longest]] if len(longest) > 1 else []
