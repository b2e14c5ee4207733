"""The chat of 问策 in a web page: `python ui.py --index DIR` prints its address when it is ready.

    browser -> /gradio_api/call/ask (Gradio's queue and event stream) -> web.asking -> Chatbot.stream -> web.feed -> browser

The only importer of gradio, in its server mode: the pages are our own (`web`), Gradio carries questions and answers.
It knows nothing of retrieval, prompts or models, and of HTML only which function makes which page. FastAPI comes with
gradio, whose server is one.
"""

import argparse
import json
import logging
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote as quote_url

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles

from desk.log import AnswerLog
from rag.datatypes import Answer, Article, Kind, Match
from rag.errors import UserError
from rag.refusals import date_words
from rag.settings import DEFAULT_INDEX
from rag.typed import write_whatever_comes
from web import pages
from web.answers import conversation_markdown, turn_html
from web.asking import Bot, Line, Question, ask
from web.feed import Feed
from web.pages import MAX_QUESTION, Look
from web.sources import article_html, find_articles, places_from
from web.texts import LANGUAGES, say
from web.turns import Turn, history_from_json, label_of, turns_from_json

logger = logging.getLogger("wence")

STATIC = Path(pages.__file__).parent / "static"
A_YEAR = 31_536_000  # seconds
MAX_BODY = 4_000_000  # bytes of a kept conversation
MAX_ANSWER = 4_000  # characters of an earlier answer that a follow-up leans on
OWN_PATHS = ("/articles", "/article/", "/a/", "/me", "/print", "/render", "/export", "/static/")
# Of Gradio's own routes those that asking needs, here and by its client; no uploads, no files, no proxy.
GRADIO_ROUTES = ("call/ask", "startup-events", "heartbeat/", "queue/join", "queue/data", "info", "cancel")


@dataclass(frozen=True, slots=True)
class Chat:
    """What the routes share. `asked` is what waits or is being answered, by the ticket that the page made."""

    bot: Bot
    log: AnswerLog | None
    contact: str
    line: Line = field(default_factory=Line)
    asked: dict[str, Question] = field(default_factory=dict)

    def article(self, article_id: str) -> Article | None:
        return next((article for article in self.bot.articles if article.id == article_id), None)

    def look(self, request: Request) -> Look:
        lang = request.query_params.get("lang") or request.cookies.get("lang")
        return Look("en" if lang == "en" else "zh", request.cookies.get("big") == "1", self.contact)


def build_app(bot: Bot, log: AnswerLog | None = None) -> Any:
    """The application, a `gradio.Server` and so a FastAPI one: others (`desk.app.mount`) may add their routes before it is
    launched. Without `log` nothing is stored, and there are no thumbs and no links to share. WENCE_CONTACT in the
    environment is the line under a refusal: whom to call."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("MPLBACKEND", "agg")  # gradio asks matplotlib, where there is one; unset, it loads all of it
    import gradio as gr

    chat = Chat(bot, log, os.environ.get("WENCE_CONTACT", "").strip())
    app = gr.Server(title="Wence", openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(Guard)
    app.add_exception_handler(UserError, told)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.api(answering(chat), name="ask", concurrency_limit=None)  # web.asking keeps the order
    add_pages(app, chat)
    add_matching(app, chat)
    add_controls(app, chat)
    add_conversations(app, chat)
    return app


def told(request: Request, error: Exception) -> Response:
    """What a visitor reads where the server is in trouble (its database is gone): one line."""
    assert isinstance(error, UserError)
    return PlainTextResponse(error.message("en" if request.cookies.get("lang") == "en" else "zh"), 503)


# ---------------------------------------------------------------- asking


def answering(chat: Chat) -> Callable[..., AsyncIterator[list[dict[str, Any]]]]:
    async def answer(
        question: str, history: list[list[str]], within: str, ticket: str, conversation: str, lang: str
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Answers a question: batches of `status`, sentences as `html`, and last the `end` with the whole `turn`.

        `history`: pairs of question and answer text, oldest first. `within`: the id of the only article to ask, or "".
        `ticket`: any unguessable word, by which /stop ends this question. `conversation`: what the log groups answers by.
        """
        article = chat.article(within)
        turn = Turn(question.strip()[:MAX_QUESTION], label_of(article) if article else None)
        feed = Feed(turn, "en" if lang == "en" else "zh", chat.contact)
        asked = Question(turn.question, history_from_json(history, MAX_ANSWER), article.id if article else None)
        chat.asked[ticket] = asked

        def keep(given: Answer, seconds: float) -> str:
            return chat.log.save(given, conversation[:64], seconds) if chat.log else ""

        try:
            async for events in ask(chat.bot, chat.line, asked, keep):
                yield [feed.message(event) for event in events]
        finally:
            asked.stop()
            chat.asked.pop(ticket, None)

    return answer


def add_controls(app: FastAPI, chat: Chat) -> None:
    """Stop and thumbs."""

    @app.post("/stop")
    async def stop(request: Request) -> Response:
        if asked := chat.asked.get((await request.body())[:64].decode("ascii", "replace")):
            asked.stop()
        return Response(status_code=204)

    @app.post("/rate")
    async def rate(request: Request) -> Response:
        values = await json_in(request)
        if chat.log is None or not isinstance(values, dict) or not isinstance(values.get("id"), str):
            return Response(status_code=404)
        reason = str(values.get("reason", ""))[:300]
        await run_in_threadpool(chat.log.rate, values["id"], values.get("good") is True, reason)
        return Response(status_code=204)


async def json_in(request: Request) -> object:
    """What the body says, or None where it is no JSON."""
    try:
        return cast(object, await request.json())
    except ValueError:
        return None


# ---------------------------------------------------------------- pages


def shown(html: str, request: Request, status: int = 200) -> HTMLResponse:
    """The page; a language chosen in the address is remembered."""
    response = HTMLResponse(html, status)
    if (lang := request.query_params.get("lang")) in LANGUAGES:
        response.set_cookie("lang", str(lang), max_age=A_YEAR, samesite="lax")
    return response


def add_pages(app: FastAPI, chat: Chat) -> None:
    @app.api_route("/", methods=["GET", "HEAD"])
    def home(request: Request) -> HTMLResponse:
        within = chat.article(request.query_params.get("within", ""))
        examples, limited = chat.bot.example_questions(), bool(chat.bot.problems)
        page = pages.chat_page(chat.look(request), len(chat.bot.articles), examples, within, limited)
        return shown(page, request)

    @app.get("/articles")
    def article_list(request: Request) -> HTMLResponse:
        wanted = request.query_params
        words, number = wanted.get("q", "").strip()[:60], wanted.get("page", "")
        kind = Kind(wanted["kind"]) if wanted.get("kind") in set(Kind) else None
        found = find_articles(chat.bot.articles, words, kind)
        at = int(number) if number.isascii() and number.isdigit() else 1
        return shown(pages.articles_page(chat.look(request), found, words, kind, at), request)

    @app.get("/article/{article_id:path}")
    def one_article(article_id: str, request: Request) -> HTMLResponse:
        """The page of an article, or with `part` the article alone, for the panel beside the answer."""
        look, article = chat.look(request), chat.article(article_id)
        places = places_from(request.query_params.getlist("at"), len(article.text)) if article else []
        if article and "part" in request.query_params:
            return HTMLResponse(article_html(article, places, look.lang))
        return shown(pages.article_page(look, article, places), request, 200 if article else 404)

    @app.get("/a/{answer_id}")
    def shared(answer_id: str, request: Request) -> HTMLResponse:
        stored = chat.log.read(answer_id) if chat.log else None
        return shown(pages.shared_page(chat.look(request), stored), request, 200 if stored else 404)


def add_matching(app: FastAPI, chat: Chat) -> None:
    """The view of what concerns a citizen. It waits in the same line as questions: the models are one."""

    @app.get("/me")
    def form(request: Request) -> HTMLResponse:
        return shown(pages.me_page(chat.look(request)), request)

    @app.post("/me")
    async def matches(request: Request) -> HTMLResponse:
        look = chat.look(request)
        description = str((await request.form()).get("about", "")).strip()[:MAX_QUESTION]
        found: Sequence[Match] | None = None
        problem, ticket = "", object()
        try:
            async for _ in chat.line.places(ticket):
                pass
            found = await run_in_threadpool(chat.bot.matching, description) if description else None
        except UserError as error:
            problem = error.message(look.lang)
        except Exception:
            logger.exception("no matches")
            problem = say("me_failed", look.lang)
        finally:
            chat.line.leave(ticket)
        return shown(pages.me_page(look, description, found, problem), request)


# ---------------------------------------------------------------- conversations, which the browser keeps


async def conversation_in(request: Request) -> tuple[str, tuple[Turn, ...]]:
    """The title and the turns of the conversation in the form; empty where it is none."""
    try:
        values = json.loads(str((await request.form()).get("conversation", "")))
        return str(values["title"])[:80], turns_from_json(values["turns"])
    except (ValueError, TypeError, KeyError):
        return say("untitled"), ()


def add_conversations(app: FastAPI, chat: Chat) -> None:
    """A kept conversation as HTML, to take away, and on paper."""

    @app.post("/render")
    async def render(request: Request) -> HTMLResponse:
        look, (_, turns) = chat.look(request), await conversation_in(request)
        rated = chat.log is not None
        return HTMLResponse("".join(turn_html(t, look.lang, contact=look.contact, rated=rated) for t in turns))

    @app.post("/export")
    async def export(request: Request) -> Response:
        title, turns = await conversation_in(request)
        name = "".join(c for c in title if c.isalnum() or c in " -_")[:40].strip() or "wence"
        as_file = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote_url(name)}.md"}
        text = conversation_markdown(title, turns, today())
        return Response(text, media_type="text/markdown; charset=utf-8", headers=as_file)

    @app.post("/print")
    async def printed(request: Request) -> HTMLResponse:
        title, turns = await conversation_in(request)
        return shown(pages.printed_page(chat.look(request), title, turns, today()), request)


def today() -> str:
    return date_words(date.today().isoformat())


# ---------------------------------------------------------------- the server


class Guard:
    """Sets the headers that keep our pages to their own host, shuts what of Gradio is not needed, limits bodies."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not (
            path == "/" or path.startswith((*OWN_PATHS, "/gradio_api/", "/rate", "/stop"))
        ):
            await self.app(scope, receive, send)
            return
        inner = path.removeprefix("/gradio_api/")
        length = dict(scope["headers"]).get(b"content-length", b"0")
        refused = 0
        if inner != path and not inner.startswith(GRADIO_ROUTES):
            refused = 404
        elif int(length if length.isdigit() else b"0") > MAX_BODY:
            refused = 413
        if refused:
            await Response(status_code=refused)(scope, receive, send)
            return
        own = path == "/" or path.startswith(OWN_PATHS)

        async def send_guarded(message: Any) -> None:
            if own and message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *GUARDS]}
            await send(message)

        await self.app(scope, receive, send_guarded)


GUARDS = (
    (b"content-security-policy", pages.CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


def serve(bot: Bot, host: str, port: int, log: AnswerLog | None = None) -> None:
    """Show the chat at http://host:port until interrupted. Nothing on the page comes from another host."""
    launch(build_app(bot, log), host, port)
    threading.Event().wait()


def launch(app: Any, host: str, port: int) -> None:
    """Serve what `build_app` made in a thread of its own, and print its address once it can be asked."""
    for name in ("NO_PROXY", "no_proxy"):  # gradio calls its own address once, which no proxy could reach
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), host, "127.0.0.1", "localhost")))
    private: dict[str, Any] = {"share": False, "run_history": False, "enable_monitoring": False, "ssr_mode": False}
    _, address, _ = app.launch(
        server_name=host, server_port=port, prevent_thread_lock=True, quiet=True, _frontend=False, **private
    )
    print(say("ready", address=address.rstrip("/")), flush=True)


def require_free_port(host: str, port: int) -> None:
    """UserError where the address cannot be listened on; asked before the models are loaded."""
    try:
        with socket.create_server((host, port)):
            pass
    except (OSError, OverflowError, TypeError, UnicodeError) as error:  # the last two: no name of a host
        reason = str(error).split(" (while")[0]
        zh, en = (say("no_port", lang, host=host, port=port, reason=reason) for lang in ("zh", "en"))
        raise UserError(zh, en) from error


def main(arguments: Sequence[str] | None = None) -> int:
    write_whatever_comes()
    parser = argparse.ArgumentParser(prog="python ui.py", description="问策的网页聊天。")
    parser.add_argument("--index", type=Path, default=DEFAULT_INDEX, help="索引目录")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址（0.0.0.0：局域网可访问）")
    parser.add_argument("--port", type=int, default=7860, help="端口")
    parser.add_argument("--lang", choices=LANGUAGES, default="zh", help="错误提示的语言")
    options = parser.parse_args(arguments)
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    try:
        require_free_port(options.host, options.port)
        print(say("loading", options.lang), file=sys.stderr, flush=True)
        from desk.app import mount, open_desk_store
        from desk.indexing import ServedBot
        from desk.later import PatientLog
        from rag.following import Follower
        from rag.settings import read_settings
        from rag.setup import VECTOR_CACHE, load_chatbot

        settings = read_settings()
        store = open_desk_store(options.index)
        bot = load_chatbot(options.index, settings)
        bot.example_questions()  # looked for once, while the local model is still being loaded
        app = build_app(bot, PatientLog(store))
        indexing = mount(app, store, ServedBot(bot, options.index, settings.home / VECTOR_CACHE))
        Follower(options.index, bot.encoder.identity, lambda: bot.index.manifest.build, indexing.take).start()
        launch(app, options.host, options.port)
        threading.Event().wait()
    except UserError as error:
        print(error.message(options.lang), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
