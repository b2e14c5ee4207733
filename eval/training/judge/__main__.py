"""`python -m eval.training.judge`: the judge from data to weights. Stops and goes on; `make train-judge` calls it.

Working files are kept under WENCE_HOME/judge; what is shipped goes to rag/models/weights/judge.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from eval.data import evaldata_root
from eval.training.judge.dev import make_measure
from eval.training.judge.fit import fit_calibration
from eval.training.judge.make import make_pairs
from eval.training.judge.pairs import Pair, read_pairs, write_pairs
from eval.training.judge.ship import load_state, ship
from eval.training.judge.start import Start, fetch, read_start
from eval.training.judge.train import encode_pair, train
from eval.training.judge.vocabulary import build_tokenizer, used_pieces
from rag.errors import UserError
from rag.models.judge import SHIPPED, TOKENIZER
from rag.models.judge_model import JudgeModel
from rag.settings import read_settings

SEED = 1
PAIRS, STEPS = 36_000, 820  # what the shipped weights have seen
LAYERS = tuple(range(12))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m eval.training.judge", description="Train the judge that the package ships."
    )
    parser.add_argument("--name", default="shipped", help="of the working folder")
    parser.add_argument("--layers", default=",".join(map(str, LAYERS)), help="of the start model, e.g. 1,3,5,7,9,11")
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--no-ship", action="store_true", help="leave rag/models/weights/judge as it is")
    options = parser.parse_args(arguments)
    root = evaldata_root()
    if not root.is_dir():
        error = UserError(f"没有训练数据：{root}。", f"There is no training data in {root}.")
        print(error.message("en"), file=sys.stderr)
        return 2
    folder = read_settings().home / "judge"
    torch.manual_seed(SEED)
    print("making the pairs, or reading those made before (a minute or two)", flush=True)
    start = read_start(fetch(folder))
    pairs = prepared_pairs(folder / "pairs.jsonl", root)
    kept = used_pieces(start.pieces, (text for pair in pairs[::2] for text in (pair.first, pair.second)))
    tokenizer = build_tokenizer([start.pieces[i] for i in kept])
    own = folder / options.name
    own.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(own / TOKENIZER))
    layers = [int(number) for number in options.layers.split(",")]
    sizes = {**start.config, "vocab_size": len(kept), "num_hidden_layers": len(layers)}
    model = begin(start, kept, layers, sizes)
    print(f"encoding {options.pairs} pairs (a minute or two)", flush=True)
    encoded = [encode_pair(tokenizer, pair) for pair in pairs[: options.pairs]]
    train(
        model,
        encoded,
        own,
        SEED,
        make_measure(root, tokenizer),
        options.steps,
        tell=lambda line: print(line, flush=True),
    )
    calibration = fit_calibration(model, tokenizer, root)
    print(json.dumps(calibration))
    if not options.no_ship:
        ship(load_state(own / "state.pt"), sizes, own / TOKENIZER, calibration, SHIPPED)
    return 0


def prepared_pairs(path: Path, root: Path) -> list[Pair]:
    if not path.is_file():
        write_pairs(make_pairs(root, SEED), path)
    return read_pairs(path)


def begin(start: Start, kept: Sequence[int], layers: Sequence[int], sizes: dict[str, object]) -> JudgeModel:
    """The model with the start weights of these layers and pieces; its heads are new."""
    model = JudgeModel(sizes)
    state = model.state_dict()
    for name in state:
        place = name.removeprefix("body.").split(".")
        if place[:2] == ["encoder", "layer"]:
            place[2] = str(layers[int(place[2])])
        if (found := start.tensors.get(".".join(place))) is not None:
            values = torch.from_numpy(found.copy())
            state[name] = values[list(kept)] if "word_embeddings" in name else values
    model.load_state_dict(state)
    return model


if __name__ == "__main__":
    sys.exit(main())
