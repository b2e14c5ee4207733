"""Fits the reader of kinds of people (rag/models/people.py): `python -m eval.training.people`, a minute on two cores.

A logistic regression over the encoder's vectors of words that were labelled by hand (people.toml): a kind of people, anybody
whom a rule may meet, a thing. Every word is also told by a fit that has not seen it, and pairs of words by the thresholds.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from rag.models.people import PeopleReader, PeopleWeights, WordClass, write_people
from rag.settings import read_settings
from rag.setup import go_offline, open_encoder
from rag.text.noun_phrases import NounPhrase

WORDS = Path(__file__).with_name("people.toml")
CLASSES = {each.name.lower(): each for each in WordClass}
STRENGTH = 30.0  # scikit-learn's C; from 10 to 100 it hardly matters
FOLDS = 8
SAME, SAME_NOUN = (
    0.82,
    0.88,
)  # cosines: between most pairs of words in people.toml that are the same people and that are not


def main() -> int:
    labels = tomllib.loads(WORDS.read_text("utf-8"))
    words = [word for name in CLASSES for word in labels[name].split()]
    wanted = np.array([label for name, label in CLASSES.items() for _ in labels[name].split()])
    settings = read_settings()
    go_offline(settings)
    encoder = open_encoder(settings)
    vectors = encoder.encode_words(words)
    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    unseen = cross_val_predict(model, vectors, wanted, cv=StratifiedKFold(FOLDS, shuffle=True, random_state=1))
    told = {name: f"{int((unseen[wanted == n] == n).sum())}/{int((wanted == n).sum())}" for name, n in CLASSES.items()}
    model.fit(vectors, wanted)
    fitted = PeopleWeights(encoder.identity, model.coef_, model.intercept_, SAME, SAME_NOUN)
    reader = PeopleReader(encoder, fitted)
    pairs = {name: told_same(reader, labels[name].split()) for name in ("same", "apart")}
    about: dict[str, object] = {"told_unseen": told, **{f"{name}_told_same": pair for name, pair in pairs.items()}}
    write_people(fitted, about)
    print(about)
    return 0


def told_same(reader: PeopleReader, pairs: Sequence[str]) -> str:
    """Of how many pairs the reader says that both name the same people."""
    words = [pair.partition("=")[::2] for pair in pairs]
    return f"{sum(reader.are_same(NounPhrase(one), NounPhrase(other)) for one, other in words)}/{len(words)}"


if __name__ == "__main__":
    raise SystemExit(main())
