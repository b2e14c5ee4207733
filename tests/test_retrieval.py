from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder, FakeJudge, TableEncoder, make_article, make_passage

from rag.datatypes import Hit
from rag.search.index import build_index, open_index
from rag.search.retrieval import GIVEN_JUDGED, Retriever, article_order, fuse, rank_given, z_scores

BRIDGE, ROAD = make_article("甲", "桥通了"), make_article("乙", "路修好")
TABLE = TableEncoder({"桥通了": (1.0, 0.0), "路修好": (0.6, 0.8), "路修": (0.8, 0.6), "桥通": (0.8, 0.6)})


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


@pytest.fixture
def retriever(tmp_path: Path) -> Retriever:
    build_index([BRIDGE, ROAD], tmp_path / "index", TABLE, tmp_path / "vectors.sqlite")
    return Retriever(open_index(tmp_path / "index", "table"), TABLE)


def test_z_scores_are_distances_from_the_mean_in_deviations() -> None:
    # mean 4, deviation sqrt((4 + 0 + 4) / 3)
    assert z_scores(floats(2, 4, 6)).tolist() == pytest.approx([-1.2247449, 0, 1.2247449], abs=1e-6)


def test_z_scores_of_equal_values_are_zeros() -> None:
    assert z_scores(floats(3, 3)).tolist() == [0, 0]


def test_z_scores_of_nothing_are_nothing() -> None:
    assert z_scores(floats()).tolist() == []


def test_fusing_weighs_cosine_7_to_3_whatever_the_scales() -> None:
    assert fuse(floats(0.2, 0.4), floats(30, 10)).tolist() == pytest.approx([-0.4, 0.4], abs=1e-5)


def test_two_that_agree_add_up() -> None:
    assert fuse(floats(0.2, 0.4), floats(10, 30)).tolist() == pytest.approx([-1.0, 1.0], abs=1e-5)


def test_dense_hits_carry_cosines_best_first(retriever: Retriever) -> None:
    hits = retriever.search("桥通", method="dense")
    assert [(hit.passage.id, hit.rank) for hit in hits] == [("乙#0", 1), ("甲#0", 2)]
    assert [hit.score for hit in hits] == pytest.approx([0.96, 0.8], abs=1e-6)


def test_lexical_hits_are_those_that_share_a_bigram(retriever: Retriever) -> None:
    assert [hit.passage.id for hit in retriever.search("桥通", method="lexical")] == ["甲#0"]


def test_fused_scores_of_two_that_disagree(retriever: Retriever) -> None:
    hits = retriever.search("桥通")
    assert [hit.passage.id for hit in hits] == ["乙#0", "甲#0"]
    assert [hit.score for hit in hits] == pytest.approx([0.4, -0.4], abs=1e-4)


def test_fused_scores_of_two_that_agree(retriever: Retriever) -> None:
    assert [hit.score for hit in retriever.search("路修")] == pytest.approx([1.0, -1.0], abs=1e-4)


def test_no_more_hits_than_asked_for(retriever: Retriever) -> None:
    assert [hit.rank for hit in retriever.search("桥通", top_k=1)] == [1]


def test_the_best_cosine_is_that_of_the_nearest_passage(retriever: Retriever) -> None:
    assert retriever.best_cosine("桥通") == pytest.approx(0.96, abs=1e-6)


def test_the_title_finds_a_passage_that_does_not_say_it(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    build_index([make_article("青石大桥", "昨日建成。"), ROAD], tmp_path / "index", encoder, tmp_path / "v.sqlite")
    (best,) = Retriever(open_index(tmp_path / "index", "fake"), encoder).search("青石大桥", top_k=1)
    assert best.passage.text == "昨日建成。"


def test_given_passages_are_ranked_without_an_index() -> None:
    hits, cosine = rank_given("路修", [make_passage("桥通了", "甲"), make_passage("路修好", "乙")], TABLE)
    assert [(hit.passage.id, hit.rank) for hit in hits] == [("乙#0", 1), ("甲#0", 2)]
    assert cosine == pytest.approx(0.96, abs=1e-6)


def test_one_given_passage_is_ranked_first() -> None:
    hits, cosine = rank_given("路修", [make_passage("桥通了", "甲")], TABLE)
    assert [hit.rank for hit in hits] == [1]
    assert cosine == pytest.approx(0.8, abs=1e-6)


def test_what_stands_beside_a_passage_of_the_topic_is_ranked_behind_it() -> None:
    texts = {"甲": "渡口停用", "乙": "票价2元", "丙": "明年通三座桥", "丁": "未来展望方面继续修路"}
    passages = [make_passage(text, id) for id, text in texts.items()]
    alone, _ = rank_given("未来展望", passages, FakeEncoder(), FakeJudge())
    beside, _ = rank_given("未来展望", passages, FakeEncoder(), FakeJudge(), neighbours=0.35)
    assert [hit.passage.id for hit in alone] == ["丁#0", "甲#0", "乙#0", "丙#0"]
    assert [hit.passage.id for hit in beside] == ["丁#0", "丙#0", "甲#0", "乙#0"]


def test_a_part_that_is_no_hit_gains_from_the_one_beside_it_and_is_not_read() -> None:
    others = [make_passage(f"渡口停用{n}天", f"未来展望{n}") for n in range(GIVEN_JUDGED)]
    passages = [*others, make_passage("未来展望方面继续修路", "丁"), make_passage("明年通三座桥", "戊")]
    hits, _ = rank_given("未来展望", passages, FakeEncoder(), FakeJudge(), neighbours=0.35)
    assert len(hits) == GIVEN_JUDGED + 2
    assert next(hit.reading for hit in hits if hit.passage.id == "戊#0") is None


def test_no_given_passages_have_no_rank() -> None:
    assert rank_given("路修", [], TABLE) == ([], 0.0)


def test_articles_are_ordered_by_their_best_hit() -> None:
    passages = [make_passage("桥", "乙"), make_passage("路", "甲"), make_passage("树", "乙", number=1)]
    assert article_order([Hit(p, 1.0, n) for n, p in enumerate(passages, start=1)]) == ["乙", "甲"]
