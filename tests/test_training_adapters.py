"""The adapter's mathematics on a tiny random model: what is kept, what moves, and that packing changes nothing."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import Qwen2Config, Qwen2ForCausalLM

from eval.training import adapters
from eval.training.adapters import Recipe, Run, train
from eval.training.attention import BY_ARTICLE
from eval.training.batches import Asked, Group, collate, token_weights
from eval.training.data import Packed
from eval.training.decode import answer
from eval.training.lora import AdaptedLinear, add_adapter, load_matrices, matrices
from eval.training.steps import loss_of, scores_of
from eval.training.validate import validate
from rag.errors import UserError

ONE = Group((5, 6, 7, 8), (Asked((9, 10), (11, 12, 2)), Asked((13,), (14, 2))))
OTHER = Group((15, 16, 17), (Asked((18, 19, 20), (21, 2)),))


@pytest.fixture
def tiny() -> Callable[[], Any]:
    def make() -> Any:
        torch.manual_seed(0)
        config = Qwen2Config(
            vocab_size=32, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, max_position_embeddings=64, tie_word_embeddings=False,
            attn_implementation=BY_ARTICLE,
        )  # fmt: skip
        return Qwen2ForCausalLM(config).eval().requires_grad_(False)

    return make


@pytest.fixture
def model(tiny: Callable[[], Any]) -> Any:
    return tiny()


def teach(layers: dict[str, AdaptedLinear]) -> None:
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for layer in layers.values():
            layer.b.copy_(torch.randn(layer.b.shape, generator=generator) * 0.3)


def test_each_place_predicts_the_next_token_of_its_own_answer() -> None:
    batch = collate([ONE, OTHER])
    assert batch.asked.tolist() == [[9, 10, 11, 12, 13, 14, 18, 19, 20, 21]]
    assert batch.positions.tolist() == [[4, 5, 6, 7, 4, 5, 3, 4, 5, 6]]
    assert batch.scored.tolist() == [1, 2, 3, 4, 5, 8, 9]
    assert batch.targets.tolist() == [11, 12, 2, 14, 2, 21, 2]
    assert batch.examples == 3


def test_a_token_sees_its_article_and_what_stands_before_it_in_its_question() -> None:
    one, other = collate([ONE, OTHER]).parts
    assert (one.read, one.asked) == (slice(0, 4), slice(0, 6))
    assert (other.read, other.asked) == (slice(4, 7), slice(6, 10))
    assert one.mask.int().tolist() == [
        [1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 1, 1, 0, 0, 0, 0],
        [1, 1, 1, 1, 1, 1, 1, 0, 0, 0],
        [1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
        [1, 1, 1, 1, 0, 0, 0, 0, 1, 0],
        [1, 1, 1, 1, 0, 0, 0, 0, 1, 1],
    ]
    assert other.mask[3].int().tolist() == [1, 1, 1, 1, 1, 1, 1]


def test_every_example_weighs_the_same_and_its_first_token_half_of_it() -> None:
    assert token_weights(1) == [1.0]
    assert token_weights(3) == [0.5, 0.25, 0.25]
    assert collate([ONE, OTHER]).weights.tolist() == pytest.approx(
        [w / 3 for w in (0.5, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5)]
    )


def test_packed_questions_score_as_each_alone(model: Any) -> None:
    packed = scores_of(model, {}, collate([ONE, OTHER]))
    alone = []
    model.set_attn_implementation("sdpa")  # and as transformers computes it
    for group in (ONE, OTHER):
        for one in group.asked:
            ids = torch.tensor([[*group.read, *one.prompt, *one.target[:-1]]])
            alone.append(model(ids).logits[0, -len(one.target) :])
    torch.testing.assert_close(packed, torch.cat(alone), atol=1e-5, rtol=1e-4)


def test_a_new_adapter_changes_nothing_and_a_taught_one_only_while_it_is_active(model: Any) -> None:
    batch = collate([ONE, OTHER])
    base = scores_of(model, {}, batch)
    layers = add_adapter(model, rank=2, alpha=2.0, seed=0)
    assert len(layers) == 2 * 7
    assert torch.equal(scores_of(model, layers, batch), base)
    teach(layers)
    assert not torch.allclose(scores_of(model, layers, batch), base, atol=1e-3)
    assert torch.equal(scores_of(model, {}, batch), base)


def test_the_article_is_read_without_the_adapter(model: Any) -> None:
    layers = add_adapter(model, rank=2, alpha=2.0, seed=0)
    teach(layers)
    seen: list[tuple[int, bool]] = []
    layer = layers["model.layers.0.self_attn.q_proj"]
    layer.register_forward_pre_hook(lambda module, args: seen.append((args[0].shape[1], layer.active)))
    scores_of(model, layers, collate([ONE, OTHER]))
    assert seen == [(4, False), (3, False), (10, True)]


def test_gradients_reach_the_matrices_and_nothing_else(model: Any) -> None:
    layers = add_adapter(model, rank=2, alpha=2.0, seed=0)
    teach(layers)
    batch = collate([ONE, OTHER])
    loss_of(scores_of(model, layers, batch), batch).backward()
    moved = {name for name, p in model.named_parameters() if p.grad is not None and p.grad.abs().sum() > 0}
    assert moved == {f"{name}.{leaf}" for name in layers for leaf in ("a", "b")}


def test_the_gradient_is_that_of_finite_differences(model: Any) -> None:
    model.double()
    layers = add_adapter(model, rank=2, alpha=2.0, seed=0)
    teach(layers)
    model.double()
    batch = collate([ONE, OTHER])

    def loss() -> torch.Tensor:
        each = torch.nn.functional.cross_entropy(_double_scores(model, layers, batch), batch.targets, reduction="none")
        return (each * batch.weights.double()).sum()

    loss().backward()
    for name in ("model.layers.0.mlp.down_proj", "model.layers.1.self_attn.k_proj"):
        for matrix in (layers[name].a, layers[name].b):
            assert matrix.grad is not None
            with torch.no_grad():
                matrix[0, 1] += 1e-3
                above = loss()
                matrix[0, 1] -= 2e-3
                below = loss()
                matrix[0, 1] += 1e-3
            assert float(matrix.grad[0, 1]) == pytest.approx(float(above - below) / 2e-3, rel=1e-2, abs=1e-5)


def _double_scores(model: Any, layers: dict[str, AdaptedLinear], batch: object) -> torch.Tensor:
    kept: list[torch.Tensor] = []
    hook = model.lm_head.register_forward_hook(lambda module, args, output: kept.append(output))
    scores_of(model, layers, batch)  # type: ignore[arg-type]
    hook.remove()
    return kept[0]


def test_matrices_that_are_kept_and_loaded_give_the_same_scores(model: Any) -> None:
    layers = add_adapter(model, rank=2, alpha=2.0, seed=0)
    teach(layers)
    batch = collate([ONE])
    taught, kept = scores_of(model, layers, batch), {k: v.clone() for k, v in matrices(layers).items()}
    for layer in layers.values():
        layer.b.data.zero_()
    load_matrices(layers, kept)
    assert torch.equal(scores_of(model, layers, batch), taught)


def test_many_questions_at_once_are_answered_as_each_alone(model: Any) -> None:
    layers = add_adapter(model, rank=2, alpha=2.0, seed=0)
    teach(layers)
    together = answer(model, layers, [ONE, OTHER], untold=3, end=2, most=6)
    assert len(together) == 3
    alone = [
        answer(model, layers, [Group(group.read, (one,))], untold=3, end=2, most=6)[0]
        for group in (ONE, OTHER)
        for one in group.asked
    ]
    for a, b in zip(together, alone, strict=True):
        assert a.ids == b.ids
        assert a.untold == pytest.approx(b.untold, abs=1e-4)


def groups() -> list[Group]:
    rng = torch.Generator().manual_seed(2)

    def some(length: int) -> tuple[int, ...]:
        return tuple(torch.randint(3, 32, (length,), generator=rng).tolist())

    return [Group(some(5), (Asked(some(3), (*some(2), 2)), Asked(some(4), (*some(1), 2)))) for _ in range(12)]


def data() -> Packed:
    return Packed(tuple(groups()), tuple(("some/told", "some/told") for _ in range(12)))


def development() -> Packed:
    """UNTOLD's first token is 3 here."""
    told = Group((5, 6, 7), (Asked((8, 9), (10, 11, 2)), Asked((9, 8), (3, 2))))
    return Packed((told, told), (("set/told", "set/untold"), ("set/told", "set/untold")))


def test_a_validation_gives_the_loss_of_told_answers_and_tells_told_from_untold(model: Any) -> None:
    figures = validate(model, {}, development())
    ids = torch.tensor([[5, 6, 7, 8, 9, 10, 11]])
    logs = model(ids).logits[0, 4:].log_softmax(-1)
    expected = -float(logs[torch.arange(3), torch.tensor([10, 11, 2])].mean())
    assert figures["set.loss"] == pytest.approx(expected, abs=1e-5)
    other = model(torch.tensor([[5, 6, 7, 9, 8]])).logits[0, -1].softmax(-1)[3]
    assert figures["set.auroc"] == float(other > logs[0].exp()[3])  # two pairs of the same two questions
    assert set(figures) == {"set.loss", "set.auroc"}


def test_every_group_is_in_one_step_of_a_pass_and_no_step_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters, "ASKED_TOKENS", 40)
    made = adapters.batches(groups(), seed=1)
    assert sorted(n for step in made for n in step) == list(range(12))
    assert {len(step) for step in made} == {3}  # twelve tokens of questions each
    assert adapters.batches(groups(), seed=1) == made
    assert adapters.batches(groups(), seed=2) != made


def test_the_rate_rises_stays_and_falls() -> None:
    recipe = Recipe(rate=1.0, warm_up=4, decay=0.5)
    assert [adapters.rate_at(n, 16, recipe) for n in range(16)] == [
        0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125,
    ]  # fmt: skip


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(
    tiny: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapters, "ASKED_TOKENS", 40)
    recipe = Recipe(rank=2, alpha=2.0, rate=1e-2, warm_up=2, passes=1.5)

    def run(folder: Path) -> Run:
        folder.mkdir(exist_ok=True)
        return Run(tiny(), data(), development(), recipe, folder)

    whole = run(tmp_path / "whole")
    lines = list(train(whole))
    assert [line["step"] for line in lines] == [0, 1, 2, 3, 4, 5, 6, 6]
    assert lines[6]["loss"] < lines[1]["loss"]
    assert {"set.loss", "set.auroc"} <= set(lines[0]) & set(lines[7])  # validated before and after
    first = run(tmp_path / "cut")
    first.advance()
    first.advance()
    first.save()
    second = run(tmp_path / "cut")
    second.resume()
    assert (second.step, second.seen) == (2, first.seen)
    list(train(second))
    for name, tensor in matrices(whole.layers).items():
        assert torch.equal(matrices(second.layers)[name], tensor)
    assert (tmp_path / "cut" / "state.pt").is_file()


def test_the_state_of_another_recipe_is_refused(tiny: Callable[[], Any], tmp_path: Path) -> None:
    Run(tiny(), data(), development(), Recipe(rank=2), tmp_path).save()
    with pytest.raises(UserError, match="属于另一次训练"):
        Run(tiny(), data(), development(), Recipe(rank=3), tmp_path).resume()


def test_a_snapshot_holds_the_matrices_in_half_the_bytes(tiny: Callable[[], Any], tmp_path: Path) -> None:
    run = Run(tiny(), data(), development(), Recipe(rank=2), tmp_path)
    teach(run.layers)
    kept = load_file(run.snapshot())
    assert {name: t.dtype for name, t in kept.items()} == dict.fromkeys(matrices(run.layers), torch.bfloat16)
    torch.testing.assert_close(
        kept["model.layers.0.mlp.up_proj.b"].float(),
        run.layers["model.layers.0.mlp.up_proj"].b.data,
        atol=1e-2,
        rtol=1e-2,
    )


def test_training_waits_for_a_mark_only_as_long_as_the_process_that_set_it_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "pause"
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        mark.unlink()

    monkeypatch.setattr(adapters.time, "sleep", sleep)
    adapters.wait_while_paused(mark)
    assert slept == []
    mark.write_text(str(os.getpid()))
    adapters.wait_while_paused(mark)
    mark.write_text("")
    adapters.wait_while_paused(mark)
    assert slept == [2, 2]
    gone = subprocess.Popen(["true"])
    gone.wait()
    mark.write_text(str(gone.pid))
    adapters.wait_while_paused(mark)
    assert slept == [2, 2]
