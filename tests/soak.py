"""Readers who ask for an hour: `python -m tests.chat_load real --minutes 60 --readers 8 [--fault disk|database]`.

Each reader asks what only their own articles answer, so that an answer mixed up with another's shows. What each question
is answered with alone, before the load, it must be answered with under it. Some stop, some leave in the middle, and for a
while the database's disk is full or its server gone. Memory, waits and endings are printed and kept in a file.
"""

import asyncio
import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from chat.texts import TEXT

PLACES = (
    "青禾镇", "柏溪镇", "松坪乡", "柳湾乡", "枫林镇", "榆关镇", "桂岭镇", "杏花乡", "槐荫镇", "梧桐乡", "竹溪镇", "兰亭镇",
    "荷塘乡", "菊园镇", "梅坞镇", "桑田乡", "楠木镇", "椿树乡", "樟桥镇", "枣庄乡", "橘洲镇", "麦积乡", "稻香镇", "芦苇乡",
)  # fmt: skip
THINGS = (
    ("沼气池改造", "每口", "农技站"), ("果树苗木", "每株", "林业站"), ("老人助餐", "每餐", "民政办"),
    ("屋顶光伏", "每户", "供电所"), ("水窖修缮", "每座", "水利站"), ("耕牛保险", "每头", "畜牧站"),
)  # fmt: skip
LONGEST_WAIT = 300.0  # seconds after which a reader has waited for ever
STOPS, LEAVES = 0.08, 0.05  # shares of the questions
MEMORY_EVERY = 15.0  # seconds


@dataclass(frozen=True, slots=True)
class Topic:
    """A question, and what only its own article holds."""

    question: str
    title: str
    figure: str


def topic(number: int) -> tuple[Topic, str]:
    """The topic and its article's text. No figure stands in two articles."""
    place, (thing, each, office) = PLACES[number % len(PLACES)], THINGS[number // len(PLACES) % len(THINGS)]
    figure, title = f"{1001 + 7 * number}元", f"{place}关于发放{thing}补贴的通知"
    text = (
        f"# {title}\n\n{place}{thing}补贴标准为{each}{figure}，由{place}{office}受理。\n\n"
        f"申请人带身份证到{place}{office}填表，{office}在{3 + number % 9}个工作日内到现场核对，核对无误的张榜公布。\n\n"
        f"弄虚作假的，追回已发的{thing}补贴，{2 + number % 4}年内不再受理。\n"
    )
    return Topic(f"{place}{thing}补贴{each}多少元？", title, figure), text


def write_articles(folder: Path, count: int) -> list[Topic]:
    folder.mkdir(parents=True, exist_ok=True)
    topics = []
    for number in range(count):
        one, text = topic(number)
        (folder / f"{number:03}.md").write_text(text, "utf-8")
        topics.append(one)
    return topics


@dataclass(slots=True)
class Ending:
    """How one question ended for its reader."""

    how: str  # answered, refused, stopped, left, problem, mixed up, for ever
    seconds: float
    text: str = ""
    answer_id: str = ""


@dataclass(slots=True)
class Watched:
    """What the hour showed."""

    endings: list[Ending] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)  # seconds since the start, GB
    unlike: list[str] = field(default_factory=list)  # answered otherwise than alone
    notes: list[str] = field(default_factory=list)

    def count(self, how: str) -> int:
        return sum(ending.how == how for ending in self.endings)


# ---------------------------------------------------------------- one reader


async def messages(client: httpx.AsyncClient, question: str, ticket: str) -> AsyncIterator[dict[str, object]]:
    """What the chat sends for a question, as its page hears it."""
    data = [question, [], "", ticket, ticket, "zh"]
    response = await client.post("/gradio_api/call/ask", json={"data": data, "session_hash": ticket})
    response.raise_for_status()
    async with client.stream("GET", f"/gradio_api/call/ask/{response.json()['event_id']}") as stream:
        event = ""
        async for line in stream.aiter_lines():
            if line.startswith("event:"):
                event = line.removeprefix("event:").strip()
                if event == "error":
                    raise RuntimeError("the event stream ended with an error")
            elif line.startswith("data:") and event == "generating":
                for message in json.loads(line.removeprefix("data:"))[0]:
                    yield message


async def ask(client: httpx.AsyncClient, one: Topic, others: Sequence[Topic], chance: random.Random) -> Ending:
    ticket, begun = f"{chance.getrandbits(64):x}", time.monotonic()
    fate, patience = chance.random(), chance.uniform(0.0, 3.0)
    last: dict[str, object] = {}

    async def listen() -> str:
        async for message in messages(client, one.question, ticket):
            last.update(message)
            if "turn" in message:
                return "ended"
            if fate < STOPS and time.monotonic() - begun > patience:
                await client.post("/stop", content=ticket)
            elif fate < STOPS + LEAVES and time.monotonic() - begun > patience:
                return "left"
        return "left"

    try:
        how = await asyncio.wait_for(listen(), LONGEST_WAIT)
    except TimeoutError:
        how = "for ever"
    except (httpx.HTTPError, RuntimeError, OSError) as error:
        return Ending("problem", time.monotonic() - begun, str(error) or type(error).__name__)
    seconds = time.monotonic() - begun
    return ending_of(last.get("turn"), one, others, seconds) if how == "ended" else Ending(how, seconds)


def ending_of(turn: object, one: Topic, others: Sequence[Topic], seconds: float) -> Ending:
    """What came, judged by what is known: the question is the reader's own, and nothing of another's is in the answer."""
    assert isinstance(turn, dict)
    said = turn["said"]
    text = "".join(sentence["text"] for sentence in said)
    cited = {source["article"]["title"] for sentence in said for source in sentence["sources"]}
    strange = [
        other for other in others if other.title != one.title and (holds(text, other.figure) or other.title in cited)
    ]
    if turn["question"] != one.question or strange:
        return Ending("mixed up", seconds, f"{one.question} -> {turn['question']} {text} {sorted(cited)}")
    status = turn["status"]
    if status in ("answered", "partial") and holds(text, one.figure) and cited == {one.title}:
        return Ending("answered", seconds, text, turn["answer_id"])
    if not status:
        was_stopped = turn["problem"] in ("", *TEXT["stopped"])
        return Ending("stopped" if was_stopped else "problem", seconds, str(turn["problem"]))
    return Ending("problem" if status == "error" else "refused", seconds, text or str(turn["note"]), turn["answer_id"])


def holds(text: str, figure: str) -> bool:
    return re.search(rf"(?<!\d){figure}", text) is not None


async def read_for(client: httpx.AsyncClient, own: Sequence[Topic], others: Sequence[Topic], until: float, watched: Watched,
                   alone: dict[str, str], chance: random.Random) -> None:  # fmt: skip
    while time.monotonic() < until:
        one = chance.choice(own)
        ending = await ask(client, one, others, chance)
        watched.endings.append(ending)
        if ending.how in ("answered", "refused") and one.question in alone and ending.text != alone[one.question]:
            watched.unlike.append(f"{one.question}: {ending.text} / {alone[one.question]}")
        await asyncio.sleep(chance.uniform(0, 2))


# ---------------------------------------------------------------- the hour


async def watch(address: str, pid: int, topics: Sequence[Topic], readers: int, seconds: float,
                fault: Callable[[], AbstractContextManager[str]] | None = None, lasts: float = 60.0) -> Watched:  # fmt: skip
    """Every question alone first; then all readers at once for so long, the fault in the middle."""
    watched, alone = Watched(), {}
    async with httpx.AsyncClient(base_url=address, timeout=httpx.Timeout(30, read=LONGEST_WAIT)) as client:
        always = random.Random(1)
        always.random = lambda: 1.0  # type: ignore[method-assign]  # nobody stops, nobody leaves
        for one in topics:
            ending = await ask(client, one, topics, always)
            alone[one.question] = ending.text
            watched.notes += [f"alone: {one.question} {ending.how} {ending.text}"] if ending.how != "answered" else []
        begun = time.monotonic()
        shares = [topics[number::readers] for number in range(readers)]
        each = (
            read_for(client, own, topics, begun + seconds, watched, alone, random.Random(number))
            for number, own in enumerate(shares)
        )
        others = [asyncio.ensure_future(remember(pid, begun, watched))]
        if fault:
            others.append(asyncio.ensure_future(break_for(fault, seconds / 2, lasts, watched, begun)))
        await asyncio.gather(*each)
        if fault:
            await others[1]
        others[0].cancel()
    return watched


async def remember(pid: int, begun: float, watched: Watched) -> None:
    while True:
        watched.memory.append((time.monotonic() - begun, memory_of(pid)))
        await asyncio.sleep(MEMORY_EVERY)


async def break_for(
    fault: Callable[[], AbstractContextManager[str]], after: float, lasts: float, watched: Watched, begun: float
) -> None:
    await asyncio.sleep(after)
    with fault() as what:
        watched.notes.append(f"{time.monotonic() - begun:.0f} s: {what}")
        await asyncio.sleep(lasts)
    watched.notes.append(f"{time.monotonic() - begun:.0f} s: mended")


def memory_of(pid: int) -> float:
    """GB resident, of a process on Linux."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024**2


# ---------------------------------------------------------------- what breaks


@dataclass(frozen=True, slots=True)
class Database:
    """A database that can be broken and mended, and how many answers it holds."""

    url: str
    fault: Callable[[], AbstractContextManager[str]] | None = None


@contextmanager
def small_disk(folder: Path) -> Iterator[Database]:
    """SQLite on a file system of 32 MB in memory, which fills up. Needs root."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(folder)], check=True)

    @contextmanager
    def full() -> Iterator[str]:
        filler = folder / "filler"
        with filler.open("wb", buffering=0) as out, suppress(OSError):  # nothing is left to write when it is closed
            while True:
                out.write(bytes(4096))
        yield "the disk is full"
        filler.unlink()

    try:
        yield Database(f"sqlite:///{folder}/desk.sqlite", full)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def postgres(folder: Path) -> Iterator[Database]:
    """A PostgreSQL of its own, which is stopped and started."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))[-1].parent
    folder.mkdir(parents=True)
    owner: list[str] = []
    if os.getuid() == 0:  # PostgreSQL does not run as root
        shutil.chown(folder, "postgres", "postgres")
        for above in folder.parents[:-2]:
            above.chmod(above.stat().st_mode | 0o011)
        owner = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *words: str) -> None:
        subprocess.run([*owner, str(programs / program), *words], check=True, capture_output=True, cwd="/")

    def control(*words: str) -> None:
        run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", *words)

    listen = ("-o", f"-c listen_addresses='' -c fsync=off -k {folder}", "start")
    run("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "wence", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
    control(*listen)
    run("createdb", "-h", str(folder), "-U", "wence", "desk")

    @contextmanager
    def gone() -> Iterator[str]:
        control("-m", "immediate", "stop")
        yield "the database is gone"
        control(*listen)

    try:
        yield Database(f"postgresql://wence@/desk?host={folder}", gone)
    finally:
        control("-m", "immediate", "stop")


FAULTS = {"disk": small_disk, "database": postgres}


# ---------------------------------------------------------------- the command


def report(watched: Watched, readers: int, seconds: float, stored: int | None) -> int:
    """Prints what the hour showed; 0 where all of it is as it must be."""
    endings = Counter(ending.how for ending in watched.endings)
    waits = sorted(ending.seconds for ending in watched.endings if ending.how in ("answered", "refused"))
    memory = [gigabytes for _, gigabytes in watched.memory]
    quarter = max(1, len(memory) // 4)
    early, late = statistics.median(memory[quarter : 2 * quarter] or memory), statistics.median(memory[-quarter:])
    print(f"{readers} readers, {seconds / 60:.0f} minutes: {dict(endings)}")
    print(
        f"waits: p50 {waits[len(waits) // 2]:.1f} s, p95 {waits[int(len(waits) * 0.95)]:.1f} s, longest {waits[-1]:.1f} s"
    )
    print(
        f"memory: {memory[0]:.2f} GB at first, {early:.2f} in the second quarter, {late:.2f} in the last, at most {max(memory):.2f}"
    )
    print(f"answered otherwise than alone: {len(watched.unlike)}")
    for line in [*watched.unlike[:5], *watched.notes]:
        print(" ", line)
    for ending in watched.endings:
        if ending.how in ("mixed up", "for ever", "problem"):
            print(f"  {ending.how}: {ending.text}")
    if stored is not None:
        print(f"stored {stored} answers")
    bad = endings["mixed up"] + endings["for ever"] + endings["problem"] + len(watched.unlike)
    return 1 if bad or late > early * 1.05 + 0.05 else 0


def stored_answers(url: str) -> int:
    """How many answers the database holds."""
    from desk.store import open_store

    store = open_store(url)
    try:
        return store.answers.count_before(-1)
    finally:
        store.close()


@contextmanager
def serving(command: Sequence[str], environment: dict[str, str], log: Path) -> Iterator[tuple[str, int]]:
    """The address of a chat that this starts, and its process; what it writes to stderr stands in `log`."""
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            [sys.executable, *command],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
        ) as server,
    ):
        try:
            assert server.stdout is not None
            yield server.stdout.readline().split("：")[-1].strip(), server.pid
        finally:
            server.terminate()


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def main(minutes: float, readers: int, fault: str, out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    work = Path("/tmp") / f"wence-load-{os.getpid()}"
    topics = write_articles(work / "articles", readers * 6)
    subprocess.run(
        [sys.executable, "-m", "rag", "index", str(work / "articles"), "--index", str(work / "index")], check=True
    )
    subprocess.run([sys.executable, "-m", "rag", "read", "--index", str(work / "index")], check=True)
    with (
        FAULTS[fault](work / "database")
        if fault
        else nullcontext(Database(f"sqlite:///{work}/desk.sqlite")) as database
    ):
        environment = {**os.environ, "WENCE_DATABASE": database.url, "PYTHONIOENCODING": "utf-8"}
        command = ["ui.py", "--index", str(work / "index"), "--port", free_port()]
        with serving(command, environment, out / "server.log") as (address, pid):
            lasts = min(120.0, minutes * 60 / 6)
            watched = asyncio.run(watch(address, pid, topics, readers, minutes * 60, database.fault, lasts))
            time.sleep(12)  # what waited for the database is saved by now
            code = report(watched, readers, minutes * 60, stored_answers(database.url))
    lines = [{"seconds": round(seconds), "gigabytes": round(size, 3)} for seconds, size in watched.memory]
    (out / "memory.json").write_text(json.dumps(lines), "utf-8")
    (out / "endings.jsonl").write_text(
        "".join(json.dumps([e.how, round(e.seconds, 2), e.answer_id]) + "\n" for e in watched.endings), "utf-8"
    )
    shutil.rmtree(work, ignore_errors=True)
    return code


def serve_fakes(folder: Path, count: int, port: int) -> None:
    """The chat over the same articles with models that cost nothing, for the tests."""
    from desk.later import PatientLog
    from desk.store import open_store
    from rag.reading.files import load_articles
    from tests.fakes import FakeGenerator, FakeJudge, make_bot
    from ui import serve

    write_articles(folder / "articles", count)
    articles = load_articles([folder / "articles"]).articles
    store = open_store(f"sqlite:///{folder}/desk.sqlite")
    serve(make_bot(folder, articles, FakeGenerator(), FakeJudge()), "127.0.0.1", port, PatientLog(store))


if __name__ == "__main__":
    serve_fakes(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
