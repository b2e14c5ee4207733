"""The product beside what one would build in an afternoon: `python -m eval.compare [--questions N]`, about ten minutes.

One run, one machine, the same questions on the sample page, one after the other, each in a process of its own:
`product` answers from articles that it has read before; `plain` is sentence-transformers and transformers' `generate` in
float32 over the three nearest passages; `llama.cpp` gets the very prompts of `plain` (the extra `benchmark`, Q4_K_M).
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.bench import SEED
from eval.data import Corpus, sample
from eval.page_sets import SAMPLE_PAGE, read_page_sets
from eval.speed import peak_memory
from eval.systems import Product
from rag.answering.prompts import DRAFT, ask_about
from rag.datatypes import Evidence, Message
from rag.models.fetch import Pin, model_dir, read_pins
from rag.reading.files import load_articles
from rag.reading.passages import split_articles
from rag.settings import Settings, read_settings

RIVALS = ("product", "plain", "llama.cpp")
NEAREST = 3  # passages in the prompt
TOKENS = 160  # as the product drafts at most
CONTEXT = 4096

Timed = Iterator[tuple[str, float]]  # what was answered, and in how many seconds


def questions(count: int) -> list[str]:
    page_set = next(p for p in read_page_sets()[0] if p.path == SAMPLE_PAGE)
    return [q.text for q in sample([q for q in page_set.questions if q.answerable and not q.history], count, SEED)]


def product(asked: Sequence[str]) -> Timed:
    system = Product()
    bot = system.asker(Corpus(SAMPLE_PAGE.stem, tuple(system.parse(SAMPLE_PAGE))))
    bot.read_articles()  # type: ignore[attr-defined]
    for question in asked:
        start = time.perf_counter()
        answer = bot.ask(question)
        yield answer.text, time.perf_counter() - start


def prompts(asked: Sequence[str], settings: Settings) -> Iterator[tuple[list[Message], float]]:
    """The prompt over the nearest passages, and the seconds that finding them took."""
    import numpy as np
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(str(model_dir(settings.home, settings.encoder)), device="cpu")
    passages = split_articles(load_articles([SAMPLE_PAGE]).articles)
    vectors = encoder.encode_document([p.text for p in passages])
    for question in asked:
        start = time.perf_counter()
        best = np.argsort(-(vectors @ encoder.encode_query([question])[0]))[:NEAREST]
        evidence = [Evidence(passages[i], passages[i].span, 1.0) for i in best]
        yield ask_about(question, evidence, DRAFT), time.perf_counter() - start


def generator_file(settings: Settings) -> tuple[Path, Pin]:
    pin = read_pins()[settings.generator]
    return model_dir(settings.home, pin.name), pin


def plain(asked: Sequence[str]) -> Timed:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    settings = read_settings()
    folder, pin = generator_file(settings)
    made = list(prompts(asked, settings))
    tokenizer: Any = AutoTokenizer.from_pretrained(folder, gguf_file=pin.file)
    model: Any = AutoModelForCausalLM.from_pretrained(folder, gguf_file=pin.file, dtype=torch.float32).eval()
    for messages, searched in made:
        start = time.perf_counter()
        given = tokenizer.apply_chat_template(
            [{"role": role, "content": content} for role, content in messages],
            add_generation_prompt=True, return_tensors="pt", return_dict=True,
        )  # fmt: skip
        with torch.inference_mode():
            output = model.generate(**given, max_new_tokens=TOKENS, do_sample=False)
        text = tokenizer.decode(output[0, given["input_ids"].shape[1] :], skip_special_tokens=True)
        yield text, searched + time.perf_counter() - start


def llama_cpp(asked: Sequence[str]) -> Timed:
    import xllamacpp

    settings = read_settings()
    folder, pin = generator_file(settings)
    made = list(prompts(asked, settings))
    params = xllamacpp.CommonParams()
    params.model.path = str(folder / pin.file)
    params.n_ctx = CONTEXT
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 2
    server = xllamacpp.Server(params)
    for messages, searched in made:
        chat = [{"role": role, "content": content} for role, content in messages]
        start = time.perf_counter()
        told = server.handle_chat_completions({"messages": chat, "max_tokens": TOKENS, "temperature": 0.0, "cache_prompt": False})  # fmt: skip
        yield told["choices"][0]["message"]["content"], searched + time.perf_counter() - start


RUNS = {"product": product, "plain": plain, "llama.cpp": llama_cpp}


def run_one(name: str, count: int) -> None:
    """A line of JSON for each answer, and one for the peak memory."""
    for text, seconds in RUNS[name](questions(count)):
        print(json.dumps({"seconds": round(seconds, 3), "answer": text}, ensure_ascii=False), flush=True)
    print(json.dumps({"peak_memory_MB": round(peak_memory() / 1e6)}), flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.compare")
    parser.add_argument("--questions", type=int, default=6)
    parser.add_argument("--only", choices=RIVALS, help="one of them, here")
    options = parser.parse_args(arguments)
    if options.only:
        run_one(options.only, options.questions)
        return 0
    medians: dict[str, float] = {}
    for name in RIVALS:
        command = [sys.executable, "-m", "eval.compare", "--only", name, "--questions", str(options.questions)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name}: not run: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
            continue
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        seconds = [line["seconds"] for line in lines if "seconds" in line]
        medians[name] = statistics.median(seconds)
        ratio = f", {medians[name] / medians['product']:.1f} x the product" if name != "product" else ""
        print(f"{name}: {medians[name]:.2f} s (median of {len(seconds)}: {seconds}), {lines[-1]['peak_memory_MB']} MB{ratio}", flush=True)  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
