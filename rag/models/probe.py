"""What the local model's inner state says of whether its source tells what is asked: a linear probe.

Asked outright, a small model says 有 to nearly everything; but that it was asked for something that is not there stands
in its hidden states, and a straight line tells them apart (Slobodkin et al. 2023, "The Curious Case of Hallucinatory
(Un)answerability"). Fitted for one model (`python -m eval.training.probe`), shipped with the package; other models have none.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SHIPPED = Path(__file__).parent / "weights" / "probe.json"
LAYER = 20  # of the 28 whose states were compared (docs/experiments.md#probe), the best


@dataclass(frozen=True, slots=True)
class Probe:
    """`weights` (hidden size,) and `intercept`: log-odds that the text tells what is asked = weights . state + intercept."""

    model: str  # the generator's identity that it was fitted for
    weights: tuple[float, ...]
    intercept: float

    def log_odds(self, state: Sequence[float]) -> float:
        """Of the state of a prompt's last token after layer LAYER, (hidden size,)."""
        return sum(w * s for w, s in zip(self.weights, state, strict=True)) + self.intercept


def load_probe(model: str, path: Path = SHIPPED) -> Probe | None:
    """The probe of the model with this identity, or None where it was fitted for another."""
    kept = json.loads(path.read_text("utf-8"))
    return Probe(model, tuple(kept["weights"]), kept["intercept"]) if kept["model"] == model else None


def write_probe(probe: Probe, about: dict[str, object], path: Path = SHIPPED) -> None:
    """`about`: what it was fitted on and how good it is, kept beside the weights."""
    values = {"model": probe.model, "about": about, "intercept": round(probe.intercept, 5)}
    values["weights"] = [round(w, 6) for w in probe.weights]
    path.write_text(json.dumps(values, ensure_ascii=False) + "\n", "utf-8")
