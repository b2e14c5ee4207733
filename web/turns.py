"""A question and its answer as the page shows and the browser keeps it: small plain values, there and back.

An `Answer` holds whole articles. What is kept in the browser names them by id and holds the cited words themselves, so
that a conversation still shows its sources when an article is gone. What comes back from a browser is not trusted:
`turn_from_json` takes what has the right shape and nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rag.datatypes import Answer, Article, Citation, Kind, Sentence, Status

MAX_TURNS = 200  # of one conversation
MAX_TEXT = 20_000  # characters of one kept text
REMEMBERED = 6  # turns that a follow-up may lean on


@dataclass(frozen=True, slots=True)
class Label:
    """What is said of an article wherever it is named."""

    article_id: str
    title: str
    kind: Kind
    speaker: str = ""  # with the role in front
    reporter: str = ""
    published: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A cited place: [start, end) of the article's text, and the words that stood there."""

    number: int
    article: Label
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of an answer with what it rests on."""

    text: str
    sources: tuple[Source, ...] = ()
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what there is of its answer. `status` is None while it is being written and where none came;
    `problem` is then the line that says why. `answer_id` names the answer where it was stored; `rating` is "", "good"
    or "bad"."""

    question: str
    within: Label | None = None
    said: tuple[Said, ...] = ()
    status: Status | None = None
    note: str = ""
    nearest: tuple[Label, ...] = ()
    problem: str = ""
    answer_id: str = ""
    rating: str = ""
    sources: tuple[Source, ...] = field(init=False)

    def __post_init__(self) -> None:
        by_number = {source.number: source for said in self.said for source in said.sources}
        object.__setattr__(self, "sources", tuple(by_number[number] for number in sorted(by_number)))


def label_of(article: Article) -> Label:
    speaker = f"{article.speaker_role or ''}{article.speaker}" if article.speaker else ""
    return Label(article.id, article.title, article.kind, speaker, article.reporter or "", article.published or "")


def source_of(citation: Citation) -> Source:
    return Source(citation.number, label_of(citation.article), *citation.span, citation.quote)


def said_of(sentence: Sentence) -> Said:
    return Said(sentence.text, tuple(map(source_of, sentence.citations)), sentence.quoted)


def turn_of(answer: Answer, within: Label | None = None, answer_id: str = "") -> Turn:
    return Turn(
        question=answer.question,
        within=within,
        said=tuple(map(said_of, answer.sentences)),
        status=answer.status,
        note=answer.note or "",
        nearest=tuple(map(label_of, answer.nearest)),
        answer_id=answer_id,
    )


# ---------------------------------------------------------------- to the browser and back


def turn_to_json(turn: Turn) -> dict[str, Any]:
    values = asdict(turn)
    del values["sources"]
    return values


def turns_from_json(values: object) -> tuple[Turn, ...]:
    """Those of the values that are turns, the last `MAX_TURNS`."""
    if not isinstance(values, list):
        return ()
    turns: list[Turn] = []
    for value in values[-MAX_TURNS:]:
        try:
            turns.append(turn_from_json(value))
        except (KeyError, TypeError, ValueError):
            continue
    return tuple(turns)


def turn_from_json(values: Any) -> Turn:
    """The inverse of `turn_to_json`; KeyError, TypeError or ValueError for what is no turn."""
    return Turn(
        question=text_in(values, "question"),
        within=label_from_json(values["within"]) if values.get("within") else None,
        said=tuple(map(said_from_json, values.get("said", ()))),
        status=Status(values["status"]) if values.get("status") else None,
        note=text_in(values, "note"),
        nearest=tuple(map(label_from_json, values.get("nearest", ()))),
        problem=text_in(values, "problem"),
        answer_id=text_in(values, "answer_id"),
        rating=text_in(values, "rating"),
    )


def said_from_json(values: Any) -> Said:
    sources = tuple(map(source_from_json, values.get("sources", ())))
    return Said(text_in(values, "text"), sources, values.get("quoted") is True)


def source_from_json(values: Any) -> Source:
    return Source(
        int(values["number"]),
        label_from_json(values["article"]),
        int(values["start"]),
        int(values["end"]),
        text_in(values, "quote"),
    )


def label_from_json(values: Any) -> Label:
    names = ("article_id", "title", "speaker", "reporter", "published")
    article_id, title, speaker, reporter, published = (text_in(values, name) for name in names)
    return Label(article_id, title, Kind(values["kind"]), speaker, reporter, published)


def text_in(values: Any, name: str) -> str:
    if not isinstance(values, dict):
        raise TypeError(f"not an object: {values!r}")
    value = values.get(name, "")
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text: {value!r}")
    return value[:MAX_TEXT]


def history_from_json(values: object, longest: int) -> list[tuple[str, str]]:
    """The last pairs (question, answer text), oldest first, each text cut at `longest`."""
    if not isinstance(values, list):
        return []
    pairs = [pair for pair in values if isinstance(pair, list) and len(pair) == 2 and all_texts(pair)]
    return [(question[:longest], answer[:longest]) for question, answer in pairs[-REMEMBERED:]]


def all_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def answer_text(said: Sequence[Said], note: str = "") -> str:
    """The answer without markers, as a follow-up leans on it."""
    return "".join(sentence.text for sentence in said) + note
