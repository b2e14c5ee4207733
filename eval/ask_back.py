"""Invented notices of several places, groups and years, and questions about them: who does not say whose rule is meant is asked back.

A family is one notice in as many versions as it has labels (two counties, 在职 and 退休, 2026 and 2027); what differs between them stands in
`values`, a line that begins with @2 in the second alone. `ambiguous` are told by all of them, differently; `clear` by one, by all alike, by
none, or they name whose they mean. Thresholds were chosen on the half `develop`; `held` is scored only: do not read its questions.

    python -m eval.ask_back HALF [--quote] [--every N]      asks them with the real models, prints what was asked back
"""

import argparse
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from eval.data import HERE, broken
from eval.intervals import wilson
from eval.real_policies import PolicyDocument
from rag.datatypes import Answer, Article, Status
from rag.errors import UserError
from rag.reading.files import read_articles
from rag.search.index import build_index
from rag.settings import NO_GENERATOR, read_settings

FOLDER = HERE / "ask_back"
HALVES = ("develop", "held")
ASKED_ON = date(2026, 11, 27)  # between the two years of the notices that are for a year


@dataclass(frozen=True, slots=True)
class Notice:
    """`label`: what tells it from the other versions; "" where there is none. `published`: an ISO date, "" where it has none."""

    label: str
    title: str
    text: str
    published: str


@dataclass(frozen=True, slots=True)
class Family:
    id: str
    notices: tuple[Notice, ...]
    ambiguous: tuple[str, ...]
    clear: tuple[str, ...]


def read_families(half: str, folder: Path = FOLDER) -> list[Family]:
    """The families of a half. UserError that names the file where one does not fit."""
    path = folder / f"{half}.toml"
    return [_family(path, values) for values in tomllib.loads(path.read_text("utf-8"))["family"]]


def _family(path: Path, values: Mapping[str, Any]) -> Family:
    labels, differing = values["labels"], values["values"]
    if lost := [name for name, own in differing.items() if len(own) != len(labels) or len(set(own)) != len(own)]:
        raise broken(path, None, f"{values['id']}: not one value for each label: {lost[0]}")
    if values["ambiguous"] and len(labels) < 2:
        raise broken(path, None, f"{values['id']}: one notice is never ambiguous")
    published = values.get("published", [""] * len(labels))
    notices = [
        Notice(
            label,
            values["title"].format(label=label),
            "\n".join(_lines(values["text"], number)).format(
                label=label, **{name: own[number] for name, own in differing.items()}
            ),
            published[number],
        )
        for number, label in enumerate(labels)
    ]
    return Family(values["id"], tuple(notices), tuple(values["ambiguous"]), tuple(values["clear"]))


def _lines(text: str, number: int) -> Iterator[str]:
    """The lines of the version with this number, from 0."""
    for line in text.strip().splitlines():
        if not line.startswith("@"):
            yield line
        elif line.startswith(f"@{number + 1} "):
            yield line.partition(" ")[2]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question. `labels`: what was asked back."""

    family: Family
    is_ambiguous: bool
    question: str
    status: Status
    labels: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        return (self.status is Status.ASK_BACK) == self.is_ambiguous

    @property
    def offers_all(self) -> bool:
        """Whether each of the family's notices can be chosen, and nothing else."""
        return set(self.labels) == {notice.label for notice in self.family.notices}


def notice_articles(families: Sequence[Family]) -> list[Article]:
    """The notices as they are read from files."""
    named = [(f"{family.id}-{n}", notice) for family in families for n, notice in enumerate(family.notices, start=1)]
    files = {id: PolicyDocument(id, own.title, own.text, date=own.published).as_file() for id, own in named}
    return [article for id, text in files.items() for article in read_articles(text, f"{id}.txt")]


def outcomes(families: Sequence[Family], ask: Callable[[str], Answer], every: int = 1) -> Iterator[Outcome]:
    """What becomes of every n-th question of each kind."""
    for is_ambiguous in (True, False):
        asked = [(one, text) for one in families for text in (one.ambiguous if is_ambiguous else one.clear)]
        for family, text in asked[::every]:
            answer = ask(text)
            print(f"{answer.status.value:12} {family.id}", file=sys.stderr, flush=True)
            yield Outcome(family, is_ambiguous, text, answer.status, tuple(choice.label for choice in answer.choices))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.ask_back", description="Who is asked back, and who is not.")
    parser.add_argument("half", choices=HALVES)
    parser.add_argument("--quote", action="store_true", help="without the local model")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every N-th question")
    options = parser.parse_args(arguments)
    try:
        families = read_families(options.half)
        with tempfile.TemporaryDirectory() as folder:
            done = list(outcomes(families, asking(families, Path(folder), options.quote), options.every))
    except UserError as error:
        print(error.message("en"), file=sys.stderr)
        return 2
    for is_ambiguous in (True, False):
        own = [one for one in done if one.is_ambiguous is is_ambiguous]
        back = sum(one.status is Status.ASK_BACK for one in own)
        low, high = wilson(back, len(own))
        told = sum(one.status.has_sentences for one in own)
        kind = "ambiguous" if is_ambiguous else "clear"
        print(
            f"{kind:10} asked back {back}/{len(own)} = {back / max(1, len(own)):.2f} [{low:.2f}, {high:.2f}], answered {told}"
        )
    whole = [one.offers_all for one in done if one.is_ambiguous and one.labels]
    print(f"all of the notices to choose from {sum(whole)}/{len(whole)}")
    if options.half != "held":
        for one in done:
            if not one.is_right:
                print(f"  {one.family.id}\t{one.question}\t{one.status.value}\t{'、'.join(one.labels)}")
    return 0


def asking(families: Sequence[Family], folder: Path, quote: bool) -> Callable[[str], Answer]:
    """The chatbot over an index of the notices, made in the folder."""
    from rag.setup import VECTOR_CACHE, go_offline, load_chatbot, open_encoder

    settings = read_settings()
    settings = replace(settings, generator=NO_GENERATOR) if quote else settings
    go_offline(settings)
    build_index(notice_articles(families), folder / "index", open_encoder(settings), settings.home / VECTOR_CACHE)
    bot = load_chatbot(folder / "index", settings)
    return lambda text: bot.ask(text, on=ASKED_ON)


if __name__ == "__main__":
    sys.exit(main())
