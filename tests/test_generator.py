"""The local model's loop over a model small enough to reckon by hand."""

import math
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from safetensors.torch import save_file

from rag.datatypes import Message
from rag.errors import CancelledError
from rag.models.adapter import AdaptedLinear, Adapter, add_adapter
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

    def __init__(self, adapter: Adapter | None = None) -> None:
        self.steps: list[int] = []
        self.adapter = adapter or Adapter()

    def __call__(self, ids: Any, past_key_values: Any, logits_to_keep: int, **_: Any) -> Any:
        self.steps.append(ids.shape[1])
        new = ids.reshape(1, 1, -1, 1).float() + 100 * self.adapter.is_active
        held, _ = past_key_values.update(new, new, 0)
        tokens = held.reshape(-1).int().tolist()
        before = len(tokens) - ids.shape[1]
        scores = torch.zeros(1, ids.shape[1], LETTERS + 1)
        for row in range(ids.shape[1]):
            known = tokens[: before + row + 1]
            scores[0, row, 1 + sum((place + 1) * token for place, token in enumerate(known)) % LETTERS] = 1.0
        return SimpleNamespace(logits=scores[:, -logits_to_keep:])


class LetterTokenizer:
    eos_token_id = 0

    def apply_chat_template(self, messages: list[dict[str, str]], **_: Any) -> list[int]:
        return [ord(c) - 96 for message in messages for c in message["content"]]

    def encode(self, text: str, add_special_tokens: bool) -> list[int]:
        return [ord(c) - 96 for c in text]

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
        generator.first_odds("ba" * 400, "c", "a", lambda: True)
    assert model.steps == [256, 256]


def test_after_one_who_left_the_next_is_answered_as_ever():
    generator, _ = letter_generator()
    calls: Iterator[bool] = iter([False, True])
    list(generator.stream(asked("ab" * 400), 30, lambda: next(calls, True)))
    assert "".join(generator.stream(asked("ab" * 401), 30)) == alone("ab" * 401)


# ---- a taught model


def taught_generator() -> tuple[Generator, LetterModel]:
    adapter = Adapter()
    model = LetterModel(adapter)
    return Generator(model, LetterTokenizer(), "letters", adapter=adapter), model


def taught_alone(read: str, asked: str) -> str:
    return "".join(taught_generator()[0].answer(read, asked, "", 20))


def test_the_adapter_takes_part_from_the_question_on():
    generator, model = taught_generator()
    next(generator.answer("abcabc", "xyz", "", 1))
    (held,) = (layer.keys.reshape(-1).int().tolist() for layer in generator._kept.cache.layers)
    assert held[:9] == [1, 2, 3, 1, 2, 3, 124, 125, 126]
    assert model.steps[:2] == [6, 3]
    assert not model.adapter.is_active


def test_a_second_question_on_the_same_text_reads_itself_alone():
    generator, model = taught_generator()
    list(generator.answer("abcabc", "xyz", "", 1))
    model.steps.clear()
    assert "".join(generator.answer("abcabc", "xqq", "", 20)) == taught_alone("abcabc", "xqq")
    assert model.steps[0] == 2


def test_what_the_adapter_has_read_serves_no_prompt_without_it():
    generator, _ = taught_generator()
    list(generator.answer("abc", "xyz", "", 5))
    assert "".join(generator.stream(asked("abcxyz"), 20)) == alone("abcxyz", 20)
    assert "".join(generator.answer("abc", "xyz", "", 20)) == taught_alone("abc", "xyz")


def test_an_answer_does_not_begin_as_it_must_not():
    generator, _ = taught_generator()
    first = taught_alone("abc", "xyz")[0]
    assert list(generator.answer("abc", "xyz", first, 1)) == []  # all other tokens are alike: the first of them ends it


def test_the_odds_of_the_first_token_are_those_of_the_prompt():
    generator, _ = taught_generator()
    first = taught_alone("abc", "xyz")[0]
    likely, other = (generator.first_odds("abc", "xyz", phrase) for phrase in (first, "a" if first != "a" else "b"))
    # Of 27 tokens one has the score 1, the others 0: e to 26 and 1 to e + 25.
    assert likely == pytest.approx(1 - math.log(26))
    assert other == pytest.approx(-math.log(math.e + 25))


def test_an_adapter_adds_its_product_where_it_is_active(tmp_path: Path):
    a, b = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0], [4.0]])
    save_file(
        {f"base_model.model.layer.lora_{name}.weight": value for name, value in (("A", a), ("B", b))},
        tmp_path / "adapter_model.safetensors",
    )
    (tmp_path / "adapter_config.json").write_text('{"r": 1, "lora_alpha": 2}', "utf-8")
    model = torch.nn.Module()
    model.device = torch.device("cpu")
    model.layer = torch.nn.Linear(2, 2, bias=False)
    x = torch.tensor([[5.0, 7.0]])
    before = model.layer(x)
    adapter = add_adapter(model, tmp_path)
    assert isinstance(model.layer, AdaptedLinear)
    assert torch.equal(model.layer(x), before)
    with adapter.active(True):
        # A x = 5 + 14 = 19; B A x = (57, 76); the scale is 2.
        assert torch.allclose(model.layer(x), before + torch.tensor([[114.0, 152.0]]))
    assert torch.equal(model.layer(x), before)
