"""A small world for the evaluation's tests: a page, data sets and a system that reads them by rules, and five ways to
make that system worse."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from eval import answers, gate, page_sets, speed
from eval.data import Corpus
from eval.data_sets import make_article
from eval.systems import Generation, History, Method
from rag.datatypes import Answer, Article, Citation, Evidence, Hit, Kind, Passage, Progress, Sentence, Span, Status

# Names that differ in the order of their signs only: single signs cannot tell them apart, pairs of signs can.
NAMES = ["".join(pair) for pair in itertools.permutations("桃李梅杏", 2)]
QUESTION = "{name}桥工程投资多少？"
FACT = "{name}桥工程投资{amount}万元。"


def amount(number: int) -> int:
    return 1203 + 37 * number


def facts() -> list[str]:
    return [FACT.format(name=name, amount=amount(i)) for i, name in enumerate(NAMES)]


def bigrams(text: str) -> Counter[str]:
    return Counter(text[i : i + 2] for i in range(len(text) - 1))


@dataclass
class FakeSearcher:
    passages: Sequence[Passage]
    without_lexical: bool = False
    unranked: bool = False

    def search(self, query: str, top_k: int, method: Method) -> list[Hit]:
        def dense(passage: Passage) -> float:
            return float((Counter(query) & Counter(passage.text)).total())

        def lexical(passage: Passage) -> float:
            return float((bigrams(query) & bigrams(passage.text)).total())

        def fused(passage: Passage) -> float:
            return dense(passage) + (0 if self.without_lexical else lexical(passage))

        scores = {"dense": dense, "lexical": lexical, "fused": fused, "judged": fused}
        score = scores[method]
        ordered = sorted(self.passages, key=lambda p: -score(p))[:top_k]
        if self.unranked:
            ordered.reverse()
        return [Hit(passage, score(passage), rank) for rank, passage in enumerate(ordered, start=1)]


@dataclass
class FakeSystem:
    """Quotes the best passage, or refuses when the name asked about does not stand in it."""

    settings: str = "fake"
    without_lexical: bool = False
    cite_wrong: bool = False
    never_refuse: bool = False
    change_digit: bool = False
    unranked: bool = False
    crash_on: str = ""
    asked: int = 0

    def parse(self, page: Path) -> Sequence[Article]:
        lines = page.read_text("utf-8").split("\n")
        return [make_article(page.stem, str(i), line[:3], line, Kind.NEWS) for i, line in enumerate(lines) if line]

    def searcher(self, corpus: Corpus) -> FakeSearcher:
        passages = [Passage(f"{a.id}#0", a, Span(0, len(a.text))) for a in corpus.articles]
        return FakeSearcher(passages, self.without_lexical, self.unranked)

    def asker(self, corpus: Corpus) -> "FakeAsker":
        return FakeAsker(self, self.searcher(corpus).passages)

    def support(self, statement: str, quote: str) -> float:
        return 0.9 if statement in quote else 0.1

    def time_indexing(self, corpus: Corpus, most: int) -> tuple[int, float]:
        return 10, 2.0

    def time_generation(self, prompt: str, tokens: int) -> Generation | None:
        return Generation(100, 2.0, 30, 1.0)

    def time_plain_generation(self, prompt: str, tokens: int) -> Generation | None:
        return Generation(100, 4.0, 30, 10.0)

    def disk(self) -> Mapping[str, int]:
        return {"models": 2_000_000}


@dataclass
class FakeAsker:
    system: FakeSystem
    passages: Sequence[Passage]

    def ask(self, question: str, history: History = ()) -> Answer:
        return self._answer(question, self.passages)

    def ask_over(self, question: str, passages: Sequence[str]) -> Answer:
        articles = [make_article("given", str(i), text[:3], text) for i, text in enumerate(passages)]
        return self._answer(question, [Passage(f"{a.id}#0", a, Span(0, len(a.text))) for a in articles])

    def stream(self, question: str, history: History = ()) -> Iterator[Progress | Sentence | Answer]:
        answer = self.ask(question, history)
        yield Progress("searching")
        yield from answer.sentences
        yield answer

    def _answer(self, question: str, passages: Sequence[Passage]) -> Answer:
        self.system.asked += 1
        if self.system.crash_on and self.system.crash_on in question:
            raise RuntimeError("out of order")
        best = max(passages, key=lambda p: (bigrams(question) & bigrams(p.text)).total())
        if not self.system.never_refuse and question[:2] not in best.text:
            return Answer(Status.INSUFFICIENT, question, question, note="文章没有说。", evidence=evidence(best, 0.1))
        cited = passages[(passages.index(best) + 1) % len(passages)] if self.system.cite_wrong else best
        text = best.text.translate(str.maketrans("0123", "4567")) if self.system.change_digit else best.text
        sentence = Sentence(text, (Citation(1, cited, cited.span),))
        return Answer(Status.ANSWERED, question, question, (sentence,), evidence=evidence(best, 0.9))


def evidence(passage: Passage, score: float) -> tuple[Evidence, ...]:
    return (Evidence(passage, passage.span, score),)


def write_lines(path: Path, records: Sequence[object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")


def write_world(root: Path) -> None:
    """A page with questions and gold, and ncp_policy, dragonball and citecheck; the other data sets are absent."""
    page = root / "index" / "articles" / "yunhe-daily-page.txt"
    page.parent.mkdir(parents=True)
    page.write_text("\n".join(facts()), "utf-8")
    write_lines(root / "eval" / "questions" / f"{page.stem}.jsonl", page_questions("\n".join(facts())))
    gold = root / "eval" / "gold" / f"{page.stem}.json"
    gold.parent.mkdir(parents=True)
    gold.write_text(json.dumps(page_gold("\n".join(facts())), ensure_ascii=False), "utf-8")
    write_policy(root / "shared" / "evaldata" / "ncp_policy")
    write_dragonball(root / "shared" / "evaldata" / "dragonball")
    pairs = [
        {
            "idx": str(i),
            "statement": fact if i % 2 else "别的话。",
            "quote": f"[1] {fact}",
            "label": str(i % 2),
            "query": f"q{i}",
        }
        for i, fact in enumerate(facts())
    ]
    write_lines(root / "shared" / "evaldata" / "citecheck" / "dev.jsonl", pairs)
    (root / "eval" / "thresholds.toml").write_text(
        "[parse.pages]\narticle_recall = { min = 1.0 }\n[answers.pages]\nunsupported_figures = { max = 0.0 }\n", "utf-8"
    )


def page_questions(text: str) -> list[dict[str, object]]:
    records: list[dict[str, object]] = []
    for i, (name, fact) in enumerate(zip(NAMES, facts(), strict=True)):
        start = text.index(fact)
        records.append(
            {"id": f"p{i}", "question": QUESTION.format(name=name), "history": [], "kind": "figure", "answerable": True,
             "article": fact[:3], "answers": [f"{amount(i)}万元"], "gold": [[start, start + len(fact)]], "note": ""}
        )  # fmt: skip
    for i in range(8):
        records.append(
            {"id": f"u{i}", "question": f"松柏{i}桥工程投资多少？", "history": [], "kind": "unanswerable_covered",
             "answerable": False, "article": None, "answers": [], "gold": [], "note": ""}
        )  # fmt: skip
    return records


def page_gold(text: str) -> dict[str, object]:
    nothing = dict.fromkeys(("kicker", "subtitle", "section", "speaker", "speaker_role", "reporter", "published"))
    articles = []
    for fact in facts():
        start = text.index(fact)
        articles.append({"title": fact[:3], "kind": "news", **nothing, "paragraphs": [[[start, start + len(fact)]]]})
    return {"page": "yunhe-daily-page.txt", "articles": articles}


def write_policy(folder: Path) -> None:
    titles = [f"关于{name}桥的通知 {fact}" for name, fact in zip(NAMES, facts(), strict=True)]
    write_lines(folder / "articles.jsonl", [{"docid": f"d{i}", "text": text} for i, text in enumerate(titles)])
    asked = [
        {"id": f"a{i}", "docid": f"d{i}", "question": QUESTION.format(name=name), "answer": f"{amount(i)}万元"}
        for i, name in enumerate(NAMES)
    ]
    write_lines(folder / "answerable.jsonl", asked)
    absent = [{"id": f"x{i}", "docid": "none", "question": f"松柏{i}桥何时通车？", "answer": "明年"} for i in range(8)]
    write_lines(folder / "unanswerable.jsonl", absent)


def write_dragonball(folder: Path) -> None:
    write_lines(folder / "articles.jsonl", [{"doc_id": 1, "content": "\n".join(facts())}])

    def query(number: int, text: str, kind: str, references: list[str]) -> dict[str, object]:
        truth = {"doc_ids": [1], "content": "".join(references) or "无法回答", "references": references,
                 "keypoints": [f"1. {r}" for r in references]}  # fmt: skip
        return {"query": {"query_id": number, "query_type": kind, "content": text}, "ground_truth": truth}

    answerable = [
        query(i, QUESTION.format(name=name), "事实性问题", [fact])
        for i, (name, fact) in enumerate(zip(NAMES, facts(), strict=True))
    ]
    write_lines(folder / "queries.jsonl", [*answerable, query(90, "松柏桥工程投资多少？", "无关无解问", [])])


def enter_world(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the world and make the evaluation read it in place of the project's own files."""
    write_world(root)
    sample = root / "index" / "articles" / "yunhe-daily-page.txt"
    monkeypatch.setenv("WENCE_EVALDATA", str(root / "shared" / "evaldata"))
    monkeypatch.setattr(page_sets, "HERE", root / "eval")
    for module in (page_sets, answers, speed):
        monkeypatch.setattr(module, "SAMPLE_PAGE", sample)
    monkeypatch.setattr(gate, "THRESHOLDS", root / "eval" / "thresholds.toml")
    monkeypatch.setattr(gate, "BASELINE", root / "eval" / "baselines" / "gate.json")
    return root
