"""An adapter as PEFT and vLLM read it, and its card."""

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from eval.training.export import export, figure_lines
from rag.errors import UserError

FIGURES = {
    "checklist": {"told": 40, "untold": 41, "f1": [0.5, 0.41, 0.59], "auroc": [0.8, 0.7, 0.9], "seconds": 3.0},
    "cmrc": {"told": 40, "untold": 0, "f1": [0.75, 0.7, 0.8]},
}


class Words:
    """A tokenizer of one token a character."""

    class Encoded:
        def __init__(self, ids: list[int]) -> None:
            self.ids = ids

    def encode(self, text: str, add_special_tokens: bool) -> "Words.Encoded":
        return self.Encoded([ord(c) for c in text])


def snapshot(folder: Path) -> Path:
    tensors = {
        "model.layers.0.self_attn.q_proj.a": torch.ones(2, 8),
        "model.layers.0.self_attn.q_proj.b": torch.zeros(4, 2),
    }
    facts = {"rank": "2", "alpha": "4.0", "rate": "0.0004", "warm_up": "30", "decay": "0.35", "seed": "1"}
    save_file(tensors, folder / "000100.safetensors", facts | {"step": "100", "steps": "900", "seen": "1510"})
    return folder / "000100.safetensors"


def test_the_matrices_have_the_names_that_peft_gives_them(tmp_path: Path) -> None:
    export(snapshot(tmp_path), tmp_path / "out", Words(), "some/base", FIGURES)  # type: ignore[arg-type]
    tensors = load_file(tmp_path / "out" / "adapter_model.safetensors")
    assert {name: tuple(t.shape) for name, t in tensors.items()} == {
        "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight": (2, 8),
        "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight": (4, 2),
    }
    assert {t.dtype for t in tensors.values()} == {torch.bfloat16}


def test_the_config_says_where_the_adapter_begins(tmp_path: Path) -> None:
    export(snapshot(tmp_path), tmp_path / "out", Words(), "some/base", FIGURES)  # type: ignore[arg-type]
    config = json.loads((tmp_path / "out" / "adapter_config.json").read_text("utf-8"))
    assert (config["peft_type"], config["r"], config["lora_alpha"]) == ("LORA", 2, 4.0)
    assert config["base_model_name_or_path"] == "some/base"
    assert "".join(map(chr, config["alora_invocation_tokens"])) == "<|im_start|>user\n问题："
    assert set(config["target_modules"]) == {
        "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
    }  # fmt: skip


def test_the_card_tells_data_recipe_and_figures(tmp_path: Path) -> None:
    export(snapshot(tmp_path), tmp_path / "out", Words(), "some/base", FIGURES)  # type: ignore[arg-type]
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "1510 questions in 100 steps" in card
    assert "CMRC 2018, training split (CC BY-SA 4.0)" in card
    assert "| checklist | 40 + 41 |  | 0.500 (0.41 to 0.59) |  |  | 0.800 (0.70 to 0.90) |  |" in card


def test_the_card_tells_every_run_that_went_before(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    first = snapshot(tmp_path / "first")
    with safe_open(first, framework="pt") as stored:
        facts = dict(stored.metadata())
    second = {"begin": str(first), "rate": "0.0002", "step": "60", "seen": "700"}
    save_file(load_file(first), tmp_path / "000060.safetensors", facts | second)
    export(tmp_path / "000060.safetensors", tmp_path / "out", Words(), "some/base", FIGURES)  # type: ignore[arg-type]
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "1. 1510 questions in 100 steps, rate 0.0004, warm-up 30 steps" in card
    assert "2. 700 questions in 60 steps, rate 0.0002, warm-up 30 steps" in card


def test_a_snapshot_without_figures_gets_no_card(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="还没有测量"):
        export(snapshot(tmp_path), tmp_path / "out", Words(), "some/base", {})  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_every_set_is_a_row_of_the_table() -> None:
    lines = figure_lines(FIGURES).split("\n")
    assert len(lines) == 4
    assert lines[0].count("|") == lines[1].count("|") == lines[2].count("|") == 9
