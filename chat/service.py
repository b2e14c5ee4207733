"""What every door to the chatbot shares, the pages, the API and whatever speaks for others: one bot, one log, one waiting line,
and what a question must be before it waits there."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from chat.asking import Bot, Event, Found, LookUp, Question, Tickets, WaitingLine, ask
from chat.texts import say
from desk.log import AnswerLog
from rag.datatypes import Answer, Article
from rag.errors import UserError
from rag.text.typed import clean_question

MAX_QUESTION = 500  # characters, as the chatbot takes them
MAX_ANSWER = 4_000  # characters of an earlier answer that a follow-up leans on
MAX_REASON = 300  # characters of a thumb's reason
CONVERSATION = re.compile(r"(?=.*[A-Za-z])[\w-]{8,64}", re.ASCII)  # made by a client; no number of a person


@dataclass(frozen=True, slots=True)
class Service:
    """Answers, searches and keeps for all who ask. Without `log` nothing is stored. `contact`: whom to call after a refusal, or
    "". `tickets` are of what waits or is being answered."""

    bot: Bot
    log: AnswerLog | None = None
    contact: str = ""
    line: WaitingLine = field(default_factory=WaitingLine)
    tickets: Tickets = field(default_factory=Tickets)

    def article(self, article_id: str) -> Article | None:
        return next((article for article in self.bot.articles if article.id == article_id), None)

    async def ask(
        self, question: Question, conversation: object = "", ticket: str = ""
    ) -> AsyncGenerator[list[Event], None]:
        """The events of `chat.asking.ask`; the answer is kept. `conversation`: what the log groups answers by, any word of 8 to 64
        letters and digits; anything else groups nothing. `ticket`: by which the question may be stopped; "": by none."""
        group = conversation if isinstance(conversation, str) and CONVERSATION.fullmatch(conversation) else ""

        def keep(given: Answer, seconds: float) -> str:
            return self.log.save(given, group, seconds) if self.log else ""

        self.tickets.hold(ticket, question)
        try:
            async with aclosing(ask(self.bot, self.line, question, keep)) as batches:
                async for events in batches:
                    yield events
        finally:
            question.stop()
            self.tickets.give_back(question)

    async def search(self, query: Question, most: int) -> AsyncGenerator[list[Event], None]:
        """The events of a search, which waits in the same line: the models are one. Nothing is kept of it."""
        search = LookUp(lambda words: Found(tuple(self.bot.search(words, most))))
        async with aclosing(ask(search, self.line, query, lambda answer, seconds: "")) as batches:
            async for events in batches:
                yield events


def typed_question(text: object) -> str:
    """What was typed as a question, fit to be asked; "" for what is none."""
    return clean_question(text).strip() if isinstance(text, str) else ""


def refused_question(text: str) -> UserError | None:
    """Why this is no question that can be asked, before it waits in the line."""
    if not text:
        return UserError(say("no_question"), say("no_question", "en"))
    if len(text) > MAX_QUESTION:
        zh, en = (say("long_question", lang, length=len(text), most=MAX_QUESTION) for lang in ("zh", "en"))
        return UserError(zh, en)
    return None
