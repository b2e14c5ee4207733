"""The calibration of a CrossEncoder that takes the judge's place: `python -m eval.training.judge.calibrate MODEL`.

The same held-back questions and statements that the shipped judge is calibrated on; what is fitted is kept in WENCE_HOME,
where `WENCE_JUDGE=MODEL` finds it.
"""

import argparse
import json
import sys

from eval.data import evaldata_root
from eval.metrics import auroc
from eval.training.judge.dev import dev_sets
from eval.training.judge.fit import CALIBRATED_ON, platt
from rag.errors import UserError
from rag.models.cross_encoder import calibration_file, load_scorer
from rag.settings import read_settings


def calibrate(model: str) -> dict[str, object]:
    """Scale and shift of the model's logit for each task, and how well it tells the held-back pairs apart."""
    root = evaldata_root()
    if not root.is_dir():
        raise UserError(f"没有校准用的数据：{root}。", f"There is no data to calibrate on in {root}.")
    score = load_scorer(model)
    sets = dev_sets(root)
    if absent := sorted(name for name, pairs in sets.items() if not pairs):
        which = ", ".join(absent)
        raise UserError(
            f"缺少校准用的数据：{which}（{root}）。", f"Data to calibrate on is absent from {root}: {which}."
        )
    found: dict[str, object] = {"model": model}
    figures: dict[str, float] = {}
    for task, names in CALIBRATED_ON.items():
        logits: list[float] = []
        labels: list[bool] = []
        for name in names:
            own = [bool(pair.label) for pair in sets[name]]
            values = score([(pair.first, pair.second) for pair in sets[name]])
            figures[f"{name}_auroc"] = round(auroc(values, own), 4)
            logits += values
            labels += own
        found[task] = platt(logits, labels)
    return {**found, "about": figures}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.training.judge.calibrate", description=__doc__)
    parser.add_argument("model", help="a local folder or a hub id of a sentence-transformers CrossEncoder")
    model = parser.parse_args().model
    try:
        found = calibrate(model)
    except UserError as error:
        print(error.message("en"), file=sys.stderr)
        return 2
    path = calibration_file(read_settings().home, model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(found["about"]))
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
