"""Settings -> a working chatbot: which model files, where they are, what is still to be fetched or made."""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rag.answering.context import WINDOW_CHARACTERS
from rag.answering.prompts import NumberedText, ask_about, read_text
from rag.answering.reader import TaughtModel
from rag.chatbot import Chatbot
from rag.datatypes import EvidenceJudge, Message
from rag.errors import UserError
from rag.models.cross_encoder import calibration_file, load_cross_encoder_judge
from rag.models.encoder import Encoder, load_encoder
from rag.models.fetch import Pin, drop_parts, fetch_model, is_complete, model_dir, read_pins, sha256_of
from rag.models.generator import INT8_FOLDER, Generator, convert_model, is_converted, load_generator
from rag.models.judge import load_judge
from rag.models.kv_cache import FORMAT
from rag.models.people import load_people
from rag.search.index import open_index, read_manifest
from rag.search.retrieval import Retriever
from rag.settings import DEFAULT_INDEX, NO_GENERATOR, Settings, read_settings

log = logging.getLogger("wence")

ENCODER_FORMAT = "int8-1"  # raise when the encoder's numbers change: indexes are then built anew

ADAPTER = Path(__file__).parent / "models" / "weights" / "answer"
VECTOR_CACHE = "vectors.sqlite"  # file of vectors already made
RECOGNISED = "recognised"  # folder of scans' pages that were read
PREFIXES = "prefixes"  # folder of what the local model has read

ProgressBar = Callable[[str, int], Callable[[int], object]]  # (what, how much) -> advance(by)


def silent(what: str, total: int) -> Callable[[int], object]:
    return lambda _: None


def fetch_and_convert(settings: Settings, progress: ProgressBar = silent) -> None:
    """Fetch the chosen models and make the generator's int8 weights; what is there already is left alone."""
    pins = _pins(settings)
    with ThreadPoolExecutor(1) as pool:  # the encoder comes while the generator is converted
        fetched = [pool.submit(_fetch, pin, settings.home, progress) for pin in pins]
        for pin, job in zip(pins, fetched, strict=True):
            job.result()
            folder = model_dir(settings.home, pin.name)
            if pin.task == "text-generation" and not is_converted(folder):
                convert_model(folder, pin.file, progress(f"{pin.name} → int8", pin.bytes))


def _fetch(pin: Pin, home: Path, progress: ProgressBar) -> None:
    if is_complete(home, pin):
        drop_parts(home, pin)
    else:
        fetch_model(pin, home, progress(pin.file, pin.bytes))


def _pins(settings: Settings) -> list[Pin]:
    pins = read_pins()
    return [pins[name] for name in (settings.generator, settings.encoder) if name in pins]


def encoder_identity(settings: Settings) -> str:
    """What an index must have been made with: the encoder's name and a digest of its weights."""
    pin = read_pins().get(settings.encoder)
    digest = folder_digest(settings.encoder) if pin is None else pin.sha256[:12]
    return f"{settings.encoder}@{digest}+{ENCODER_FORMAT}"


def open_encoder(settings: Settings) -> Encoder:
    pin = read_pins().get(settings.encoder)
    if pin is not None:
        require_complete(settings, pin)
    model = settings.encoder if pin is None else model_dir(settings.home, pin.name)
    return load_encoder(model, encoder_identity(settings))


def open_judge(settings: Settings) -> EvidenceJudge:
    """The judge shipped with the package, or the CrossEncoder that the settings name."""
    if not settings.judge:
        return load_judge()
    return load_cross_encoder_judge(settings.judge, calibration_file(settings.home, settings.judge))


class LoadingGenerator:
    """The local model while it is still being loaded: what does not need it is answered meanwhile, what does waits. One that
    cannot be loaded is told in the log once, and then by `problem`."""

    def __init__(self, load: Callable[[], Generator], identity: str, is_taught: bool = False) -> None:
        self.identity = identity
        self.is_taught = is_taught
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="load-generator")
        self._loaded = self._pool.submit(self._load, load)

    def _load(self, load: Callable[[], Generator]) -> Generator:
        try:
            return load()
        except UserError as error:
            log.error("%s", error)
            raise
        except Exception as error:
            log.exception("the local model was not loaded")
            raise not_loaded(self.identity, error) from error

    @property
    def generator(self) -> Generator:
        """The model, once it is there; UserError where it cannot be loaded."""
        return self._loaded.result()

    def problem(self) -> UserError | None:
        """Why the model cannot be used, once that is known."""
        error = self._loaded.exception() if self._loaded.done() else None
        return error if isinstance(error, UserError) else None

    def count_tokens(self, text: str) -> int:
        return self.generator.count_tokens(text)

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[str]:
        return self.generator.stream(messages, max_tokens, cancelled)

    def read_ahead(
        self, one: Sequence[Message], other: Sequence[Message], cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        self.generator.read_ahead(one, other, cancelled)

    def read_text(self, read: str, cancelled: Callable[[], bool] = lambda: False) -> None:
        self.generator.read_text(read, cancelled)

    def first_odds(self, read: str, asked: str, phrase: str, cancelled: Callable[[], bool] = lambda: False) -> float:
        return self.generator.first_odds(read, asked, phrase, cancelled)

    def answer(
        self, read: str, asked: str, unlike: str, max_tokens: int, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[str]:
        return self.generator.answer(read, asked, unlike, max_tokens, cancelled)


def open_generator(settings: Settings) -> LoadingGenerator | None:
    """The local model, loading in the background, or None where the settings want none."""
    if settings.generator == NO_GENERATOR:
        return None
    pin = read_pins().get(settings.generator)
    model, identity, taught = settings.generator, settings.generator, None
    if pin is not None:
        require_complete(settings, pin)
        folder = model_dir(settings.home, pin.name)
        if not is_converted(folder):
            raise not_ready(pin)
        model, identity = str(folder / INT8_FOLDER), f"{pin.name}@{pin.sha256[:12]}+int8"
        taught = adapter_of(pin)
    return LoadingGenerator(
        lambda: load_generator(model, identity, settings.home / PREFIXES, taught), identity, taught is not None
    )


def adapter_of(pin: Pin, folder: Path = ADAPTER) -> Path | None:
    """The folder of the adapter that is shipped for this model; None where it was made for another."""
    config = folder / "adapter_config.json"
    if not config.is_file():
        return None
    made_for = json.loads(config.read_text("utf-8"))["base_model_name_or_path"]
    return folder if made_for == pin.upstream.removesuffix("-GGUF") else None


def taught(generator: Generator | LoadingGenerator | None) -> TaughtModel | None:
    """The generator where it was taught to answer."""
    return generator if generator is not None and generator.is_taught else None


def reading_mark(index_dir: Path, settings: Settings) -> str:
    """What the local model's reading of an index depends on: the articles and how much of one is read at once, the model,
    the prompts before them, a taught one's too, and the form in which it is kept."""
    prompt = "\n".join([*(message.content for message in ask_about("", [], "")), read_text(NumberedText("", ()))])
    return json.dumps(
        [read_manifest(index_dir).corpus, settings.generator, prompt, WINDOW_CHARACTERS, FORMAT], ensure_ascii=False
    )


def require_complete(settings: Settings, pin: Pin) -> None:
    if not is_complete(settings.home, pin):
        raise not_ready(pin)


def not_ready(pin: Pin) -> UserError:
    return UserError(
        f"模型 {pin.name} 还没有准备好。请先运行 make setup（或 python -m rag setup）。",
        f"The model {pin.name} is not there yet. Run make setup (or python -m rag setup).",
    )


def not_loaded(identity: str, error: Exception) -> UserError:
    reason = next(iter(str(error).splitlines()), "") or type(error).__name__
    return UserError(
        f"本地模型 {identity} 无法载入（{reason}），回答只引用原文。修复：rm -r 模型的 int8 文件夹，再运行 python -m rag setup。",
        f"The local model {identity} cannot be loaded ({reason}); answers only quote. Remove its int8 folder and run "
        "python -m rag setup.",
    )


def folder_digest(name: str) -> str:
    """A short digest of a local model folder's files (names, sizes, and the small ones' content); "hub" elsewhere."""
    folder = Path(name)
    if not folder.is_dir():
        return "hub"
    import hashlib

    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        size = path.stat().st_size
        content = sha256_of(path) if size < 1_000_000 else ""
        digest.update(f"{path.relative_to(folder)}\0{size}\0{content}\n".encode())
    return digest.hexdigest()[:12]


def go_offline(settings: Settings) -> None:
    """Keep the model libraries from calling a hub when every model is a local one."""
    names = (settings.encoder, settings.generator, *filter(None, [settings.judge]))
    if all(name in read_pins() or name == NO_GENERATOR or Path(name).is_dir() for name in names):
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if "transformers" not in sys.modules:
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def load_chatbot(index_dir: str | Path = DEFAULT_INDEX, settings: Settings | None = None) -> Chatbot:
    """The chatbot over the index in `index_dir`. UserError where the index or a model is missing or does not fit."""
    settings = settings or read_settings()
    go_offline(settings)
    index = open_index(Path(index_dir), encoder_identity(settings))  # first: it is quick to say that there is none
    judge = open_judge(settings)
    pins = _pins(settings)
    for pin in pins:
        require_complete(settings, pin)
    # The pinned models load beside each other; what may not be there, or set torch's defaults, one after the other.
    generator = open_generator(settings) if len(pins) == 2 else None
    encoder = open_encoder(settings)
    generator = generator or open_generator(settings)
    problem = generator.problem if generator else lambda: None
    people = load_people(encoder)
    return Chatbot(Retriever(index, encoder, judge), encoder, generator, problem, taught(generator), people)
