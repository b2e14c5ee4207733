"""Suite policies: what a right answer is, where it must be cited, and that nothing of what is scored only is shown."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from eval_fakes import FakeSystem, enter_world, write_lines

from eval import policy_cases
from eval.__main__ import main
from eval.answer_cache import Asked, Quote, Said
from eval.data import Corpus, Question
from eval.data_sets import make_article
from eval.policy_answers import Outcome, crashes, is_cited, occurrences, range_of, score, seconds
from eval.policy_cases import Case, Library, Place, read_library
from eval.real_policies import PolicyDocument
from eval.results import Share
from rag.datatypes import Span

TEXT = "桃李桥补贴3元。申请人须满六十周岁；须有本县户籍。"
LIBRARY = Library(
    Corpus("n", (make_article("n", "0", "桃李", TEXT),)), {"n/0": TEXT}, {"n-0": frozenset({"n/0"})}
)  # fmt: skip
GOLD = Place("n/0", Span(8, 25))


def case(kind: str = "condition", held: bool = False, told: bool = True) -> Case:
    answers = (("六十", "60"), ("户籍",)) if told else ()
    question = Question("q", "citizens", "要什么条件", told, kind, answers, gold=(TEXT[8:25],) if told else ())
    return Case(question, ((GOLD,),) if told else (), held)


def answer(text: str, quote: str = TEXT, article: str = "n-0") -> Asked:
    return Asked("citizens/q", "answered", (Said(text, (Quote(1, article, "桃李", "桃李", quote),)),), seconds=2.0)


def shares(asked: Asked, of: Case | None = None) -> dict[str, Share]:
    """The shares of the kind, which are those of the whole group."""
    scored = score(Outcome(of or case(), asked, LIBRARY))
    kinds: dict[str, dict[str, Share]] = {}
    for name, share in scored.shares.items():
        kind, _, measure = name.removeprefix("policies/citizens/read/").partition("/")
        kinds.setdefault(kind, {})[measure] = share
    whole = kinds.pop("all")
    assert list(kinds.values()) == [whole]
    return whole


def test_an_answer_is_right_when_every_item_is_told() -> None:
    whole = shares(answer("须满六十周岁；须有本县户籍。"))
    assert whole["right"] == whole["items_told"] == Share(1.0)
    half = shares(answer("须满六十周岁"))
    assert (half["right"], half["items_told"]) == (Share(0.0), Share(0.5))
    assert half["characters"] == Share(6.0)
    assert half["characters_to_gold"] == Share(6.0, 17.0)


def test_only_what_has_items_is_told_in_part() -> None:
    assert "items_told" not in shares(answer("须满六十周岁"), case("fact"))


def test_a_refusal_of_what_is_told_is_wrong_and_has_no_length() -> None:
    refused = shares(Asked("citizens/q", "insufficient", note="没有说"))
    assert (refused["right"], refused["false_refusals"]) == (Share(0.0), Share(1.0))
    assert "characters" not in refused


def wrong_by(asked: Asked, of: Case | None = None) -> list[str]:
    return [name.removeprefix("wrong/") for name, share in shares(asked, of).items() if share.part and "wrong/" in name]


@pytest.mark.parametrize(
    ("asked", "cause"),
    [
        (answer("须满六十周岁；须有本县户籍。"), []),
        (Asked("citizens/q", "no_evidence"), ["refused_no_article"]),
        (Asked("citizens/q", "insufficient"), ["refused_not_told"]),
        (Asked("citizens/q", "blocked"), ["refused_otherwise"]),
        (Asked("citizens/q", "error", error="KeyError: 'x'"), ["refused_otherwise"]),
        (answer("补贴3元", "桃李桥补贴3元。"), ["elsewhere"]),
        (answer("须满六十周岁"), ["words"]),
    ],
)
def test_what_is_wrong_has_one_cause_and_what_is_right_none(asked: Asked, cause: list[str]) -> None:
    assert wrong_by(asked) == cause


def test_of_two_places_one_alone_is_told_in_part() -> None:
    two = replace(case(), gold=((Place("n/0", Span(0, 8)),), (GOLD,)))
    assert wrong_by(answer("须满六十周岁", "申请人须满六十周岁；"), two) == ["in_part"]


def test_what_is_not_told_is_to_be_refused_and_a_crash_is_no_refusal() -> None:
    untold = case("untold", told=False)
    assert shares(Asked("citizens/q", "no_evidence"), untold)["refused"] == Share(1.0)
    assert shares(answer("须满六十周岁"), untold)["refused"] == Share(0.0)
    crashed = shares(Asked("citizens/q", "error", error="KeyError: 'x'"), untold)
    assert (crashed["refused"], crashed["crashed"]) == (Share(0.0), Share(1.0))


def test_a_figure_that_is_not_in_the_quote_is_unsupported() -> None:
    assert shares(answer("补贴3元。"))["unsupported"] == Share(0.0)
    assert shares(answer("补贴8元。"))["unsupported"] == Share(1.0)


def test_a_citation_counts_where_it_overlaps_the_gold_and_in_its_document_alone() -> None:
    assert is_cited(GOLD, answer("", "申请人须满六十周岁；"), LIBRARY)
    assert not is_cited(GOLD, answer("", "桃李桥补贴3元。"), LIBRARY)
    assert not is_cited(GOLD, answer("", "申请人须满六十周岁；", "another-0"), LIBRARY)


def test_a_place_is_found_among_its_equals_by_where_it_stands() -> None:
    text = "补3元。\n再补3元。"
    assert occurrences("补3元", text) == [(0, 3), (4, 7)]
    assert range_of(Place("n/0", Span(6, 9)), text) == (4, 7)
    assert range_of(Place("n/0", Span(0, 3)), text) == (0, 3)


def test_a_document_that_is_read_as_two_articles_is_both() -> None:
    torn = PolicyDocument("n/0", "桃李桥通知", "桃李桥补贴3元。\n梅杏桥补贴5元。")
    library = read_library("n", [torn], FakeSystem().parse)
    assert [article.text for article in library.corpus.articles] == ["桃李桥通知", "桃李桥补贴3元。", "梅杏桥补贴5元。"]
    assert set(library.read_from.values()) == {frozenset({"n/0"})}


def test_seconds_are_of_the_first_sentence_and_of_the_whole_answer() -> None:
    figures = seconds([Outcome(case(), answer("须满六十周岁"), LIBRARY)])
    assert [(f.name.rpartition("/")[2], f.value, f.count) for f in figures] == [
        ("whole_answer_p50_seconds", 2.0, 1),
        ("whole_answer_p95_seconds", 2.0, 1),
    ]


def test_of_what_is_scored_only_a_crash_is_told_without_its_words() -> None:
    crashed = Asked("citizens/q", "error", error="ValueError: 要什么条件")
    (held,) = crashes([Outcome(case(held=True), crashed, LIBRARY)])
    (read,) = crashes([Outcome(case(), crashed, LIBRARY)])
    assert held == "citizens/held: crashed: ValueError"
    assert read == "citizens/read: citizens/q crashed: ValueError: 要什么条件"


# ---- the command -------------------------------------------------------------------------------------------------

ASKED = {"read": "桃李桥工程投资多少？", "held": "梅杏桥工程投资多少？"}
FACTS = {"read": "桃李桥工程投资1203万元。", "held": "梅杏桥工程投资1351万元。"}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A document with a question of each half, of either file."""
    enter_world(tmp_path, monkeypatch)
    text = "\n".join(FACTS.values())
    record = {"title": "桥梁通报", "issuer": "云河市", "doc_no": "", "text": text}
    write_lines(tmp_path / "shared" / "evaldata" / "documents" / "guangzhou_policies.jsonl", [record])
    place = {"title": "桥梁通报", "file": "guangzhou_policies.jsonl", "line": 0}
    lines = [
        {"id": half, "kind": "fact", "question": ASKED[half], "history": [], "document": place, "answer": "", "half": half,
         "gold": [[start := text.index(fact), start + len(fact)]], "must": [fact[7:-1]]}
        for half, fact in FACTS.items()
    ]  # fmt: skip
    write_lines(tmp_path / "citizens.jsonl", lines)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    ours = [
        {"id": f"o{i}", "kind": "fact", "question": ASKED["read"], "history": [], "document": "guangzhou_policies/0",
         "digest": digest, "gold": [[[0, len(FACTS["read"])]]], "answers": [["1203万元"]]}
        for i in range(4)
    ]  # fmt: skip
    write_lines(tmp_path / "questions.jsonl", ours)
    monkeypatch.setattr(policy_cases, "CITIZENS", tmp_path / "citizens.jsonl")
    monkeypatch.setattr(policy_cases, "QUESTIONS", tmp_path / "questions.jsonl")
    return tmp_path


def reports(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.glob("policies-*")}


def test_the_halves_are_measured_apart_with_intervals(world: Path) -> None:
    assert main(["policies", "--only", "citizens/read,citizens/held", "--out", str(world / "out")], FakeSystem()) == 0
    written = reports(world / "out")
    (summary,) = (json.loads(text) for name, text in written.items() if name.endswith(".json"))
    for half in ("read", "held"):
        right = summary["figures"][f"policies/citizens/{half}/fact/right"]
        assert right == {"value": 1.0, "n": 1, "interval": [0.2065, 1.0]}
        assert summary["figures"][f"policies/citizens/{half}/all/gold_cited"]["value"] == 1.0
    assert all(name.startswith("policies-citizens-read-citizens-held-") for name in written)


def test_no_report_shows_anything_of_the_half_that_is_scored_only(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policies", "--out", str(world / "out")], FakeSystem(never_refuse=True)) == 0
    printed = capsys.readouterr()
    everything = "".join(reports(world / "out").values()) + printed.out + printed.err
    assert FACTS["read"] in everything
    assert "policies:citizens/read" in everything
    assert "policies:citizens/held" not in everything
    for words in (ASKED["held"], FACTS["held"], "1351"):
        assert words not in everything


def test_follow_ups_need_no_data_but_the_project(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENCE_EVALDATA", str(world / "nowhere"))
    system = FakeSystem()
    assert main(["policies", "--limit", "2", "--out", str(world / "out")], system) == 0
    assert system.asked == 8
    (summary,) = (json.loads(text) for name, text in reports(world / "out").items() if name.endswith(".json"))
    assert summary["not_run"]["policies/ours/held"] == "the policies' documents are absent"
    assert {name.split("/")[1] for name in summary["figures"]} == {"follow_ups", "standalone"}


def test_a_limit_is_of_each_group_and_every_turn_is_asked_twice(world: Path) -> None:
    system = FakeSystem()
    only = "follow_ups/read,follow_ups/held,standalone/read,standalone/held"
    assert main(["policies", "--only", only, "--out", str(world / "out")], system) == 0
    assert system.asked == 120


def test_the_gate_does_not_ask_them(world: Path) -> None:
    main(["gate", "--limit", "2", "--out", str(world / "out")], FakeSystem())
    (summary,) = (json.loads(path.read_text("utf-8")) for path in (world / "out").glob("gate-*.json"))
    suites = {name.split("/")[0] for name in (*summary["figures"], *summary["not_run"])}
    assert suites == {"parse", "retrieval", "answers", "citations", "speed"}
