"""Questions that ask alike, gathered: "asked 14 times, nothing found". Character bigrams, no model.

Each question joins the first group whose leading question shares enough with it; the most asked lead.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from desk.store.statistics import Unanswered
from rag.question.content import content_bigrams
from rag.text.normalization import bigrams

ALIKE = 0.5  # Dice coefficient of the bigrams


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions that ask alike, the most asked first. `count`: how often all of them were asked; `last`: a day."""

    questions: tuple[str, ...]
    count: int
    last: str


def cluster_questions(asked: Sequence[Unanswered], alike: float = ALIKE) -> list[Cluster]:
    """The groups, the most asked first. `asked` comes the most asked first."""
    leaders: list[int] = []  # places in `asked`
    members: list[list[Unanswered]] = []
    sizes: list[int] = []
    groups_of: dict[str, list[int]] = {}  # bigram -> groups whose leader holds it
    for place, question in enumerate(asked):
        grams = _grams(question.question)
        shared = Counter(group for gram in grams for group in groups_of.get(gram, ()))
        group, common = max(
            shared.items(), key=lambda item: (2 * item[1] / (len(grams) + sizes[item[0]]), -item[0]), default=(-1, 0)
        )
        if group >= 0 and 2 * common / (len(grams) + sizes[group]) >= alike:
            members[group].append(question)
            continue
        leaders.append(place)
        members.append([question])
        sizes.append(len(grams))
        for gram in grams:
            groups_of.setdefault(gram, []).append(len(leaders) - 1)
    clusters = [
        Cluster(tuple(q.question for q in group), sum(q.count for q in group), max(q.last for q in group))
        for group in members
    ]
    return sorted(clusters, key=lambda cluster: -cluster.count)


def _grams(question: str) -> set[str]:
    """The bigrams of what the question is about; of all of it where that is nothing."""
    return set(content_bigrams(question)) or set(bigrams(question))
