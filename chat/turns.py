"""A question and its answer as the page shows and the browser keeps it: small plain values, there and back.

An `Answer` holds whole articles. What is kept in the browser names them by id and holds the cited words themselves, so
that a conversation still shows its sources when an article is gone. What comes back from a browser is not trusted:
`turns_from_json` takes what has the right shape and nothing else.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from desk.plain import clean
from rag.datatypes import Answer, Article, Choice, Citation, Kind, Sentence, Status
from rag.validity import Standing, State, standing_of

MAX_TURNS = 200  # of one conversation
MAX_TEXT = 20_000  # characters of one kept text
MAX_TITLE = 80
MAX_SAID, MAX_SOURCES = 500, 50  # sentences, sources or choices of a turn, sources of a sentence
MAX_NUMBER = 1_000_000_000  # of a source, or of an offset into an article
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
    standing: Standing | None = None  # of a cited rule, on the day of the answer


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """A cited place: [start, end) of the article's text, the words that stood there, and the page of its file; 0: it has none."""

    number: int
    article: Label
    start: int
    end: int
    quote: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of an answer with what it rests on."""

    text: str
    sources: tuple[CitedPlace, ...] = ()
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
    choices: tuple[Choice, ...] = ()
    sources: tuple[CitedPlace, ...] = field(init=False)

    def __post_init__(self) -> None:
        by_number = {source.number: source for said in self.said for source in said.sources}
        object.__setattr__(self, "sources", tuple(by_number[number] for number in sorted(by_number)))

    @property
    def is_all_quoted(self) -> bool:
        return bool(self.said) and all(said.quoted for said in self.said)

    @property
    def cites_a_proposal(self) -> bool:
        return any(source.article.kind is Kind.PROPOSAL for source in self.sources)


def label_of(article: Article, state: State | None = None) -> Label:
    speaker = f"{article.speaker_role or ''}{article.speaker}" if article.speaker else ""
    reporter, published = article.reporter or "", article.published or ""
    standing = standing_of(article.validity, state)
    return Label(article.id, article.title, article.kind, speaker, reporter, published, standing)


def cited_place(citation: Citation) -> CitedPlace:
    page = citation.article.page_at(citation.span.start) or 0
    return CitedPlace(citation.number, label_of(citation.article, citation.state), *citation.span, citation.quote, page)


def said_of(sentence: Sentence) -> Said:
    return Said(sentence.text, tuple(map(cited_place, sentence.citations)), sentence.quoted)


def turn_of(answer: Answer, within: Label | None = None, answer_id: str = "") -> Turn:
    return Turn(
        question=answer.question,
        within=within,
        said=tuple(map(said_of, answer.sentences)),
        status=answer.status,
        note=answer.note or "",
        choices=answer.choices,
        nearest=tuple(map(label_of, answer.nearest)),
        answer_id=answer_id,
    )


# ---------------------------------------------------------------- to the browser and back


def turn_to_json(turn: Turn) -> dict[str, Any]:
    values = asdict(turn)
    del values["sources"]
    return values


def turns_from_json(values: object) -> tuple[Turn, ...]:
    """The last `MAX_TURNS` turns; ValueError where any value is not of the shape that `turn_to_json` gives."""
    return tuple(turn_from_json(value) for value in list_in(values, "turns", None)[-MAX_TURNS:])


def turn_from_json(values: object) -> Turn:
    """The inverse of `turn_to_json`; ValueError for what is no turn."""
    turn = object_in(values)
    question, within, status = text_in(turn, "question", required=True), turn.get("within"), text_in(turn, "status")
    read = Turn(
        question=question,
        within=None if within is None else label_from_json(within),
        said=tuple(map(said_from_json, list_in(turn.get("said", []), "said", MAX_SAID))),
        status=Status(status) if status else None,
        note=text_in(turn, "note"),
        choices=tuple(map(choice_from_json, list_in(turn.get("choices", []), "choices", MAX_SAID))),
        nearest=tuple(map(label_from_json, list_in(turn.get("nearest", []), "nearest", MAX_SAID))),
        problem=text_in(turn, "problem"),
        answer_id=text_in(turn, "answer_id"),
        rating=text_in(turn, "rating"),
    )
    if len(read.sources) > MAX_SAID:
        raise ValueError("sources of more than any answer")
    return read


def said_from_json(values: object) -> Said:
    said = object_in(values)
    sources = list_in(said.get("sources", []), "sources", MAX_SOURCES)
    return Said(text_in(said, "text", required=True), tuple(map(source_from_json, sources)), said.get("quoted") is True)


def choice_from_json(values: object) -> Choice:
    choice = object_in(values)
    return Choice(text_in(choice, "label", required=True), text_in(choice, "question", required=True))


def source_from_json(values: object) -> CitedPlace:
    source = object_in(values)
    number, start, end = (number_in(source, name) for name in ("number", "start", "end"))
    quote = text_in(source, "quote", required=True)
    page = number_in(source, "page") if "page" in source else 0  # a conversation of before has none
    return CitedPlace(number, label_from_json(source.get("article")), start, end, quote, page)


def label_from_json(values: object) -> Label:
    label = object_in(values)
    article_id, title, kind = (text_in(label, name, required=True) for name in ("article_id", "title", "kind"))
    speaker, reporter, published = (text_in(label, name) for name in ("speaker", "reporter", "published"))
    return Label(article_id, title, Kind(kind), speaker, reporter, published, standing_in(label.get("standing")))


def standing_in(value: object) -> Standing | None:
    if value is None:
        return None
    values = list_in(value, "standing", len(Standing._fields))
    if len(values) != len(Standing._fields) or not all_texts(values):
        raise ValueError("standing is none")
    state, *facts = (clean(str(part)[:MAX_TITLE]) for part in values)
    return Standing(State(state), *facts)


def object_in(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"no object but {type(value).__name__}")
    return value


def list_in(value: object, name: str, most: int | None) -> Sequence[object]:
    if not isinstance(value, list | tuple) or (most is not None and len(value) > most):
        raise ValueError(f"{name} is no list, or too long")
    return value


def text_in(values: Mapping[str, object], name: str, *, required: bool = False) -> str:
    value = values.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return clean(value[:MAX_TEXT])


def number_in(values: Mapping[str, object], name: str) -> int:
    value = values.get(name)
    if type(value) is not int or not 0 <= value <= MAX_NUMBER:
        raise ValueError(f"{name} is no number of this size")
    return value


def conversation_from_json(text: str) -> tuple[str, tuple[Turn, ...]]:
    """The title and the turns of a kept conversation; ValueError where the text is none."""
    try:
        values = object_in(json.loads(text))
    except RecursionError as error:
        raise ValueError("nested without end") from error
    return text_in(values, "title", required=True)[:MAX_TITLE], turns_from_json(values.get("turns"))


def history_from_json(values: object, longest: int) -> list[tuple[str, str]]:
    """The last pairs (question, answer text), oldest first, each text cut at `longest`."""
    if not isinstance(values, list):
        return []
    pairs = [pair for pair in values if isinstance(pair, list) and len(pair) == 2 and all_texts(pair)]
    return [(clean(question)[:longest], clean(answer)[:longest]) for question, answer in pairs[-REMEMBERED:]]


def all_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def answer_text(said: Sequence[Said], note: str = "") -> str:
    """The answer without markers, as a follow-up leans on it."""
    return "".join(sentence.text for sentence in said) + note
