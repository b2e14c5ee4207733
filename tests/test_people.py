"""Which words name a kind of people, and for whom a rule is."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.answering.for_whom import keep_theirs
from rag.datatypes import Hit, Kind, Passage, Vectors
from rag.models.people import PeopleReader, PeopleWeights, load_people, write_people
from rag.question.analysis import analyse
from rag.reading.passages import split_passages
from rag.settings import read_settings
from rag.setup import open_encoder
from rag.text.noun_phrases import NounPhrase, noun_phrases
from tests.fakes import make_article, told

# Words by what they are: the first three places of a vector are the classes, the others what tells people apart.
MEANINGS = {
    "学生": (0, 3), "大学生": (0, 3), "残疾人": (0, 4), "教师": (0, 5), "老师": (0, 5), "军人": (0, 6), "退役军人": (0, 7), "退伍军人": (0, 7),
    "现役军人": (0, 8), "辅导员": (0, 9), "快递员": (0, 10), "失业人员": (0, 11), "居民": (1, 12), "人员": (1, 12), "市民": (1, 12),
    "小孩": (0, 8), "老人": (0, 9), "特困人员": (0, 11), "子女": (1, 12), "港澳子女": (0, 3), "港澳居民": (0, 4), "随迁子女": (0, 5),
}  # fmt: skip


class WordTable:
    """A kind of people, anybody or a thing as MEANINGS says; what it does not say is a thing."""

    identity = "table"

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode_words(self, words: Sequence[str]) -> Vectors:
        self.encoded += words
        vectors = np.zeros((len(words), 14), dtype=np.float32)
        for row, word in enumerate(words):
            place, meaning = MEANINGS.get(word, (2, 13))
            vectors[row, place] = 0.5
            vectors[row, meaning] = 0.75**0.5
        return vectors


WEIGHTS = PeopleWeights(
    "table", np.eye(3, 14, dtype=np.float32), np.zeros(3, dtype=np.float32), same=0.82, same_noun=0.88
)


@pytest.fixture
def people() -> PeopleReader:
    return PeopleReader(WordTable(), WEIGHTS)


def test_nouns_stand_with_the_word_before_them() -> None:
    assert noun_phrases("快递员") == (NounPhrase("员", "", "快递"),)
    assert NounPhrase("人员", "失业") in noun_phrases("失业人员看病")
    assert NounPhrase("辅导员", acts=True) in noun_phrases("由辅导员审核")
    assert "民政局" not in [phrase.noun for phrase in noun_phrases("去民政局")]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("大学生坐公交车多少钱", ["大学生"]),
        ("快递员每年体检一次", ["快递员"]),
        ("失业人员看病", ["失业人员"]),
        ("居民和市民", []),
        ("公交车票价", []),
        ("由辅导员审核", []),
    ],
)
def test_the_kinds_of_people_that_a_text_names(people: PeopleReader, text: str, kinds: list[str]) -> None:
    assert [phrase.whole for phrase in people.kinds([text])[0]] == kinds


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("老师", "教师", True),
        ("大学生", "学生", True),  # a kind of them
        ("军人", "退役军人", True),
        ("退伍军人", "退役军人", True),
        ("现役军人", "退役军人", False),
        ("学生", "残疾人", False),
    ],
)
def test_the_same_people_in_other_words(people: PeopleReader, one: str, other: str, same: bool) -> None:
    assert people.are_same(NounPhrase(one), NounPhrase(other)) is same


def test_a_word_is_encoded_once() -> None:
    encoder = WordTable()
    reader = PeopleReader(encoder, WEIGHTS)
    first = reader.kinds(["大学生坐公交车", "大学生"])
    assert reader.kinds(["大学生坐公交车", "大学生"]) == first
    assert len(encoder.encoded) == len(set(encoder.encoded))


def test_weights_are_kept_for_the_encoder_that_they_were_fitted_for(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    write_people(WEIGHTS, {"told": 1}, path)
    reader = load_people(WordTable(), path)
    assert reader is not None
    assert [phrase.noun for phrase in reader.kinds(["大学生坐公交车"])[0]] == ["大学生"]
    write_people(replace(WEIGHTS, encoder="another"), {}, path)
    assert load_people(WordTable(), path) is None


def rule(title: str, *paragraphs: str, kind: Kind = Kind.POLICY) -> list[Passage]:
    return split_passages(make_article(title, *paragraphs, kind=kind))


FARE = "持证乘坐公交车，每次票价1元，按次收取。"
DISABLED = rule("残疾人乘车优待办法", f"残疾人{FARE}")
STUDENTS = rule("学生乘车优待办法", FARE)
EVERYBODY = rule("公交票价优待办法", f"市民{FARE}")
OF_EACH = rule("公交票价优待办法", f"残疾人{FARE}", f"教师{FARE}")
CHECKED = rule("公交票价优待办法", f"由辅导员审核后，{FARE}")
REPORT = rule("残疾人乘车更方便", f"市民{FARE}", kind=Kind.NEWS)
REPORTED = rule("乘车更方便", f"残疾人{FARE}", kind=Kind.NEWS)
CHILDREN = rule("港澳居民随迁子女乘车办法", FARE)
PUPILS = rule("在校学生乘车优待办法", FARE)
IN_NEED = rule("特困人员乘车优待办法", FARE)
HEADED = rule("公交票价优待办法", "残疾人", FARE, "教师", FARE)


@pytest.mark.parametrize(
    ("question", "passages", "kept"),
    [
        ("大学生坐公交车多少钱？", DISABLED, False),
        ("残疾人坐公交车多少钱？", DISABLED, True),
        ("坐公交车多少钱？", DISABLED, True),  # it names nobody
        ("居民坐公交车多少钱？", DISABLED, True),
        ("大学生和残疾人坐公交车多少钱？", DISABLED, True),
        ("大学生坐公交车多少钱？", STUDENTS, True),
        ("老师坐公交车多少钱？", STUDENTS, False),
        ("大学生坐公交车多少钱？", EVERYBODY, True),
        ("大学生坐公交车多少钱？", OF_EACH, False),
        ("老师坐公交车多少钱？", OF_EACH[1:], True),
        ("大学生坐公交车多少钱？", CHECKED, True),
        ("大学生坐公交车由谁审核？", DISABLED, False),
        ("大学生坐公交车由谁审核？", OF_EACH, True),  # whoever does it is the answer
        ("大学生坐公交车多少钱？", REPORT, True),  # people in a report's headline are those whom it is about
        ("大学生坐公交车多少钱？", REPORTED, False),
        ("港澳子女坐公交车多少钱？", CHILDREN, True),  # both words stand there
        ("小孩坐公交车多少钱？", PUPILS, True),  # everyday words for them
        ("小孩坐公交车多少钱？", DISABLED, False),
        ("五保老人坐公交车多少钱？", IN_NEED, True),
        ("五保老人坐公交车多少钱？", DISABLED, False),
        ("大学生坐公交车多少钱？", HEADED, False),
        ("教师坐公交车多少钱？", HEADED[-1:], True),
    ],
)
def test_a_rule_for_other_people_is_left_out(
    people: PeopleReader, question: str, passages: list[Passage], kept: bool
) -> None:
    hits = [told(passage, FARE) for passage in passages if FARE in passage.text]
    assert hits
    assert bool(keep_theirs(analyse(question), hits, people)) is kept


def test_without_a_reader_every_hit_stays() -> None:
    hits = [Hit(passage, 1.0, 1) for passage in DISABLED]
    assert keep_theirs(analyse("大学生坐公交车多少钱？"), hits, None) == hits


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "rule", "same"),
    [
        ("大学生坐公交车多少钱", "残疾人持优待证乘坐公交车", False),
        ("现役军人坐公交多少钱", "退役军人持优待证乘坐公交车", False),
        ("农民工培训补多少", "务工人员参加培训", True),
        ("小孩坐公交多高免票", "儿童免费乘坐公交车", True),
        ("快递小哥体检多少钱", "快递员每年体检一次", True),
    ],
)
def test_the_encoder_that_ships_tells_whom_a_rule_is_for(question: str, rule: str, same: bool) -> None:
    reader = load_people(open_encoder(read_settings()))
    assert reader is not None
    asked, meant = reader.kinds([question, rule])
    assert asked
    assert meant
    assert any(reader.are_same(one, other) for one in asked for other in meant) is same
