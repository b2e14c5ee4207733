"""The local model's loop over a model small enough to reckon by hand."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from rag.datatypes import Message
from rag.errors import CancelledError
from rag.models.generator import Generator
from rag.models.gguf import transformers_name
from rag.models.tokens import common_prefix, look_up

torch = pytest.importorskip("torch")
LETTERS = 26


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


# ---- one model, several who ask


class LetterModel:
    """What follows depends on every token before it, as the cache holds them: on what was read in vain too. `steps`: how
    many tokens each call read."""

    device = "cpu"

    def __init__(self) -> None:
        self.steps: list[int] = []

    def __call__(
        self, ids: Any, past_key_values: Any, logits_to_keep: int, output_hidden_states: bool, **_: Any
    ) -> Any:
        self.steps.append(ids.shape[1])
        new = ids.reshape(1, 1, -1, 1).float()
        held, _ = past_key_values.update(new, new, 0)
        tokens = held.reshape(-1).int().tolist()
        before = len(tokens) - ids.shape[1]
        scores = torch.zeros(1, ids.shape[1], LETTERS + 1)
        for row in range(ids.shape[1]):
            known = tokens[: before + row + 1]
            scores[0, row, 1 + sum((place + 1) * token for place, token in enumerate(known)) % LETTERS] = 1.0
        hidden = [held.reshape(1, -1, 1)] * 2 if output_hidden_states else None
        return SimpleNamespace(logits=scores[:, -logits_to_keep:], hidden_states=hidden)


class LetterTokenizer:
    eos_token_id = 0

    def apply_chat_template(self, messages: list[dict[str, str]], **_: Any) -> list[int]:
        return [ord(c) - 96 for message in messages for c in message["content"]]

    def decode(self, ids: list[int], **_: Any) -> str:
        return "".join(chr(96 + i) for i in ids)

    def convert_tokens_to_ids(self, token: str) -> None:
        return None


def letter_generator() -> tuple[Generator, LetterModel]:
    model = LetterModel()
    return Generator(model, LetterTokenizer(), "letters"), model


def asked(words: str) -> list[Message]:
    return [Message("user", words)]


def alone(words: str, tokens: int = 30) -> str:
    return "".join(letter_generator()[0].stream(asked(words), tokens))


def test_a_reader_who_stops_halfway_keeps_nobody_waiting():
    generator, _ = letter_generator()
    left = generator.stream(asked("abcabd"), 30)
    first = next(left)
    texts: list[str] = []
    other = threading.Thread(target=lambda: texts.append("".join(generator.stream(asked("abcxyz"), 30))), daemon=True)
    other.start()
    other.join(5)
    assert texts == [alone("abcxyz")]
    assert first + "".join(left) == alone("abcabd")


@pytest.mark.parametrize(
    "words", [("abcabd", "abcabe"), ("abc", "abcabd"), ("zz", "abcabd"), ("abc", "abc"), ("ab" * 125, "ba" * 126)]
)
def test_streams_read_in_turn_say_what_each_says_alone(words: tuple[str, str]):
    generator, _ = letter_generator()
    streams = [generator.stream(asked(each), 30) for each in words]
    said = ["", ""]
    going = [0, 1]
    while going:
        for number in list(going):
            piece = next(streams[number], None)
            if piece is None:
                going.remove(number)
            else:
                said[number] += piece
    assert said == [alone(each) for each in words]


def test_a_state_read_while_another_is_being_answered_is_its_own():
    generator, _ = letter_generator()
    stream = generator.stream(asked("abcabd"), 30)
    next(stream)
    assert generator.state(asked("abq"), 1) == [17.0]
    stream.close()


def test_what_two_prompts_begin_with_is_read_once():
    generator, model = letter_generator()
    for words in ("abcabcabcabd", "abcabcabcabe"):
        list(generator.stream(asked(words), 1))
    assert model.steps[0] == 12
    assert (
        sum(model.steps) == 12 + 1 + 1 + 1
    )  # of the second prompt the last token; a step each that tells what follows


def test_torch_is_left_as_it_was_between_two_pieces():
    stream = letter_generator()[0].stream(asked("abcabd"), 30)
    next(stream)
    assert not torch.is_inference_mode_enabled()
    stream.close()


def test_who_leaves_while_the_prompt_is_read_stops_it():
    generator, model = letter_generator()
    assert list(generator.stream(asked("ab" * 400), 30, lambda: True)) == []
    with pytest.raises(CancelledError):
        generator.state(asked("ba" * 400), 1, lambda: True)
    assert model.steps == [256, 256]


def test_after_one_who_left_the_next_is_answered_as_ever():
    generator, _ = letter_generator()
    calls: Iterator[bool] = iter([False, True])
    list(generator.stream(asked("ab" * 400), 30, lambda: next(calls, True)))
    assert "".join(generator.stream(asked("ab" * 401), 30)) == alone("ab" * 401)
