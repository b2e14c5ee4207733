"""How far the local model is from what this machine can do: `python -m eval.roofline`, a minute.

Reading is bound by arithmetic: operations for a token read against the int8 matrix throughput measured here. Writing is
bound by memory: bytes of weights moved for a step against the bandwidth measured here. The profile says where the rest
goes.
"""

import sys
import time
from collections.abc import Callable

import torch
from torch import nn

from eval.page_sets import SAMPLE_PAGE
from eval.systems import Product
from rag.datatypes import Message
from rag.models.int8 import Int8Linear, quantize_rows

ROWS, COLUMNS = 8960, 1536  # the largest matrices of the 1.5B model
TOKENS = 256  # read in one step
COPIED = 1_000_000_000  # bytes
TOP = 8  # operators of the profile


def best_of(run: Callable[[], object], times: int = 7) -> float:
    """The least seconds of several runs: what the machine can do when nothing is in the way."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def matrix_throughput() -> float:
    """Operations a second (a multiplication and an addition are two) of one int8 matrix product."""
    layer = Int8Linear(*quantize_rows(torch.randn(ROWS, COLUMNS)))
    x = torch.randn(TOKENS, COLUMNS)
    return 2 * ROWS * COLUMNS * TOKENS / best_of(lambda: layer(x))


def bandwidth() -> float:
    """Bytes a second that can be read: the sum of a large array of int64."""
    values = torch.ones(COPIED // 8, dtype=torch.int64)
    return COPIED / best_of(values.sum)


def weights_of(model: nn.Module) -> int:
    """Weights of the int8 layers that every token goes through (one byte each)."""
    return sum(m.out_features * m.in_features for m in model.modules() if isinstance(m, Int8Linear))


def main() -> int:
    product = Product()
    generator = product.generator
    assert generator is not None
    text = "".join(a.text for a in product.parse(SAMPLE_PAGE))[:900]
    list(generator.stream([Message("user", "你好")], 4))
    start = time.perf_counter()
    list(generator.stream([Message("user", text)], 1))
    read = generator.count_tokens(text) / (time.perf_counter() - start)
    model = generator._model
    weights = weights_of(model)
    step = torch.tensor([[1]])
    with torch.inference_mode():
        seconds = best_of(lambda: model(step, use_cache=False))
    throughput, moved = matrix_throughput(), bandwidth()
    print(f"int8 matrix product: {throughput / 1e9:.0f} Gop/s; memory: {moved / 1e9:.1f} GB/s; int8 weights: {weights / 1e9:.2f} GB")  # fmt: skip
    print(f"reading: {read:.0f} tokens/s, {2 * weights * read / throughput:.0%} of the matrix throughput")
    print(f"writing without lookup: {1 / seconds:.1f} steps/s, {weights / seconds / moved:.0%} of the bandwidth")
    with torch.inference_mode(), torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        model(torch.tensor([[1] * TOKENS]), use_cache=False)
    total = sum(event.self_cpu_time_total for event in profile.key_averages())
    for event in sorted(profile.key_averages(), key=lambda e: -e.self_cpu_time_total)[:TOP]:
        print(f"  {event.key:40} {event.self_cpu_time_total / total:.0%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
