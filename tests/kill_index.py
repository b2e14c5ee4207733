"""SIGKILL at a random moment of whatever writes to the disk: `python -m tests.kill_index --times 1000 [--seed N]`.

Each round forks a worker, kills it somewhere in its work, and a second one looks at what it left: the old state or the new
one, never neither. It then does the work again to its end, after which nothing may be left over. Exit code 1 where a round
fails. The process that forks works at nothing itself: a child of a process with threads can wait for ever for a lock that
one of them held.
"""

import argparse
import multiprocessing
import random
import shutil
import statistics
import sys
import tempfile
import time
import traceback
import warnings
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path

import numpy as np
import torch
from gguf import GGUFWriter
from safetensors.numpy import load_file

from desk.indexing import Indexing, ServedBot
from rag.chatbot import Chatbot
from rag.models.fetch import fetch_model, is_complete, model_dir, read_complete, write_complete
from rag.models.gguf import convert_weights
from rag.models.kv_cache import KVCacheStore
from rag.search.builds import BUILDING, MANIFEST
from rag.search.index import build_index, open_index
from rag.search.retrieval import Retriever
from tests.desk_fakes import Clock, sqlite_store
from tests.fakes import FakeEncoder, FakeJudge, make_article
from tests.test_models import FakeIndex, zipped

FORK = multiprocessing.get_context("fork")
LONGEST = 120  # seconds that a process may take; undisturbed it takes less than one
BEFORE, AFTER = "before", "after"
OLD = [make_article(f"旧{n}", f"第{n}座桥通车，全长{n}20米。", "车辆可以通行。") for n in range(6)]
NEW = [*OLD[1:], make_article("新", "路修好了，全长300米。")]
ROWS, COLUMNS = 2048, 64  # of the matrix in the model that is converted: about as long to write as an index


class Scene(ABC):
    """One kind of work in a folder of its own, `start` run before each round and `work` killed in the middle of it."""

    @abstractmethod
    def start(self, folder: Path) -> None: ...

    @abstractmethod
    def work(self, folder: Path) -> None: ...

    @abstractmethod
    def state(self, folder: Path) -> str:
        """BEFORE or AFTER; an exception where the folder holds neither."""

    def next_run(self, folder: Path) -> None:
        """What puts everything right: the work once more, unless its kind says otherwise."""
        self.work(folder)


def build(folder: Path, articles: Sequence[object]) -> None:

    build_index(articles, folder / "index", FakeEncoder(), folder / "vectors.sqlite")  # type: ignore[arg-type]


def titles(folder: Path) -> list[str]:

    return [article.title for article in open_index(folder / "index", "fake").articles]


def either(found: object, before: object, after: object) -> str:
    assert found in (before, after), f"neither the old state nor the new one: {found}"
    return AFTER if found == after else BEFORE


class FirstIndex(Scene):
    def start(self, folder: Path) -> None:
        pass

    def work(self, folder: Path) -> None:
        build(folder, OLD)

    def state(self, folder: Path) -> str:
        if not (folder / "index" / MANIFEST).exists():
            return BEFORE
        return either(titles(folder), None, [a.title for a in OLD])


class Reindex(Scene):
    def start(self, folder: Path) -> None:
        build(folder, OLD)

    def work(self, folder: Path) -> None:
        build(folder, NEW)

    def state(self, folder: Path) -> str:
        return either(titles(folder), [a.title for a in OLD], [a.title for a in NEW])


class Catalogue(Scene):
    """An editor publishes one article and withdraws another; the desk indexes; the next run is the server's start."""

    def start(self, folder: Path) -> None:
        build(folder, OLD)
        indexing, store = self._desk(folder)
        indexing.join()
        store.catalogue.add_draft(NEW[-1], "李")
        store.close()

    def work(self, folder: Path) -> None:
        indexing, store = self._desk(folder)
        store.catalogue.publish([NEW[-1].id], "李")
        store.catalogue.withdraw(OLD[0].id, "李")
        indexing.start("李")
        indexing.wait()
        store.close()

    def state(self, folder: Path) -> str:
        _, store = self._desk(folder)
        live = store.catalogue.live_ids()
        store.close()
        old, new = {a.id for a in OLD}, {a.id for a in NEW}
        assert live in (old, old | new, new), live
        found = set(titles(folder))
        assert live == new or found == old, "the index is ahead of the catalogue"
        return either(found, old, new)

    def next_run(self, folder: Path) -> None:
        indexing, store = self._desk(folder)
        if NEW[-1].id not in store.catalogue.live_ids():
            store.catalogue.publish([NEW[-1].id], "李")
        if OLD[0].id in store.catalogue.live_ids():
            store.catalogue.withdraw(OLD[0].id, "李")
        indexing.join()
        indexing.wait()
        assert indexing.progress.problem == ""
        assert indexing.differences() == (0, 0)
        store.close()

    def _desk(self, folder: Path):  # type: ignore[no-untyped-def]

        encoder, store = FakeEncoder(), sqlite_store(folder, Clock())
        chatbot = Chatbot(Retriever(open_index(folder / "index", "fake"), encoder, FakeJudge()), encoder, None)
        self._bot = ServedBot(chatbot, folder / "index", folder / "vectors.sqlite")
        return Indexing(store, self._bot), store


class Conversion(Scene):
    """A model's weights made int8 once more, over those of an older format."""

    def start(self, folder: Path) -> None:

        writer = GGUFWriter(folder / "model.gguf", "qwen2")
        random_state = np.random.default_rng(0)
        writer.add_tensor("blk.0.attn_q.weight", random_state.standard_normal((ROWS, COLUMNS), dtype=np.float32))
        writer.add_tensor("blk.0.attn_norm.weight", np.ones(COLUMNS, dtype=np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        (folder / "int8").mkdir()
        (folder / "int8" / "weights.safetensors").write_bytes(b"of an older format")
        write_complete(folder / "int8", {"format": "old"})

    def work(self, folder: Path) -> None:

        convert_weights(folder / "model.gguf", folder / "int8" / "weights.safetensors")
        write_complete(folder / "int8", {"format": "new"})

    def state(self, folder: Path) -> str:

        path, marked = folder / "int8" / "weights.safetensors", read_complete(folder / "int8")["format"]
        if path.read_bytes() != b"of an older format":
            shapes = {name: array.shape for name, array in load_file(path).items()}
            layer = "model.layers.0"
            assert shapes == {
                f"{layer}.self_attn.q_proj.weight": (ROWS, COLUMNS),
                f"{layer}.self_attn.q_proj.scale": (ROWS,),
                f"{layer}.input_layernorm.weight": (COLUMNS,),
            }
        else:
            assert marked == "old", "the marker is ahead of the weights"
        return either(marked, "old", "new")


class Prefix(Scene):
    def start(self, folder: Path) -> None:
        self._keep(folder, [1, 2])

    def work(self, folder: Path) -> None:
        self._keep(folder, [1, 2, 3])

    def state(self, folder: Path) -> str:

        found = KVCacheStore(folder / "prefixes", "model").find([1, 2, 3, 4])
        assert found is not None
        length, layers = found
        assert len(layers) == 30
        assert all(bool((keys == 0.5).all()) and keys.shape[2] == length for keys, _ in layers)
        return either(length, 2, 3)

    def _keep(self, folder: Path, ids: list[int]) -> None:

        layer = torch.full((1, 2, len(ids), 4096), 0.5)
        KVCacheStore(folder / "prefixes", "model").keep(ids, [(layer, layer)] * 30)


class Fetch(Scene):
    """A model's parts fetched, joined and unpacked."""

    def start(self, folder: Path) -> None:
        pass

    def work(self, folder: Path) -> None:

        index, pin = self._index()
        fetch_model(pin, folder, download=index.download)

    def state(self, folder: Path) -> str:

        if not is_complete(folder, self._index()[1]):
            return BEFORE
        assert (model_dir(folder, "tiny") / "words.txt").read_bytes() == b"abc" * 30_000
        return AFTER

    def _index(self):  # type: ignore[no-untyped-def]

        whole = zipped({"top/config.json": b"{}", "top/words.txt": b"abc" * 30_000})
        index = FakeIndex(whole[:40_000], whole[40_000:])
        return index, index.pin(whole, file="model.zip")


SCENES: dict[str, Scene] = {
    "index": FirstIndex(),
    "re-index": Reindex(),
    "catalogue": Catalogue(),
    "conversion": Conversion(),
    "prefix": Prefix(),
    "fetch": Fetch(),
}


def in_child(act: Callable[[], object]) -> object:
    """What `act` returns, done in a forked process. AssertionError with its traceback where it fails or does not end."""
    receiver, sender = FORK.Pipe(duplex=False)

    def report(to: Connection) -> None:
        try:
            to.send((act(), ""))
        except BaseException:
            to.send((None, traceback.format_exc()))

    worker = FORK.Process(target=report, args=(sender,))
    start(worker)
    sender.close()
    ended = receiver.poll(LONGEST)
    found, problem = receiver.recv() if ended else (None, f"not at its end after {LONGEST} s")
    worker.kill()
    worker.join()
    assert not problem, problem
    return found


def start(worker: ForkProcess) -> None:
    with warnings.catch_warnings():  # Python 3.12 warns of a fork beside threads: the suite's process may have some
        warnings.simplefilter("ignore", DeprecationWarning)
        worker.start()


def killed(scene: Scene, folder: Path, after: float) -> bool:
    """Whether the worker was still at it `after` seconds, and so was killed."""
    begun = FORK.Event()

    def work() -> None:
        rehearse(scene)
        begun.set()
        scene.work(folder)

    worker = FORK.Process(target=work)
    start(worker)
    begun.wait(LONGEST)
    worker.join(after)
    worker.kill()
    worker.join()
    assert worker.exitcode in (0, -9), "the work itself failed"
    return worker.exitcode != 0


def leftovers(folder: Path) -> list[str]:
    """What no finished run leaves: half-written files and folders, parts, a database's journal, a third build."""
    left = [p for p in folder.rglob("*") if p.name.endswith((".part", BUILDING, "-journal", "-wal"))]
    left += (folder / "parts").glob("*/*")
    builds = sorted((folder / "index" / "builds").glob("*"))
    return [str(p.relative_to(folder)) for p in left] + [p.name for p in builds[2:]]


def rehearse(scene: Scene) -> None:
    """Do the work once elsewhere: what only the first time takes (lazy imports, pages of memory) is no part of it."""
    with tempfile.TemporaryDirectory() as name:
        scene.start(Path(name))
        scene.work(Path(name))


def timed(scene: Scene) -> float:
    """Seconds that the work takes a worker, undisturbed."""

    def work() -> float:
        rehearse(scene)
        with tempfile.TemporaryDirectory() as name:
            scene.start(Path(name))
            begun = time.perf_counter()
            scene.work(Path(name))
            return time.perf_counter() - begun

    return float(str(in_child(work)))


def run_round(scene: Scene, original: Path, after: float) -> str:
    """One round; what the kill found: "before", "after", or "done" where the work was quicker."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "here"
        shutil.copytree(original, folder)
        was_killed = killed(scene, folder, after)
        found = in_child(partial(next_state, scene, folder))
        assert was_killed or found == AFTER
        return str(found) if was_killed else "done"


def next_state(scene: Scene, folder: Path) -> str:
    """What the next process finds; it then does the work to its end."""
    found = scene.state(folder)
    scene.next_run(folder)
    assert scene.state(folder) == AFTER
    assert leftovers(folder) == [], leftovers(folder)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kill_index")
    parser.add_argument("--times", type=int, default=50, help="rounds, shared among the kinds of work")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=SCENES, action="append")
    options = parser.parse_args(arguments)
    warnings.filterwarnings("ignore", "The given NumPy array is not writable")  # gguf's memory map: only read
    chance, failures = random.Random(options.seed), 0
    chosen = options.only or list(SCENES)
    for number, kind in enumerate(chosen):
        scene, seen = SCENES[kind], Counter[str]()
        seconds = statistics.median(timed(scene) for _ in range(3))
        with tempfile.TemporaryDirectory() as name:
            in_child(partial(scene.start, Path(name)))
            for turn in range(number, options.times, len(chosen)):
                after = chance.uniform(0, 1.1 * seconds)
                try:
                    seen[run_round(scene, Path(name), after)] += 1
                except Exception:
                    failures += 1
                    print(f"{kind}, round {turn}, killed after {after:.4f} s:", file=sys.stderr)
                    traceback.print_exc()
        print(f"{kind}: {dict(seen)} ({1000 * seconds:.0f} ms undisturbed)", flush=True)
    print(f"{options.times} rounds, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
