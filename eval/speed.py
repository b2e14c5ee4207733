"""Suite speed: how long a citizen waits, and what that costs. Absolute times hold for the machine described in the
report only; with --full each stands beside its baseline (plain float32 transformers), as a ratio of the same run."""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.bench import Bench
from eval.data import Corpus, Question, sample
from eval.metrics import percentile
from eval.page_sets import SAMPLE_PAGE, PageSet, read_page_sets
from eval.results import Curve, Measurement, NotRun, SuiteResult
from eval.systems import METHODS, Asker, Generation, Systems
from rag.datatypes import Answer, Sentence

QUESTIONS = 20
INDEXED_PASSAGES = 40
PREFIX = "speed"
PROMPT = "请把下面的文章逐句抄写一遍：\n"


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds to the first sentence shown (None where nothing was shown) and to the whole answer."""

    first_sentence: float | None
    whole: float


def run(bench: Bench, full: bool = False) -> SuiteResult:
    page_set = next((p for p in read_page_sets()[0] if p.path == SAMPLE_PAGE), None)
    if page_set is None:
        return SuiteResult("speed", not_run=(NotRun(PREFIX, "there are no questions on the sample page"),))
    corpus = Corpus(page_set.name, tuple(bench.systems.parse(page_set.path)))
    measurements, curves = _answering(bench, corpus, page_set)
    measurements += _searching(bench, corpus, page_set.questions)
    measurements += _indexing(bench.systems, corpus)
    generation, absent = _generating(bench.systems, corpus, full)
    measurements += generation
    measurements += [
        Measurement(f"{PREFIX}/disk/{name}_MB", size / 1e6, 1) for name, size in bench.systems.disk().items()
    ]
    measurements.append(Measurement(f"{PREFIX}/peak_memory_MB", peak_memory() / 1e6, 1))
    return SuiteResult("speed", derived=tuple(measurements), not_run=absent, curves=curves)


def peak_memory() -> int:
    """Bytes. getrusage counts kilobytes on Linux and bytes on macOS."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _answering(bench: Bench, corpus: Corpus, page_set: PageSet) -> tuple[list[Measurement], tuple[Curve, ...]]:
    """The first question after loading, questions on a warm system, and follow-ups."""
    count = min(QUESTIONS, bench.sizes.pages_answerable or QUESTIONS)
    single = sample([q for q in page_set.questions if q.answerable and not q.history], count + 1, bench.seed)
    follow_ups = sample([q for q in page_set.questions if q.history], max(1, count // 2), bench.seed)
    start = time.perf_counter()
    asker = bench.systems.asker(corpus)
    measurements = [Measurement(f"{PREFIX}/load_seconds", time.perf_counter() - start, 1)]
    curves: list[Curve] = []
    for name, questions in (("first", single[:1]), ("warm", single[1:]), ("follow_up", follow_ups)):
        timed = [wait_for(asker, question) for question in bench.progress(questions, f"timing {name}")]
        waits = [wait for wait in timed if wait]
        more, own = wait_measurements(name, waits)
        measurements += more
        curves += own
    return measurements, tuple(curves)


def wait_for(asker: Asker, question: Question, clock: Callable[[], float] = time.perf_counter) -> Wait | None:
    """None where the system crashes: suite answers counts that, here it would pass for quickness."""
    start = clock()
    first: float | None = None
    try:
        for event in asker.stream(question.text, question.history):
            if first is None and isinstance(event, Sentence):
                first = clock() - start
            if isinstance(event, Answer):
                return Wait(first, clock() - start)
    except Exception:
        return None
    return None


def wait_measurements(name: str, waits: Sequence[Wait]) -> tuple[list[Measurement], list[Curve]]:
    measurements, curves = [], []
    shown = [wait.first_sentence for wait in waits if wait.first_sentence is not None]
    for part, values in (("first_sentence", shown), ("whole_answer", [wait.whole for wait in waits])):
        if values:
            measurements += [
                Measurement(f"{PREFIX}/{name}/{part}_p{q}_seconds", percentile(values, q), len(values))
                for q in (50, 95)
            ]
            ordered = sorted(values)
            steps = tuple((i + 1) / len(ordered) for i in range(len(ordered)))
            if len(ordered) > 1:
                curves.append(Curve("latency", f"{name}, {part.replace('_', ' ')}", tuple(ordered), steps))
    return measurements, curves


def _searching(bench: Bench, corpus: Corpus, questions: Sequence[Question]) -> list[Measurement]:
    searcher = bench.systems.searcher(corpus)
    measurements = []
    for method in METHODS:
        seconds = []
        for question in sample(questions, QUESTIONS, bench.seed):
            start = time.perf_counter()
            searcher.search(question.text, 10, method)
            seconds.append(time.perf_counter() - start)
        measurements += [
            Measurement(f"{PREFIX}/search_{method}_p{q}_ms", 1000 * percentile(seconds, q), len(seconds))
            for q in (50, 95)
        ]
    return measurements


def _indexing(systems: Systems, corpus: Corpus) -> list[Measurement]:
    passages, seconds = systems.time_indexing(corpus, INDEXED_PASSAGES)
    return [Measurement(f"{PREFIX}/indexed_passages_per_second", passages / seconds, passages)] if passages else []


def _generating(systems: Systems, corpus: Corpus, full: bool) -> tuple[list[Measurement], tuple[NotRun, ...]]:
    """Tokens read and written a second on a prompt that asks for a copy of an article."""
    text = PROMPT + max(corpus.articles, key=lambda article: len(article.text)).text[:900]
    ours = systems.time_generation(text, 64)
    if ours is None:
        return [], (NotRun(f"{PREFIX}/generation", "the system has no generator"),)
    measurements = generation_measurements("generation", ours)
    if not full:
        return measurements, (NotRun(f"{PREFIX}/float32", "the plain float32 baseline runs with --full only"),)
    plain = systems.time_plain_generation(text, 64)
    if plain is None:
        return measurements, (
            NotRun(f"{PREFIX}/float32", "it needs the extra benchmark and the generator's GGUF file"),
        )
    ratios = [
        Measurement(f"{PREFIX}/read_ratio_to_float32", ours.read_per_second / plain.read_per_second, 1),
        Measurement(f"{PREFIX}/write_ratio_to_float32", ours.written_per_second / plain.written_per_second, 1),
    ]
    return [*measurements, *generation_measurements("float32", plain), *ratios], ()


def generation_measurements(name: str, generation: Generation) -> list[Measurement]:
    return [
        Measurement(f"{PREFIX}/{name}/read_tokens_per_second", generation.read_per_second, generation.read),
        Measurement(f"{PREFIX}/{name}/written_tokens_per_second", generation.written_per_second, generation.written),
    ]
