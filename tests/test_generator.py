import pytest

from rag.convert import transformers_name
from rag.generator import common_prefix, look_up


@pytest.mark.parametrize(
    ("one", "other", "length"),
    [([1, 2, 3], [1, 2, 4], 2), ([1, 2], [1, 2, 3], 2), ([1], [2], 0), ([], [1], 0), ([1, 2], [1, 2], 2)],
)
def test_the_common_prefix_is_counted(one: list[int], other: list[int], length: int) -> None:
    assert common_prefix(one, other) == length


def test_what_followed_the_last_two_tokens_before_is_looked_up() -> None:
    assert look_up([1, 2, 3, 4, 5, 1, 2], ngram=2, most=2) == [3, 4]


def test_the_latest_occurrence_counts() -> None:
    assert look_up([1, 2, 3, 1, 2, 4, 1, 2], ngram=2, most=1) == [4]


def test_no_more_is_looked_up_than_there_is() -> None:
    assert look_up([1, 2, 3, 1, 2], ngram=2, most=8) == [3, 1, 2]


@pytest.mark.parametrize("ids", [[], [1], [1, 2], [1, 2, 3]])
def test_nothing_is_found_where_nothing_is_repeated(ids: list[int]) -> None:
    assert look_up(ids, ngram=2, most=8) == []


@pytest.mark.parametrize(
    ("gguf", "name"),
    [
        ("blk.3.attn_q.bias", "model.layers.3.self_attn.q_proj.bias"),
        ("blk.0.ffn_down.weight", "model.layers.0.mlp.down_proj.weight"),
        ("token_embd.weight", "model.embed_tokens.weight"),
        ("output.weight", "lm_head.weight"),
    ],
)
def test_a_tensor_of_gguf_has_its_name_in_transformers(gguf: str, name: str) -> None:
    assert transformers_name(gguf) == name


def test_a_tensor_of_another_architecture_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        transformers_name("blk.0.ssm_conv1d.weight")
