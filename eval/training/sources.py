"""Readers of the data sets whose licences let shipped weights be trained on them (../shared/evaldata/README.md)."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from eval.data import read_records
from eval.data_sets import held_back, read_reading
from eval.training.examples import Asking, Example, short, supporting
from rag.answering.prompts import NumberedText
from rag.text.normalization import bigrams, normalize, split_sentences

READING_SETS = (
    "cmrc2018_train",
    "dureader_checklist_train",
    "drcd_train_part",
    "crud_news_questions",
    "dureader_robust_train_part",
)
LONGEST_ANSWER = 160  # characters; longer ones copy paragraphs
DATED = re.compile(r"^[\d年月日:\- ]{8,24}，正文：\s*")


def reading_sets(root: Path) -> list[Asking]:
    """The data sets of the SQuAD form, the questions of one passage together, in Simplified characters."""
    made: list[Asking] = []
    for name in READING_SETS:
        by_passage: dict[str, list[Mapping[str, Any]]] = {}
        for record in read_records(root / "train" / f"{name}.jsonl", lambda record, _: record):
            by_passage.setdefault(str(record["passage"]), []).append(record)
        for passage, records in by_passage.items():
            made += _asking(name, passage, records)
    return made


def _asking(name: str, passage: str, records: Sequence[Mapping[str, Any]]) -> Iterator[Asking]:
    simplify = _simplified if name.startswith("drcd") else str
    cleaned = DATED.sub("", simplify(passage))
    reading = NumberedText.of(cleaned)
    examples = []
    for record in records:
        question = simplify(str(record["question"])).strip()
        if not record["answerable"]:
            examples.append(Example(question, "", (), "untold"))
            continue
        raw = simplify(str(record["answers"][0]))
        start = cleaned.find(raw, max(0, int(record["start"]) - (len(passage) - len(cleaned)) - 2))
        answer = short(raw)
        if start < 0 or not answer or len(answer) > LONGEST_ANSWER:
            continue
        if numbers := supporting(reading, cleaned, start, raw):
            examples.append(Example(question, answer, numbers, "told"))
    if examples and reading.sentences:
        yield Asking(name, reading, tuple(examples))


def robust(root: Path) -> list[Asking]:
    """DuReader-robust's development questions on passages that are not kept for measuring."""
    questions = read_reading(root, "dureader_robust", "dev.json") or []
    made: list[Asking] = []
    for q in questions:
        if not held_back("dureader_robust", q.source):
            record = {"question": q.text, "answers": [q.gold[0]], "start": q.source.find(q.gold[0]), "answerable": True}
            made += _asking("dureader_robust", q.source, [record])
    return made


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def _simplified(text: str) -> str:
    return str(_converter().convert(text))


def finance(root: Path) -> list[Asking]:
    """Choices that the financial news supports, as questions with their answer."""
    by_passage: dict[str, list[Example]] = {}
    readings: dict[str, NumberedText] = {}
    for record in read_records(root / "train" / "finance_options.jsonl", lambda record, _: record):
        question, mark, option = str(record["hypothesis"]).partition("？ ")
        if record["label"] != "entailment" or not mark:
            continue
        passage = str(record["premise"])
        reading = readings.setdefault(passage, NumberedText.of(passage))
        bare = normalize(option.strip("。"))
        support = [n for n, s in enumerate(reading.sentences, 1) if bare in normalize(s)]
        if support:
            by_passage.setdefault(passage, []).append(
                Example(question + "？", option.strip("。"), tuple(support[:1]), "told")
            )
    return [Asking("finance_options", readings[p], tuple(e)) for p, e in by_passage.items()]


LONGEST_CLAUSE = 110
BEARS = 0.5  # share of a sentence's pairs of characters that question and lawyer's answer must hold


def law(root: Path, seed: int) -> list[Asking]:
    """Lay questions of law among statutes: the sentence of the right one that says most of what a lawyer answered, or, in a
    quarter, statutes of which none was chosen as answering."""
    rng = random.Random(seed)
    made = []
    for record in read_records(root / "train" / "law_ranking.jsonl", lambda record, _: record):
        positives = [str(text) for text in record.get("positives", [record["positive"]])]
        others = [str(text) for text in record["negatives"]]
        question = str(record["question"]).strip()
        if rng.random() < 0.25:
            text = "\n".join(rng.sample(others, min(3, len(others))))
            made.append(Asking("law_ranking", NumberedText.of(text), (Example(question, "", (), "untold"),)))
            continue
        texts = [positives[0], *rng.sample(others, min(rng.randint(1, 2), len(others)))]
        rng.shuffle(texts)
        reading = NumberedText.of("\n".join(texts))
        said = set(bigrams(question + str(record["answer"])))
        inside = {" ".join(positives[0][s.start : s.end].split()) for s in split_sentences(positives[0])}
        scored = [
            (sum(g in said for g in grams) / len(grams), number, sentence)
            for number, sentence in enumerate(reading.sentences, 1)
            if sentence in inside and 14 <= len(sentence) <= LONGEST_CLAUSE and (grams := set(bigrams(sentence)))
        ]
        if scored and (best := max(scored))[0] >= BEARS:
            example = Example(question, short(best[2]), (best[1],), "told_law")
            made.append(Asking("law_ranking", reading, (example,)))
    return made
