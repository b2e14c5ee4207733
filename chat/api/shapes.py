"""What the API takes and gives, as pydantic models made from the datatypes: here and nowhere else.

An answer is what `Answer.to_json` says and its id. Offsets are characters (Unicode code points) into the article's text, half-open.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chat.service import MAX_ANSWER, MAX_QUESTION, MAX_REASON
from chat.turns import REMEMBERED
from rag.datatypes import Answer, Article, Hit, Kind, Sentence, Status, citation_to_json
from rag.validity import State, standing_to_json

MAX_HITS, MAX_ARTICLES = 50, 100
MAX_ID, MAX_WORDS = 200, 60


class Given(BaseModel):
    """What a client sends: nothing that is not asked for."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(frozen=True)


# ---------------------------------------------------------------- taken


class EarlierTurn(Given):
    """A question of the conversation, and the text of its answer."""

    question: Annotated[str, Field(max_length=MAX_QUESTION)]
    answer: Annotated[str, Field(max_length=MAX_ANSWER)]


class Ask(Given):
    """A question in everyday Chinese."""

    question: Annotated[str, StringConstraints(min_length=1, max_length=MAX_QUESTION)] = Field(
        examples=["托育补贴每月多少钱？"]
    )
    history: Annotated[list[EarlierTurn], Field(max_length=50)] = Field(
        [], description=f"Earlier turns, oldest first; the last {REMEMBERED} count."
    )
    within: Annotated[str, Field(max_length=MAX_ID)] | None = Field(
        None, description="The id of the only article that may answer."
    )
    conversation: str = Field(
        "",
        pattern=r"^([A-Za-z][A-Za-z0-9_-]{7,63})?$",
        description="A word of the client's own by which the desk groups the answers of one conversation.",
    )


class Search(Given):
    """What to look for."""

    query: Annotated[str, StringConstraints(min_length=1, max_length=MAX_QUESTION)]
    limit: Annotated[int, Field(ge=1, le=MAX_HITS)] = 10


class Feedback(Given):
    """A citizen's thumb; the last one of an answer counts."""

    answer_id: Annotated[str, Field(min_length=1, max_length=64)]
    good: bool
    reason: Annotated[str, Field(max_length=MAX_REASON)] = ""


# ---------------------------------------------------------------- given


class SupersededBy(Shown):
    """The article that stands in another's place."""

    article_id: str
    title: str
    since: date | None


class Citation(Shown):
    """Where a sentence comes from: `quote` stands at [start, end) of the article's text. The state is the article's on the day of
    the answer."""

    number: int
    passage_id: str
    article_id: str
    title: str
    kind: Kind
    speaker: str | None = Field(description="Whose suggestion it is.")
    published: str | None = Field(description="ISO 8601; --01-16 where the source gives no year.")
    source: str
    page: int | None = Field(description="The page of its file, from 1.")
    start: int
    end: int
    quote: str
    state: State | None
    effective: date | None
    expires: date | None = Field(description="The last day on which it holds.")
    superseded_by: SupersededBy | None


class AnswerSentence(Shown):
    """One sentence that was checked against what it cites. `quoted`: the source's own words."""

    text: str
    quoted: bool
    citations: list[Citation]


class Choice(Shown):
    """Whose rule may be meant, in its title's words, and the question that names it."""

    label: str
    question: str


class NearArticle(Shown):
    """An article close to the question."""

    article_id: str
    title: str
    kind: Kind


class Evidence(Shown):
    """A stretch of a passage that may stand behind the answer."""

    passage_id: str
    article_id: str
    start: int
    end: int
    text: str
    score: float


class AnswerBody(Shown):
    """The answer, or an honest no: `status` says which. `note`: the refusal's words, or what is missing of a partial answer."""

    id: str = Field(description='Names the stored answer, for feedback; "" where it is not stored.')
    status: Status
    text: str = Field(description="As it is read: sentences with their [n], then the note.")
    question: str
    standalone_question: str
    sentences: list[AnswerSentence]
    note: str | None
    choices: list[Choice] = Field(description="What is asked back: whose rule is meant (status ask_back, or partial).")
    nearest: list[NearArticle]
    evidence: list[Evidence]
    model: str
    index: str
    on: str = Field(description="The day by which it was answered.")
    timings: dict[str, float] = Field(description="Seconds by step.")


class ArticleSummary(Shown):
    """What a list says of an article. The state is today's."""

    id: str
    title: str
    kind: Kind
    source: str
    published: str | None
    speaker: str | None
    speaker_role: str | None
    issuer: str | None
    number: str | None
    state: State | None
    effective: date | None
    expires: date | None
    superseded_by: SupersededBy | None


class ArticleBody(ArticleSummary):
    """An article whole."""

    kicker: str | None
    subtitle: str | None
    section: str | None
    reporter: str | None
    text: str
    paragraphs: list[tuple[int, int]] = Field(description="[start, end) of each in the text.")


class ArticleList(Shown):
    """A stretch of the articles that fit, newest first."""

    total: int
    offset: int
    articles: list[ArticleSummary]


class SearchHit(Shown):
    """A passage found; rank 1 is the best. Scores compare within one search."""

    rank: int
    score: float
    passage_id: str
    start: int
    end: int
    text: str
    article: ArticleSummary


class SearchResult(Shown):
    """What was found, best first."""

    hits: list[SearchHit]


class Progress(Shown):
    """What is being done: "waiting" (`before`: so many are before), "searching", "reading", "writing" (`found`: articles)."""

    step: str
    found: int = 0
    before: int = 0


class Health(Shown):
    """The process answers."""

    status: str = "ok"


class Ready(Shown):
    """Whether questions are taken now. `model`: false where answers only quote, the local model not being there."""

    ready: bool
    articles: int
    waiting: int
    keys: bool = Field(description="Whether the database that holds the keys answers.")
    model: bool


class Misfit(Shown):
    """Where something does not fit: its place in what was sent, and why."""

    at: str
    reason: str


class Problem(Shown):
    """Problem details (RFC 9457). `code` tells a program which kind it is."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    errors: list[Misfit] = []


# ---------------------------------------------------------------- made


def answer_body(answer: Answer, answer_id: str = "") -> AnswerBody:
    return AnswerBody.model_validate({"id": answer_id, **answer.to_json()})


def answer_sentence(sentence: Sentence) -> AnswerSentence:
    citations = [Citation.model_validate(citation_to_json(one)) for one in sentence.citations]
    return AnswerSentence(text=sentence.text, quoted=sentence.quoted, citations=citations)


def article_summary(article: Article, today: date) -> ArticleSummary:
    return ArticleSummary.model_validate(_article(article, ArticleSummary, today))


def article_body(article: Article, today: date) -> ArticleBody:
    return ArticleBody.model_validate(_article(article, ArticleBody, today))


def search_result(hits: Sequence[Hit], today: date) -> SearchResult:
    return SearchResult(
        hits=[
            SearchHit(
                rank=hit.rank,
                score=round(hit.score, 4),
                passage_id=hit.passage.id,
                start=hit.passage.span.start,
                end=hit.passage.span.end,
                text=hit.passage.text,
                article=article_summary(hit.passage.article, today),
            )
            for hit in hits
        ]
    )


def _article(article: Article, shape: type[ArticleSummary], today: date) -> dict[str, Any]:
    """The article's facts that the shape has, and its state at the day."""
    standing = standing_to_json(article.validity, article.validity.state_on(today) if article.validity else None)
    return {name: getattr(article, name) for name in shape.model_fields if name not in standing} | standing
