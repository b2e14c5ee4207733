"""The chat of 问策 in a web page: `python ui.py --index DIR` prints its address when it is ready.

    browser -> /gradio_api/call/ask (Gradio's queue and event stream) -> chat.asking -> Chatbot.stream -> chat.feed -> browser

The only importer of gradio, in its server mode: the pages are our own (`chat`), Gradio carries questions and answers.
It knows nothing of retrieval, prompts or models, and of HTML only which function makes which page. FastAPI comes with
gradio, whose server is one.
"""

import argparse
import logging
import os
import secrets
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote as quote_url

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles

from chat import pages
from chat.answers import conversation_markdown
from chat.api.access import Access
from chat.api.mount import mount_api
from chat.asking import Bot, Crowded, Failed, LookUp, Matched, Question, Waiting, ask
from chat.door import ASKER, MAX_BODY, MAX_CONVERSATION, BodyError, Door, asker_in, bound_ticket, read_json
from chat.feed import Feed
from chat.pages import Look
from chat.rendering import article_html, found_html, turn_html, waiting_html
from chat.service import MAX_ANSWER, MAX_QUESTION, MAX_REASON, Service, refused_question, typed_question
from chat.sources import find_articles, places_from
from chat.texts import LANGUAGES, say
from chat.turns import Turn, conversation_from_json, history_from_json, label_of
from desk.keys import KeyRing
from desk.log import AnswerLog
from desk.plain import clean
from desk.privacy import MaskingFormatter, mask
from rag.answering.refusals import date_words
from rag.datatypes import Kind
from rag.errors import UserError
from rag.settings import DEFAULT_INDEX
from rag.text.typed import write_whatever_comes

logger = logging.getLogger("wence")
LOG_FORMAT = "%(levelname)s %(name)s: %(message)s"

STATIC = Path(pages.__file__).parent / "static"
A_YEAR = 31_536_000  # seconds


def look_of(chat: Service, request: Request) -> Look:
    lang = request.query_params.get("lang") or request.cookies.get("lang")
    root = "../" * (request.scope["path"].count("/") - 1)
    return Look("en" if lang == "en" else "zh", request.cookies.get("big") == "1", chat.contact, root)


def build_app(bot: Bot, log: AnswerLog | None = None, keys: KeyRing | None = None) -> Any:
    """The application, a `gradio.Server` and so a FastAPI one: others (`desk.app.mount`) may add their routes before it is
    launched. Without `log` nothing is stored, and there are no thumbs and no links to share; without `keys` there is no API. WENCE_CONTACT in the
    environment is the line under a refusal: whom to call."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("MPLBACKEND", "agg")  # gradio asks matplotlib, where there is one; unset, it loads all of it
    import gradio as gr

    class Server(gr.Server):  # type: ignore[misc]
        def build_middleware_stack(self) -> Any:
            return Door(super().build_middleware_stack())  # before all that Gradio adds when it is launched

    chat = Service(bot, log, os.environ.get("WENCE_CONTACT", "").strip())
    app = Server(title="Wence", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.add_exception_handler(UserError, told)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.api(answering(chat), name="ask", concurrency_limit=None)  # chat.asking keeps the order
    add_pages(app, chat)
    add_matching(app, chat)
    add_controls(app, chat)
    add_conversations(app, chat)
    if keys:
        mount_api(app, chat, Access(keys))
    return app


def told(request: Request, error: Exception) -> Response:
    """What a visitor reads where the server is in trouble (its database is gone): one line."""
    assert isinstance(error, UserError)
    logger.error("%s: %s", request.url.path, error.en)
    return PlainTextResponse(error.message("en" if request.cookies.get("lang") == "en" else "zh"), 503)


# ---------------------------------------------------------------- asking


def answering(chat: Service) -> Callable[..., AsyncIterator[list[dict[str, Any]]]]:
    async def answer(
        question: str, history: list[list[str]], within: str, ticket: str, conversation: str, lang: str
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Answers a question: batches of `status`, sentences as `html`, and last the `end` with the whole `turn`, always.

        `history`: pairs of question and answer text, oldest first. `within`: the id of the only article to ask, or "".
        `ticket`: any unguessable word of 16 letters and more, by which /stop ends this question; "" cannot be stopped.
        `conversation`: what the log groups answers by.
        """
        typed = typed_question(question)
        article = chat.article(within) if isinstance(within, str) else None
        turn = Turn(typed[:MAX_QUESTION], label_of(article) if article else None)
        feed = Feed(turn, "en" if lang == "en" else "zh", chat.contact)
        if problem := refused_question(typed):
            yield [feed.message(Failed(problem))]
            return
        asked = Question(turn.question, history_from_json(history, MAX_ANSWER), article.id if article else None)
        async with aclosing(chat.ask(asked, conversation, ticket)) as batches:
            async for events in batches:
                yield [feed.message(event) for event in events]

    return answer


def add_controls(app: FastAPI, chat: Service) -> None:
    """Stop and thumbs."""

    @app.post("/stop")
    async def stop(request: Request) -> Response:
        ticket = (await request.body()).decode("ascii", "replace")
        chat.tickets.stop(bound_ticket(ticket, asker_in(request.scope["headers"])))
        return Response(status_code=204)

    @app.post("/rate")
    async def rate(request: Request) -> Response:
        try:
            values = read_json(await request.body())
        except BodyError:
            values = None
        if chat.log is None or not isinstance(values, dict) or not isinstance(values.get("id"), str):
            return Response(status_code=404)
        reason = values.get("reason", "")
        if not isinstance(reason, str):
            return Response(status_code=400)
        await run_in_threadpool(chat.log.rate, values["id"], values.get("good") is True, mask(reason)[:MAX_REASON])
        return Response(status_code=204)


# ---------------------------------------------------------------- pages


def shown(html: str, request: Request, status: int = 200) -> HTMLResponse:
    """The page; a language chosen in the address is remembered."""
    response = HTMLResponse(html, status)
    if (lang := request.query_params.get("lang")) in LANGUAGES:
        response.set_cookie("lang", str(lang), max_age=A_YEAR, samesite="lax")
    return response


def add_pages(app: FastAPI, chat: Service) -> None:
    @app.api_route("/", methods=["GET", "HEAD"])
    def home(request: Request) -> HTMLResponse:
        within = chat.article(request.query_params.get("within", ""))
        look, problems = look_of(chat, request), bool(chat.bot.problems)
        page = pages.chat_page(look, len(chat.bot.articles), chat.bot.example_questions(), within, problems)
        response = shown(page, request)
        if not asker_in(request.scope["headers"]):  # so that only the browser that asked can stop its question
            secure = request.url.scheme == "https"
            response.set_cookie(ASKER, secrets.token_hex(16), path=None, secure=secure, httponly=True, samesite="lax")
        return response

    @app.get("/articles")
    def article_list(request: Request) -> HTMLResponse:
        wanted = request.query_params
        words, number = wanted.get("q", "").strip()[:60], wanted.get("page", "")
        kind = Kind(wanted["kind"]) if wanted.get("kind") in set(Kind) else None
        found = find_articles(chat.bot.articles, words, kind)
        at = int(number) if number.isascii() and number.isdigit() else 1
        return shown(pages.articles_page(look_of(chat, request), found, words, kind, at), request)

    @app.get("/article/{article_id:path}")
    def one_article(article_id: str, request: Request) -> HTMLResponse:
        """The page of an article, or with `part` the article alone, for the panel beside the answer."""
        look, article = look_of(chat, request), chat.article(article_id)
        places = places_from(request.query_params.getlist("at"), len(article.text)) if article else []
        if article and "part" in request.query_params:
            return HTMLResponse(article_html(article, places, look.lang))
        return shown(pages.article_page(look, article, places), request, 200 if article else 404)

    @app.get("/a/{answer_id}")
    def shared(answer_id: str, request: Request) -> HTMLResponse:
        stored = chat.log.read(clean(answer_id)) if chat.log else None
        return shown(pages.shared_page(look_of(chat, request), stored), request, 200 if stored else 404)


def add_matching(app: FastAPI, chat: Service) -> None:
    """The view of what concerns a citizen. It waits in the same line as questions: the models are one."""

    @app.get("/me")
    def form(request: Request) -> HTMLResponse:
        return shown(pages.me_page(look_of(chat, request)), request)

    @app.post("/me")
    async def matches(request: Request) -> Response:
        look = look_of(chat, request)
        about = (await request.form(max_part_size=MAX_BODY)).get("about", "")
        description = typed_question(about)
        if not description:
            return shown(pages.me_page(look), request)
        if problem := refused_question(description):
            return shown(pages.me_page(look, description, problem=problem.message(look.lang)), request, 400)
        page = matching_page(chat, look, description)
        return StreamingResponse(page, media_type="text/html; charset=utf-8", headers={"X-Accel-Buffering": "no"})


async def matching_page(chat: Service, look: Look, description: str) -> AsyncIterator[str]:
    """The page as it comes: who waits sees that it goes on, and a proxy too."""
    before, after = pages.me_while_matching(look, description)
    yield before + waiting_html(say("me_busy", look.lang))
    feed = Feed(Turn(description), look.lang)
    question = Question(description)
    matcher = LookUp(lambda described: Matched(tuple(chat.bot.matching(described))))
    async for events in ask(matcher, chat.line, question, lambda answer, seconds: ""):
        if not events:
            yield "\n"  # a pulse
        for event in events:
            if isinstance(event, Matched):
                yield found_html(event.matches, look.contact, look.lang)
            elif isinstance(event, Waiting):
                yield waiting_html(feed.message(event)["status"])
            else:
                problem = event.error if isinstance(event, Failed) else None
                words = say("crowded" if isinstance(event, Crowded) else "me_failed", look.lang)
                yield found_html(None, look.contact, look.lang, problem.message(look.lang) if problem else words)
    yield after


# ---------------------------------------------------------------- conversations, which the browser keeps


def add_conversations(app: FastAPI, chat: Service) -> None:
    """A kept conversation as HTML, to take away, and on paper. What is none is refused with one line."""

    async def conversation_in(request: Request) -> tuple[str, tuple[Turn, ...]]:
        form = await request.form(max_part_size=MAX_CONVERSATION)
        kept = form.get("conversation", "")
        try:
            return conversation_from_json(kept if isinstance(kept, str) else "")
        except ValueError as error:
            raise BodyError(str(error)) from error

    @app.exception_handler(BodyError)
    async def no_conversation(request: Request, error: Exception) -> Response:
        return PlainTextResponse(say("no_conversation", look_of(chat, request).lang), 400)

    @app.post("/render")
    async def render(request: Request) -> HTMLResponse:
        look, (_, turns) = look_of(chat, request), await conversation_in(request)
        rated = chat.log is not None

        def html() -> str:
            return "".join(turn_html(t, look.lang, contact=look.contact, rated=rated) for t in turns)

        return HTMLResponse(await run_in_threadpool(html))

    @app.post("/export")
    async def export(request: Request) -> Response:
        title, turns = await conversation_in(request)
        name = "".join(c for c in title if c.isalnum() or c in " -_")[:40].strip() or "wence"
        as_file = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote_url(name)}.md"}
        text = await run_in_threadpool(conversation_markdown, title, turns, today())
        return Response(text, media_type="text/markdown; charset=utf-8", headers=as_file)

    @app.post("/print")
    async def printed(request: Request) -> HTMLResponse:
        title, turns = await conversation_in(request)
        page = await run_in_threadpool(pages.printed_page, look_of(chat, request), title, turns, today())
        return shown(page, request)


def today() -> str:
    return date_words(date.today().isoformat())


# ---------------------------------------------------------------- the server


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
    mask_logs()
    print(say("ready", address=address.rstrip("/")), flush=True)


def mask_logs() -> None:
    """Nothing that a citizen typed is logged before it is masked, whichever library logs it."""
    for name in ("", "uvicorn", "uvicorn.error", "uvicorn.access"):
        for handler in logging.getLogger(name).handlers:
            handler.setFormatter(MaskingFormatter(LOG_FORMAT))


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
    logging.basicConfig(format=LOG_FORMAT)
    try:
        require_free_port(options.host, options.port)
        print(say("loading", options.lang), file=sys.stderr, flush=True)
        from desk.app import mount, open_desk_store
        from desk.indexing import ServedBot
        from desk.later import PatientLog
        from rag.search.following import Follower
        from rag.settings import read_settings
        from rag.setup import VECTOR_CACHE, load_chatbot

        settings = read_settings()
        store = open_desk_store(options.index)
        bot = load_chatbot(options.index, settings)
        bot.example_questions()  # looked for once, while the local model is still being loaded
        app = build_app(bot, PatientLog(store), store.keys)
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


def main_mcp(arguments: Sequence[str] | None = None) -> int:
    """`wence mcp`: a chatbot for one agent on this machine, over standard input and output. It answers as the chat does, keeps its
    answers where the chat keeps them, and takes a new index as it comes."""
    parser = argparse.ArgumentParser(prog="wence mcp", description="给本机的智能体用：MCP，经标准输入输出。")
    parser.add_argument("--index", type=Path, default=DEFAULT_INDEX, help="索引目录")
    parser.add_argument("--lang", choices=LANGUAGES, default="zh", help="错误提示的语言")
    options = parser.parse_args(arguments)
    logging.basicConfig(format=LOG_FORMAT)
    mask_logs()
    try:
        if find_spec("mcp") is None:
            raise UserError(say("no_mcp"), say("no_mcp", "en"))
        from chat.api.agents import build_agents
        from desk.app import open_desk_store
        from desk.later import PatientLog
        from rag.search.following import Follower
        from rag.setup import load_chatbot

        store, bot = open_desk_store(options.index), load_chatbot(options.index)
        Follower(options.index, bot.encoder.identity, lambda: bot.index.manifest.build, bot.reopen).start()
        build_agents(Service(bot, PatientLog(store), os.environ.get("WENCE_CONTACT", "").strip())).run("stdio")
    except UserError as error:
        print(error.message(options.lang), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
