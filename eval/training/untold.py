"""Questions that a text does not tell, made from those that it tells or that others tell."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from eval.training.examples import Asking, Example, without
from eval.training.swaps import swapped
from rag.text.normalization import bigrams, normalize

SWAPPED, WITHOUT, NEAR = 0.45, 0.06, 0.05  # how often each is tried, for every question that the text tells


def add_swapped(asking: Asking, rng: random.Random) -> Asking:
    """Plus its questions about another year, place or kind, where the text has the one and not the other."""
    text = asking.reading.title + "".join(asking.reading.sentences)
    more = []
    for e in asking.examples:
        if e.is_told and rng.random() < SWAPPED and (other := swapped(e.question, text, rng)):
            more.append(Example(other, "", (), "swapped"))
    return replace(asking, examples=(*asking.examples, *more))


def drop_a_sentence(asking: Asking, rng: random.Random) -> Asking:
    """Sometimes the text without what answers one of its questions, in place of the text."""
    told = [e for e in asking.examples if e.is_told and e.support and e.kind != "whether"]
    if rng.random() > WITHOUT * len(told):
        return asking
    hidden = rng.choice(told)
    return without(asking, hidden.support, "without", hidden.answer) or asking


class Nearest:
    """Finds, for a text, the questions of other texts whose words it has most of."""

    def __init__(self, askings: Sequence[Asking]) -> None:
        self._all = [(a, e) for a in askings for e in a.examples if e.is_told and e.kind == "told"]
        self._grams = [Counter(bigrams(e.question)) for _, e in self._all]
        common = Counter(g for grams in self._grams for g in grams)
        self._rarity = {g: 1 / (1 + n) ** 0.5 for g, n in common.items()}
        self._by_gram: dict[str, list[int]] = {}
        for number, grams in enumerate(self._grams):
            for gram in grams:
                if common[gram] < 400:
                    self._by_gram.setdefault(gram, []).append(number)

    def find(self, asking: Asking, rng: random.Random) -> Example | None:
        """One of the eight questions nearest to the text whose answer it does not hold; None where none shares a word."""
        text = normalize(asking.reading.title + "".join(asking.reading.sentences))
        score: dict[int, float] = {}
        for gram in sorted(set(bigrams(text))):  # sums in one order: the same choice in every process
            for number in self._by_gram.get(gram, ()):
                score[number] = score.get(number, 0.0) + self._rarity[gram]
        best = sorted(score, key=lambda n: score[n] / (4 + len(self._grams[n])), reverse=True)[:24]
        fit = [self._all[n][1] for n in best if normalize(self._all[n][1].answer) not in text][:8]
        return Example(rng.choice(fit).question, "", (), "near") if fit else None


def add_near(asking: Asking, nearest: Nearest, rng: random.Random) -> Asking:
    if rng.random() > NEAR * sum(e.is_told for e in asking.examples):
        return asking
    found = nearest.find(asking, rng)
    return replace(asking, examples=(*asking.examples, found)) if found else asking
