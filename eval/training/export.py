"""`python -m eval.training.export answer SNAPSHOT FOLDER`: an adapter in PEFT's format, with its card.

    adapter_model.safetensors   bfloat16, PEFT's names: `base_model.model.<layer>.lora_A.weight` (rank, in), `.lora_B.weight`
    adapter_config.json         rank, alpha, layers, and `alora_invocation_tokens`: from the first of them on it is active
    README.md                   what it was taught, how, what it reaches, what it cannot do

PEFT and vLLM read these files as they are; both switch an adapter with invocation tokens on where these last stand in a
prompt, which is where training did.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from eval.training.lora import LAYERS
from eval.training.measure import measured_beside
from eval.training.prompt import encode
from rag.answering.prompts import INVOCATION, READER_SYSTEM, UNTOLD
from rag.errors import UserError
from rag.models.fetch import read_pins
from rag.settings import read_settings

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PREFIX = "base_model.model."
LEAVES = {"a": "lora_A.weight", "b": "lora_B.weight"}
CARD = """---
base_model: {base}
library_name: peft
license: cc-by-sa-4.0
language: zh
---

# {title}

An activated LoRA (Greenewald et al. 2025, arXiv:2504.12397) for {base}: active from the question's turn on, so that an
article's key-value cache is the base model's. Rank {rank}, alpha {alpha}, on {layers}.

**Form.** System turn: “{system}” User turn: `资料：` and the article, a sentence a line as `[1]…`. User turn: `问题：…`.
It writes the short answer with the numbers of its sentences (`每部15万元[3]`) or “{untold}”. Whether a question is told is decided by a
threshold on the log-odds of that phrase's first token, not by what is written greedily.

**Trained** with AdamW, steps of about ten questions, the base in bfloat16 made from the int8 weights that serve:

{runs}

Data, each with its licence:

{data}

**Measured** on questions and texts it never saw (mean, 95% bootstrap interval):

{figures}

**Limits.** Chinese only. Articles were at most 1,200 characters long. It copies figures well and adds none up. It may refuse what is told in other words and answer what is
only nearly told: check what it writes.
"""
DATA = (
    ("CMRC 2018, training split", "CC BY-SA 4.0"),
    ("DRCD, a part of the training split, in Simplified characters", "CC BY-SA 3.0"),
    ("DuReader-checklist and DuReader-robust", "Apache-2.0"),
    ("questions on CRUD-RAG's dated news", "Apache-2.0"),
    ("choices on financial news and insurance clauses", "CC BY 4.0"),
    ("lay questions with the statute articles that answer them", "MIT"),
    (
        "questions made by rule from documents of the State Council, a ministry, and government work reports",
        "no copyright",
    ),
    ("texts and questions written for this project, all invented (`eval/training/written`)", "Apache-2.0"),
)
RUN = "{number}. {seen} questions in {step} steps, rate {rate}, warm-up {warm_up} steps, falling over the last {decay:.0%}, seed {seed}"


def peft_tensors(snapshot: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`<layer>.a`, `<layer>.b` under the names that PEFT gives them, bfloat16."""
    made = {}
    for name, tensor in snapshot.items():
        layer, _, leaf = name.rpartition(".")
        made[f"{PREFIX}{layer}.{LEAVES[leaf]}"] = tensor.to(torch.bfloat16).contiguous()
    return made


def peft_config(base: str, rank: int, alpha: float, invocation: Sequence[int]) -> dict[str, Any]:
    return {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base,
        "r": rank,
        "lora_alpha": alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "target_modules": list(LAYERS),
        "alora_invocation_tokens": list(invocation),
        "inference_mode": True,
    }


def runs_of(snapshot: Path) -> list[dict[str, str]]:
    """What each run was made of, the first one first: a run may go on from another's snapshot."""
    with safe_open(snapshot, framework="pt") as stored:
        facts = dict(stored.metadata() or {})
    return [*(runs_of(Path(facts["begin"])) if facts.get("begin") else ()), facts]


def run_line(number: int, facts: Mapping[str, str]) -> str:
    return RUN.format(number=number, **{**facts, "decay": float(facts["decay"])})


def figure_lines(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """A Markdown table, a row a set."""
    names = ("holds_gold", "f1", "told_refused", "untold_refused", "auroc", "cites_bearing")
    rows = [f"| set | questions | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    for of_set, own in figures.items():
        cells = [
            f"{own[n][0]:.3f} ({own[n][1]:.2f} to {own[n][2]:.2f})" if n in own else "" for n in names
        ]  # fmt: skip
        rows.append(f"| {of_set} | {own['told']} + {own['untold']} | {' | '.join(cells)} |")
    return "\n".join(rows)


def export(snapshot: Path, folder: Path, tokenizer: "Tokenizer", base: str, figures: Mapping[str, Any]) -> None:
    """Write the three files. UserError where the snapshot has not been measured, for a card without figures tells nothing."""
    if not figures:
        raise UserError(
            "这个快照还没有测量，请先运行 python -m eval.training.measure。",
            "This snapshot has no figures yet: run python -m eval.training.measure first.",
        )
    with safe_open(snapshot, framework="pt") as stored:
        tensors = {key: stored.get_tensor(key) for key in stored.keys()}  # noqa: SIM118
    runs = runs_of(snapshot)
    rank, alpha = int(runs[-1]["rank"]), float(runs[-1]["alpha"])
    folder.mkdir(parents=True, exist_ok=True)
    save_file(peft_tensors(tensors), folder / "adapter_model.safetensors", {"format": "pt"})
    config = peft_config(base, rank, alpha, encode(tokenizer, INVOCATION))
    (folder / "adapter_config.json").write_text(json.dumps(config, ensure_ascii=False, indent=2), "utf-8")
    card = CARD.format(
        base=base, title="Short answers from numbered sentences", rank=rank, alpha=alpha, layers=", ".join(LAYERS),
        system=READER_SYSTEM, untold=UNTOLD, runs="\n".join(run_line(n, facts) for n, facts in enumerate(runs, 1)),
        data="\n".join(f"- {name} ({licence})" for name, licence in DATA), figures=figure_lines(figures),
    )  # fmt: skip
    (folder / "README.md").write_text(card, "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    from tokenizers import Tokenizer

    from eval.training.base import GENERATOR, int8_folder

    parser = argparse.ArgumentParser(prog="python -m eval.training.export", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("task", choices=("answer",))
    parser.add_argument("snapshot", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    settings = read_settings()
    try:
        measured = measured_beside(options.snapshot) / f"{options.snapshot.stem}.json"
        figures = json.loads(measured.read_text("utf-8")) if measured.is_file() else {}
        tokenizer = Tokenizer.from_file(str(int8_folder(settings) / "tokenizer.json"))
        upstream = read_pins()[GENERATOR].upstream.removesuffix("-GGUF")
        export(options.snapshot, options.folder, tokenizer, upstream, figures)
    except UserError as error:
        print(error.message("en"), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
