"""The measure of official documents: what a made file says, and what counts as read rightly. The record is invented."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.document_files import LAYOUTS, MadeFile, Record, make_file, read_document_records, typed, without_closing
from eval.documents import score_file
from eval.results import Share
from rag.datatypes import Article, Kind, Span

TEXT = "松溪市交通局关于调整票价的通知各区交通局：票价调整如下。一、每次2元。二、自5月起施行。松溪市交通局2026年4月2日抄送：市财政局。字号"
RECORD = Record("guangzhou_policies/1", "松溪市交通局关于调整票价的通知", "松溪市交通局", "松交发〔2026〕3号", "松交发〔2026〕3号", "2026-04-02", TEXT, Kind.POLICY)  # fmt: skip


def read_as(file: MadeFile, **changed: object) -> Article:
    text = "\n".join(file.body)
    article = Article("a", file.record.title, Kind.POLICY, "a.txt", text, (Span(0, len(text)),), number=file.number or None, published=file.date or None)  # fmt: skip
    return replace(article, **changed)  # type: ignore[arg-type]


def wrong(file: MadeFile, *articles: Article) -> set[str]:
    shares = score_file(file, articles).shares
    return {name.rsplit("/", 1)[1] for name, share in shares.items() if share.part < share.whole}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_a_file_says_is_what_is_asked_of_it(layout: str) -> None:
    file = make_file(RECORD, layout)
    assert RECORD.title in file.text
    assert all(line in file.text for line in (*file.furniture, file.number))
    assert wrong(file, read_as(file)) == set()


def test_every_fault_counts_in_its_own_measure() -> None:
    file = make_file(RECORD, "website")
    furniture = next(line for line in file.furniture if line != RECORD.title)
    right = read_as(file)
    assert wrong(file, replace(right, title="关注")) == {"title"}
    assert wrong(file, replace(right, kind=Kind.NEWS)) == {"kind"}
    assert wrong(file, replace(right, number="松交发〔2026〕4号")) == {"number"}
    assert wrong(file, replace(right, published=None)) == {"date"}
    assert wrong(file, replace(right, text=f"{right.text}\n{furniture}")) == {"without_furniture"}
    assert wrong(file, right, replace(right, text="附件")) == {"whole"}
    assert wrong(file, replace(right, text=right.text.replace("每次2元", ""))) == {"text_kept"}
    assert wrong(file) == {"whole", "title", "kind", "number", "date", "text_kept"}


def test_a_text_of_one_line_is_typed_with_the_line_ends_of_its_writer() -> None:
    assert typed(TEXT, RECORD.title).split("\n") == [
        "松溪市交通局关于调整票价的通知", "各区交通局：", "票价调整如下。", "一、每次2元。", "二、自5月起施行。", "松溪市交通局", "2026年4月2日", "抄送：市财政局。",
    ]  # fmt: skip


def test_a_text_that_is_signed_anew_loses_its_own_signature() -> None:
    long = TEXT.replace("一、", "请各区照办。" * 40 + "一、")
    assert without_closing(long).endswith("二、自5月起施行。")


def test_a_records_number_is_told_from_what_stands_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    records = [
        {"title": "票价办法", "issuer": "市交通局", "doc_no": "价办法松交发〔2026〕3号", "date": "2026-04-02", "text": "一。"},
        {"title": "乘车有新招", "issuer": "市交通局", "doc_no": "（政策宣传）", "text": "一。"},
    ]  # fmt: skip
    lines = "\n".join(json.dumps(record) for record in records)
    (tmp_path / "documents" / "guangzhou_policies.jsonl").write_text(lines, "utf-8")
    (rules, news), *others = read_document_records(tmp_path).values()
    assert others == []
    assert (rules.number, rules.kind, rules.date) == ("松交发〔2026〕3号", Kind.POLICY, "2026-04-02")
    assert (news.number, news.stated, news.kind, news.date) == ("", "（政策宣传）", None, "")


def test_the_measure_is_a_share() -> None:
    file = make_file(RECORD, "bare")
    assert score_file(file, [read_as(file)]).shares["documents/guangzhou_policies/whole"] == Share(1.0)
