"""The chat of 问策 in a web page: `python ui.py --index DIR` prints its address when it is ready.

    receive(question) -> Turn waiting -> answer_last(bot, turns) -> turns, more complete each time -> conversation_html

The only importer of gradio. It knows nothing of retrieval, prompts or models: it shows what `Chatbot.stream` yields.
Rendering is pure functions from values to HTML; every text from a source, a model or a person passes `escape` there.
"""

import argparse
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.chatbot import Chatbot
from rag.datatypes import Answer, Article, Citation, Kind, Progress, Sentence, Status
from rag.errors import UserError
from rag.refusals import KIND_NAMES, REFUSALS, date_words, refusal
from rag.settings import DEFAULT_INDEX

if TYPE_CHECKING:
    import gradio as gr

log = logging.getLogger("wence")

TEXT = {  # Chinese is shown; English is for --lang en and for the reader of this file
    "name": ("问策", "Wence"),
    "tagline": ("根据已收录的 {count} 篇文章回答，每句话都注明出处。", "Answers from {count} articles, with sources."),
    "examples": ("可以这样问", "You could ask"),
    "placeholder": ("请输入问题", "Type your question"),
    "send": ("发送", "Send"),
    "stop": ("停止", "Stop"),
    "waiting": ("排队中，马上开始…", "Waiting for the questions before yours…"),
    "searching": ("正在检索…", "Searching…"),
    "reading": ("找到 {found} 篇文章，正在阅读…", "Found {found} articles, reading…"),
    "writing": ("找到 {found} 篇文章，正在撰写并逐句核对…", "Found {found} articles, writing and checking…"),
    "stopped": ("已停止。", "Stopped."),
    "quoted": ("原文", "The article's own words"),
    "sources": ("出处", "Sources"),
    "nearest": ("查看过的最接近文章", "The nearest articles"),
    "reporter": ("记者{name}", "by {name}"),
    "suggestion": ("引用的委员建议不等于已出台的规定，办理以主管部门答复为准。", "A suggestion is not a rule."),
    "ready": ("问策已就绪：{address}", "Wence is ready: {address}"),
    "loading": ("正在加载模型和索引…", "Loading the models and the index…"),
    "no_port": (
        "无法使用地址 {host}:{port}（{reason}）。端口可能已被占用，请用 --port 换一个。",
        "Cannot listen on {host}:{port} ({reason}). The port may be taken; choose another with --port.",
    ),
}
CSS = """
.gradio-container { --faint: color-mix(in srgb, var(--body-text-color) 68%, transparent); }
.main.app, .html-container { max-width: none !important; padding: 0 !important; }
main.contain { width: 100%; max-width: 1180px; margin: 0 auto !important; padding: 1.25rem 1rem 7rem; }
#head h1 { display: inline; margin: 0 .75rem 0 0; font-size: 1.5rem; letter-spacing: .1em; }
#head p, .turn .hint, .facts, .status, .cards h2 { font-size: 14px; color: var(--faint); }
#head p { display: inline-block; margin: 0; }
.turn { padding-bottom: 2rem; font-size: 16px; line-height: 1.75; scroll-margin-top: 1rem; }
.turn:first-child { scroll-margin-top: 8rem; } .turn:last-child:not(:first-child) { min-height: calc(100vh - 9rem); }
.turn p { margin: 0 0 .5em; overflow-wrap: anywhere; }
.turn .question { width: fit-content; max-width: 85%; margin: 0 0 1rem auto; padding: .5rem 1rem; color: #fff;
  border-radius: 1rem 1rem .25rem 1rem; background: var(--primary-600); white-space: pre-line; }
.reply { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 1rem 1.75rem; align-items: start; }
.reply.alone { grid-template-columns: minmax(0, 46rem); }
.marker { margin-left: .2em; font-size: .85em; font-weight: 600; color: var(--link-text-color); text-decoration: none; }
.chip { margin-right: .6em; padding: .1em .6em; border-radius: 1em; font-size: 13px; background: #e7e5e4; color: #44403c; }
.chip.proposal { background: #fef3c7; color: #92400e; } .chip.policy { background: #dbeafe; color: #1e40af; }
.status::before { content: "●"; margin-right: .5em; color: var(--primary-500); }
@keyframes pulse { 50% { opacity: .2; } } .note { padding-left: .75em; border-left: 3px solid var(--border-color-primary); }
.cards h2 { margin: 0 0 .5rem; font-weight: 600; }
.card { margin-bottom: .75rem; padding: .75rem 1rem; border: 1px solid var(--border-color-primary);
  border-radius: .6rem; background: var(--background-fill-secondary); font-size: 15px; }
.card:has(:target) { outline: 2px solid var(--primary-500); }
.card h3 { margin: 0 0 .25rem; font-size: 1em; font-weight: 600; line-height: 1.5; }
.card .facts:last-child { margin: 0; } .card blockquote { margin: 0; white-space: pre-line; overflow-wrap: anywhere; }
.card mark { border-radius: .2em; background: #fde68a; color: #1c1917; }
.card mark:not(:only-of-type)::before { content: attr(data-number); padding: 0 .3em; font-size: .7em; font-weight: 700; }
.number { display: inline-block; min-width: 1.6em; margin-right: .4em; border-radius: .4em; text-align: center;
  font-size: .85em; background: var(--primary-600); color: #fff; scroll-margin-top: 1.5rem; }
#examples { gap: .6rem; padding-top: 1.5rem; }
#examples button { justify-content: flex-start; width: fit-content; text-align: left; font-weight: 400; }
#composer { position: fixed; inset: auto 0 0; z-index: 10; width: auto; background: var(--body-background-fill);
  padding: .75rem max(1rem, calc(50vw - 574px)) max(.75rem, env(safe-area-inset-bottom)); }
#composer textarea { font-size: 16px; } @media (max-width: 760px) { .reply { grid-template-columns: minmax(0, 1fr); } }
@media not (prefers-reduced-motion) { html { scroll-behavior: smooth; } .status::before { animation: pulse 1s infinite; } }
"""
SHOW_LAST_TURN = "() => setTimeout(() => document.querySelector('.turn:last-child')?.scrollIntoView(), 100)"


def say(key: str, lang: str = "zh", **values: object) -> str:
    return TEXT[key][lang == "en"].format(**values)


# ---------------------------------------------------------------- one question and its answer


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what is there of its answer. `status` is what goes on now, empty once the turn is over;
    `problem` is the line shown where no answer came."""

    number: int
    question: str
    status: str = ""
    sentences: tuple[Sentence, ...] = ()
    answer: Answer | None = None
    problem: str = ""


def answer_last(bot: Chatbot, turns: tuple[Turn, ...], stopped: Callable[[], bool]) -> Iterator[tuple[Turn, ...]]:
    """The turns with the last one more and more complete. An error becomes one plain line; its traceback is logged."""
    *before, turn = turns
    try:
        for event in bot.stream(turn.question, history(before), stopped):
            if stopped():
                turn = replace(turn, status="", problem=say("stopped"))
            elif isinstance(event, Progress):
                turn = replace(turn, status=say(event.step, found=event.found))
            elif isinstance(event, Sentence):
                turn = replace(turn, sentences=(*turn.sentences, event))
            else:
                turn = replace(turn, status="", sentences=event.sentences, answer=event)
            yield (*before, turn)
            if not turn.status:
                return
    except UserError as error:
        yield (*before, replace(turn, status="", problem=error.message()))
    except Exception:
        log.exception("no answer to %r", turn.question)
        yield (*before, replace(turn, status="", problem=REFUSALS[Status.ERROR][0]))


def history(turns: Iterable[Turn]) -> list[tuple[str, str]]:
    """(question, answer text without markers) of the turns that got an answer, oldest first."""
    answers = [turn.answer for turn in turns if turn.answer is not None]
    return [(a.question, "".join(s.text for s in a.sentences) + (a.note or "")) for a in answers]


# ---------------------------------------------------------------- values to HTML


def conversation_html(turns: tuple[Turn, ...]) -> str:
    return "".join(map(turn_html, turns))


def turn_html(turn: Turn) -> str:
    """The question, the answer, and beside it what it cites; for a refusal the nearest articles."""
    citations = {c.number: c for sentence in turn.sentences for c in sentence.citations}
    cards = cards_html([citations[number] for number in sorted(citations)], turn.number)
    if turn.answer is not None and not turn.sentences:
        cards = nearest_html(turn.answer.nearest)
    return (
        f'<section class="turn" lang="zh-CN"><p class="question">{escape(turn.question)}</p>'
        f'<div class="reply{"" if cards else " alone"}">{answer_html(turn)}{cards}</div></section>'
    )


def answer_html(turn: Turn) -> str:
    """The sentences so far with their markers; then the note, the problem or what goes on now."""
    lines = [sentence_html(sentence, turn.number) for sentence in turn.sentences]
    note = shown_note(turn.answer) if turn.answer is not None else turn.problem
    suggested = any(c.article.kind is Kind.PROPOSAL for s in turn.sentences for c in s.citations)
    hint = say("suggestion") if suggested and not turn.status else ""
    parts = {"note": note, "hint": hint, "status": turn.status}
    lines += [f'<p class="{name}">{escape(words)}</p>' for name, words in parts.items() if words]
    return f'<div class="answer" aria-live="polite">{"".join(lines)}</div>'


def shown_note(answer: Answer) -> str:
    """The note without the nearest titles at its end, which stand beside it as a list."""
    listed = answer.status in REFUSALS and answer.note == refusal(answer.status, answer.nearest)
    return refusal(answer.status) if listed else answer.note or ""


def sentence_html(sentence: Sentence, turn: int) -> str:
    quoted = f'<span class="chip">{say("quoted")}</span>' if sentence.quoted else ""
    links = (f'<a class="marker" href="#cite-{turn}-{c.number}">[{c.number}]</a>' for c in sentence.citations)
    return f'<p class="sentence">{quoted}{escape(sentence.text)}{"".join(links)}</p>'


def cards_html(citations: Sequence[Citation], turn: int) -> str:
    """A card for each cited passage, in order of its first number; empty where nothing is cited."""
    by_passage: dict[str, list[Citation]] = {}
    for citation in citations:
        by_passage.setdefault(citation.passage.id, []).append(citation)
    cards = "".join(card_html(group, turn) for group in by_passage.values())
    return f'<aside class="cards"><h2>{say("sources")}</h2>{cards}</aside>' if cards else ""


def card_html(citations: Sequence[Citation], turn: int) -> str:
    """One passage: its citations' numbers, its article, and its text with the cited words marked."""
    article = citations[0].article
    numbers = "".join(f'<span class="number" id="cite-{turn}-{c.number}">{c.number}</span>' for c in citations)
    return (
        f'<article class="card"><h3>{numbers}{escape(article.title)}</h3>{facts_html(article)}'
        f"<blockquote>{marked_text(citations)}</blockquote></article>"
    )


def marked_text(citations: Sequence[Citation]) -> str:
    """The passage's text, escaped, with what is cited in <mark>, each character once."""
    spans, passage = sorted((c.span, c.number) for c in citations), citations[0].passage
    text, at = passage.article.text, min(passage.span.start, spans[0][0].start)
    pieces: list[str] = []
    for (start, end), number in spans:
        start, end = max(at, start), max(at, end)
        marked = f'<mark data-number="{number}">{escape(text[start:end])}</mark>' if start < end else ""
        pieces += [escape(text[at:start]), marked]
        at = end
    return "".join(pieces) + escape(text[at : passage.span.end])


def facts_html(article: Article) -> str:
    """What kind of article it is, who speaks or reports, and when."""
    who = f"{article.speaker_role or ''}{article.speaker}" if article.speaker else ""
    if not who and article.reporter:
        who = say("reporter", name=article.reporter)
    facts = " · ".join(filter(None, (who, date_words(article.published))))
    chip = f'<span class="chip {article.kind.value}">{KIND_NAMES[article.kind][0]}</span>'
    return f'<p class="facts">{chip}{escape(facts)}</p>'


def nearest_html(articles: Sequence[Article]) -> str:
    cards = "".join(f'<article class="card"><h3>{escape(a.title)}</h3>{facts_html(a)}</article>' for a in articles)
    return f'<aside class="cards"><h2>{say("nearest")}</h2>{cards}</aside>' if cards else ""


# ---------------------------------------------------------------- the page


def build_app(bot: Chatbot) -> "gr.Blocks":
    """The page. One answer is written at a time; who asks meanwhile sees that it waits."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr

    answering: set[str | None] = set()  # the sessions that want an answer now
    idle = {"submit_btn": say("send"), "stop_btn": False}
    busy = {"submit_btn": False, "stop_btn": say("stop")}

    def receive(question: str, turns: tuple[Turn, ...], request: gr.Request) -> tuple[Any, ...]:
        """Show the question at once. While an answer is being written, what is typed stays in the box."""
        if not question.strip() or (turns and turns[-1].status):
            return (gr.skip(),) * 4
        answering.add(request.session_hash)
        turns = (*turns, Turn(len(turns) + 1, question.strip(), say("waiting")))
        return turns, conversation_html(turns), gr.update(value="", **busy), gr.update(visible=False)

    def answer(turns: tuple[Turn, ...], request: gr.Request) -> Iterator[tuple[Any, ...]]:
        if turns and turns[-1].status:
            for now in answer_last(bot, turns, lambda: request.session_hash not in answering):
                yield now, conversation_html(now), gr.update(**(busy if now[-1].status else idle))

    def stop(request: gr.Request) -> None:
        answering.discard(request.session_hash)

    with gr.Blocks(title=say("name"), analytics_enabled=False) as app:
        turns = gr.State(())
        gr.HTML(f"<h1>{say('name')}</h1><p>{say('tagline', count=len(bot.articles))}</p>", elem_id="head")
        conversation = gr.HTML("", elem_id="conversation", apply_default_css=False)
        with gr.Column(elem_id="examples") as examples:
            gr.HTML(f'<p class="facts">{say("examples")}</p>', apply_default_css=False)
            buttons = [gr.Button(question, size="md") for question in bot.example_questions()]
        with gr.Column(elem_id="composer"):
            box = gr.Textbox(placeholder=say("placeholder"), show_label=False, max_lines=4, elem_id="question", **idle)

        page = [turns, conversation, box, examples]
        plain: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        one_at_a_time: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "answer", "trigger_mode": "multiple"}
        asked = [box.submit(receive, [box, turns], page, queue=False, **plain)]
        asked += [button.click(receive, [button, turns], page, queue=False, **plain) for button in buttons]
        for event in asked:
            event.then(None, js=SHOW_LAST_TURN)
            event.then(answer, [turns], page[:3], **one_at_a_time, **plain)
        box.stop(stop, queue=False, **plain)
        app.unload(stop)
    return app


def serve(bot: Chatbot, host: str, port: int) -> None:
    """Show the chat at http://host:port until interrupted. Nothing on the page comes from another host."""
    app = build_app(bot)
    import gradio as gr

    for name in ("NO_PROXY", "no_proxy"):  # gradio calls its own address once, which no proxy could reach
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), host, "127.0.0.1", "localhost")))
    fonts = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "system-ui", "sans-serif"]
    theme = gr.themes.Default(primary_hue="blue", font=fonts, font_mono=fonts)
    look: dict[str, Any] = {"theme": theme, "css": CSS, "footer_links": [], "quiet": True}
    private: dict[str, Any] = {"share": False, "run_history": False, "enable_monitoring": False}
    _, address, _ = app.launch(server_name=host, server_port=port, prevent_thread_lock=True, **look, **private)
    print(say("ready", address=address.rstrip("/")), flush=True)
    threading.Event().wait()


def require_free_port(host: str, port: int) -> None:
    """UserError where the address cannot be listened on; asked before the models are loaded."""
    try:
        with socket.create_server((host, port)):
            pass
    except (OSError, OverflowError) as error:
        reason = str(error).split(" (while")[0]
        zh, en = (say("no_port", lang, host=host, port=port, reason=reason) for lang in ("zh", "en"))
        raise UserError(zh, en) from error


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python ui.py", description="问策的网页聊天。")
    parser.add_argument("--index", type=Path, default=DEFAULT_INDEX, help="索引目录")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址（0.0.0.0：局域网可访问）")
    parser.add_argument("--port", type=int, default=7860, help="端口")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="错误提示的语言")
    options = parser.parse_args(arguments)
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    try:
        require_free_port(options.host, options.port)
        print(say("loading", options.lang), file=sys.stderr, flush=True)
        from rag.setup import load_chatbot

        serve(load_chatbot(options.index), options.host, options.port)
    except UserError as error:
        print(error.message(options.lang), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
