"""The local model: messages in, text out, token by token. The only importer of transformers.

Knows nothing of articles or citations. A taught model has an adapter (`rag.models.adapter`), which is active from the
question on. On the CPU the weights are int8 (`rag.models.int8`), made once from the pinned GGUF
file; on a GPU they are float. Decoding is greedy, by a loop of our own, for three reasons: a question that shares its
beginning with one before (the same article, kept in memory or by `rag.models.kv_cache`) pays only for what is new; answers copy
their source, so that looking the next words up in the prompt saves most steps; and one who leaves stops it at once.
"""

import ctypes
import math
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.atomic import exclusive
from rag.datatypes import Message
from rag.errors import CancelledError, UserError
from rag.models.fetch import read_complete, require_free_disk, write_complete
from rag.models.gguf import WEIGHTS, convert_weights
from rag.models.kv_cache import KVCacheStore
from rag.models.tokens import Prompt, common_prefix, look_up

if TYPE_CHECKING:
    from torch import Tensor

    from rag.models.adapter import Adapter

INT8_FOLDER = "int8"
INT8_FORMAT = "1"  # raise when what `convert` writes changes: older folders are then made anew
LOOKUP_TOKENS = 8  # 2.5 times as quick at 8 (docs/experiments.md#generation)
LOOKUP_NGRAM = 2
READ_TOKENS = 256  # of a prompt in one step; between them, `cancelled` is asked
M_ARENA_MAX, ARENAS = -8, 2  # of glibc's malloc.h; threads share so many
PACKING_NICE = 10
WORTH_LOADING = 24  # tokens that a prefix on disk must save: fewer are read as quickly as the file


def is_converted(model_dir: Path) -> bool:
    return read_complete(model_dir / INT8_FOLDER).get("format") == INT8_FORMAT


def convert_model(model_dir: Path, gguf_name: str, advance: Callable[[int], object] = lambda _: None) -> Path:
    """The folder with int8 weights, tokenizer and config, made from the GGUF file unless it is there already."""
    target = model_dir / INT8_FOLDER
    with exclusive(model_dir / "convert.lock"):
        if not is_converted(model_dir):
            target.mkdir(exist_ok=True)
            require_free_disk(target, 2_500_000_000, INT8_FOLDER)
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:  # the tokenizer takes as long
                saved = pool.submit(_save_tokenizer_and_config, model_dir, gguf_name, target)
                convert_weights(model_dir / gguf_name, target / WEIGHTS, advance)
                saved.result()
            write_complete(target, {"format": INT8_FORMAT, "source": gguf_name})
    return target


def _save_tokenizer_and_config(model_dir: Path, gguf_name: str, target: Path) -> None:
    from transformers import AutoConfig, AutoTokenizer

    AutoTokenizer.from_pretrained(model_dir, gguf_file=gguf_name).save_pretrained(target)
    AutoConfig.from_pretrained(model_dir, gguf_file=gguf_name).save_pretrained(target)


@dataclass(slots=True)
class _Kept:
    """What the model has read last, and its key-value cache over it."""

    prompt: Prompt
    cache: Any


class Generator:
    """A causal language model with its tokenizer and one key-value cache. One step at a time: nobody waits for a caller who
    has stopped reading, and a stream that another came between reads again what the cache has lost."""

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        identity: str,
        prefixes: KVCacheStore | None = None,
        adapter: "Adapter | None" = None,
    ) -> None:
        self.identity = identity
        self._adapter = adapter
        self._prefixes = prefixes
        self._model = model
        self._tokenizer = tokenizer
        self._turn = threading.Lock()
        self._kept = _Kept(Prompt([]), None)
        self._ends = _end_tokens(model, tokenizer)

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[str]:
        """Pieces of the greedy answer, as soon as each is known; ends at the model's end token, at `max_tokens`,
        or when `cancelled()` turns true."""
        return self._pieces(Prompt(self._chat(messages)), max_tokens, cancelled)

    def answer(
        self, read: str, asked: str, unlike: str, max_tokens: int, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[str]:
        """The same of a taught model: the base model reads the text `read`, the adapter answers what is `asked` of it, and
        does not begin as `unlike` does."""
        return self._pieces(self._parted(read, asked), max_tokens, cancelled, self._encode(unlike)[:1])

    def first_odds(self, read: str, asked: str, phrase: str, cancelled: Callable[[], bool] = lambda: False) -> float:
        """Log-odds that a taught model's answer begins as `phrase` does. CancelledError where whoever asked has left."""
        import torch

        logs = self._step(self._parted(read, asked), cancelled).logits[0, -1].float().log_softmax(-1).double()
        first = logs[self._encode(phrase)[0]].clamp(max=-1e-12)
        return float(first - torch.log(-torch.expm1(first)))

    @property
    def is_taught(self) -> bool:
        """Whether `answer` and `first_odds` may be asked for."""
        return self._adapter is not None

    def read_ahead(
        self, one: Sequence[Message], other: Sequence[Message], cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        """Read what both prompts begin with, and keep it for whatever begins so. Nothing happens where it is kept."""
        prompts = self._chat(one), self._chat(other)
        self._keep(prompts[0][: common_prefix(*prompts)], cancelled)

    def read_text(self, read: str, cancelled: Callable[[], bool] = lambda: False) -> None:
        """The same of the text that a taught model is asked about."""
        self._keep(self._encode(read), cancelled)

    def _keep(self, ids: list[int], cancelled: Callable[[], bool]) -> None:
        import torch

        if self._prefixes is None or self._prefixes.holds(ids):
            return
        with self._turn, suppress(CancelledError), torch.inference_mode():
            self._read(Prompt(ids), cancelled)
            self._prefixes.keep(ids, ((layer.keys, layer.values) for layer in self._kept.cache.layers))
            # Go on from what was kept, so that an answer does not depend on whether its article was read before.
            self._kept = _Kept(Prompt([]), None)

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def _encode(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False))

    def _chat(self, messages: Sequence[Message]) -> list[int]:
        ids = self._tokenizer.apply_chat_template(
            [{"role": role, "content": content.replace("<|", "< |")} for role, content in messages],  # not its marks
            add_generation_prompt=True,
            tokenize=True,
            return_dict=False,
        )
        return list(ids)

    def _parted(self, read: str, asked: str) -> Prompt:
        ids = self._encode(read)
        return Prompt([*ids, *self._encode(asked)], len(ids))

    def _pieces(
        self, prompt: Prompt, max_tokens: int, cancelled: Callable[[], bool], not_first: Sequence[int] = ()
    ) -> Iterator[str]:
        with suppress(CancelledError):
            written: list[int] = []
            shown = ""
            for tokens in self._decode(prompt, max_tokens, cancelled, not_first):
                written += tokens
                text = self._tokenizer.decode(written, skip_special_tokens=True)
                if not text.endswith("\ufffd"):  # a character may be cut between two tokens
                    if text[len(shown) :]:
                        yield text[len(shown) :]
                    shown = text

    def _decode(
        self, prompt: Prompt, max_tokens: int, cancelled: Callable[[], bool], not_first: Sequence[int]
    ) -> Iterator[list[int]]:
        """Greedy tokens with prompt lookup: the model reads its last token and a guess at the next few in one step,
        and keeps as much of the guess as it would have written itself, so the text is the same as without.
        (Saxena 2023, "Prompt Lookup Decoding".)"""
        known, written = prompt, 0
        scores = self._step(known, cancelled).logits[0, -1].clone()
        scores[list(not_first)] = -math.inf
        next_token = int(scores.argmax())
        while next_token not in self._ends and written < max_tokens and not cancelled():
            guess = look_up([*known.ids, next_token], LOOKUP_NGRAM, LOOKUP_TOKENS)
            scored = len(guess) + 1
            output = self._step(known.grown([next_token, *guess]), cancelled, scored)
            best = output.logits[0, -scored:].argmax(dim=-1).tolist()
            agreed = 0
            while agreed < len(guess) and guess[agreed] == best[agreed] and guess[agreed] not in self._ends:
                agreed += 1
            new = [next_token, *guess[:agreed]][: max_tokens - written]
            known, written = known.grown(new), written + len(new)
            next_token = best[agreed]
            yield new

    def _step(self, prompt: Prompt, cancelled: Callable[[], bool], scored: int = 1) -> Any:
        """`_read` in this caller's turn. Nothing is held when it returns: neither the turn nor torch's mode."""
        import torch

        with self._turn, torch.inference_mode():
            return self._read(prompt, cancelled, scored)

    def _read(self, prompt: Prompt, cancelled: Callable[[], bool], scored: int = 1) -> Any:
        """The model's output for the tokens of the prompt that it read last, at least the last `scored`: `logits` (1, tokens,
        vocabulary) for what follows each. What a kept cache holds is not read again."""
        ids = prompt.ids
        self._take_up(prompt, scored)
        kept = self._kept
        while True:
            begin = len(kept.prompt.ids)
            end = begin + READ_TOKENS
            if begin < prompt.base:
                end = min(end, prompt.base)
            new = ids[begin : len(ids) if end >= len(ids) else min(end, len(ids) - scored)]
            output = self._forward(new, kept.cache, begin >= prompt.base)
            kept.prompt = Prompt(ids[: begin + len(new)], prompt.base)
            if len(kept.prompt.ids) == len(ids):
                return output
            if cancelled():
                raise CancelledError

    def _take_up(self, prompt: Prompt, scored: int) -> None:
        """Let what is kept be the beginning of the prompt, as much of it as was read before; the last `scored` are not."""
        from transformers import DynamicCache

        ids = prompt.ids
        same = min(prompt.shared(self._kept.prompt), len(ids) - scored)
        if len(ids) - same > WORTH_LOADING and self._prefixes is not None:
            found = self._prefixes.find(ids[: min(len(ids) - scored, prompt.base)])
            if found is not None and found[0] >= same + WORTH_LOADING:
                same = found[0]
                self._kept = _Kept(Prompt(ids[:same], prompt.base), DynamicCache(found[1]))
        if self._kept.cache is None or same == 0:
            self._kept = _Kept(Prompt([], prompt.base), DynamicCache())
            same = 0
        if surplus := len(self._kept.prompt.ids) - same:
            self._kept.cache.crop(-surplus)
        self._kept.prompt = Prompt(ids[:same], prompt.base)  # should a step fail, no more than this is claimed

    def _forward(self, new: list[int], cache: Any, adapted: bool) -> Any:
        import torch

        with nullcontext() if self._adapter is None else self._adapter.active(adapted):
            return self._model(
                torch.tensor([new], device=self._model.device),
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=LOOKUP_TOKENS
                + 1,  # only a guess needs scores at each place; a prompt needs them at its end
            )


def load_generator(
    model: str | Path, identity: str, prefixes: Path | None = None, adapter: Path | None = None
) -> Generator:
    """The model in `model`: a folder of `convert_model`, another local folder, or a hub id. `prefixes`: the folder where
    what it has read is kept. `adapter`: the folder of an adapter that was trained on this very model."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from rag.models.adapter import add_adapter
    from rag.models.int8 import quantize_module

    folder = Path(model)
    if (folder / WEIGHTS).is_file():
        loaded = _load_int8(folder)
    else:
        device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            loaded = AutoModelForCausalLM.from_pretrained(model, dtype="auto").to(device).eval()
        except OSError as error:
            raise UserError(
                f"无法载入模型 {model}：{str(error).splitlines()[0]}。WENCE_GENERATOR 应为本地目录、可访问的模型编号或 none。",
                f"Cannot load the model {model}: {str(error).splitlines()[0]}. WENCE_GENERATOR takes a local folder, "
                "a hub id that this machine reaches, or none.",
            ) from error
        if device == "cpu":
            loaded = loaded.float() if loaded.num_parameters() < 200_000_000 else loaded
            quantize_module(loaded)
            loaded = loaded.float()
    store = None if prefixes is None else KVCacheStore(prefixes, identity)
    taught = None if adapter is None else add_adapter(loaded, adapter)
    return Generator(loaded, AutoTokenizer.from_pretrained(model), identity, store, taught)


def _load_int8(folder: Path) -> Any:
    """The model with int8 layers: built without weights, then filled layer by layer. On a GPU: float weights again."""
    import torch
    from torch import nn
    from transformers import AutoConfig, AutoModelForCausalLM

    from rag.models.int8 import Int8Embedding, Int8Linear

    share_arenas()
    gpu = torch.cuda.is_available()
    config = AutoConfig.from_pretrained(folder)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)

    def fill(name: str, module: nn.Module) -> None:
        values = _read_tensors(folder / WEIGHTS, name)
        if isinstance(module, (nn.Linear, nn.Embedding)) and not gpu:
            made = Int8Embedding if isinstance(module, nn.Embedding) else Int8Linear
            parent, _, leaf = name.rpartition(".")
            setattr(model.get_submodule(parent), leaf, made(**values))
            return
        if "scale" in values:
            values["weight"] = values["weight"].float() * values.pop("scale")[:, None]
        for leaf, value in values.items():
            setattr(module, leaf, nn.Parameter(value, requires_grad=False))

    holders = [(name, module) for name, module in model.named_modules() if list(module.parameters(recurse=False))]
    holders.sort(key=lambda holder: -sum(p.numel() for p in holder[1].parameters(recurse=False)))
    # Packing keeps a core busy; the largest first, so that none waits.
    with ThreadPoolExecutor(os.cpu_count(), initializer=give_way) as pool:
        for job in [pool.submit(fill, name, module) for name, module in holders]:
            job.result()
    return_memory()
    rotary = model.model.rotary_emb  # its table is computed, not stored: compute it off the meta device
    model.model.rotary_emb = type(rotary)(config=config)
    return (model.half().to("cuda") if gpu else model).eval()


def give_way() -> None:
    """Let this thread run only where the others leave a core free: the page comes before the model behind it."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PACKING_NICE)


def share_arenas() -> None:
    """glibc gives each thread an arena, and what packing frees in one serves no other: with two for all, the process
    peaks at 3.2 GB in place of 3.9 (docs/experiments.md#starting). Nothing happens with another allocator."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(M_ARENA_MAX, ARENAS)


def return_memory() -> None:
    """Loading leaves a gigabyte of freed blocks with glibc's allocator; give them back to the system where that is it."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _read_tensors(path: Path, module_name: str) -> "dict[str, Tensor]":
    """The tensors of one module, by leaf name. The file is opened for each, so that no pages of it stay mapped."""
    from safetensors import safe_open

    with safe_open(path, framework="pt") as weights:
        leaves = [key for key in weights.keys() if key.rpartition(".")[0] == module_name]  # noqa: SIM118
        return {key.rpartition(".")[2]: weights.get_tensor(key).clone() for key in leaves}


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    ends = {tokenizer.eos_token_id}
    configured = getattr(model, "generation_config", None)
    if configured is not None and configured.eos_token_id is not None:
        more = configured.eos_token_id
        ends.update(more if isinstance(more, list) else [more])
    ends.update(i for i in (tokenizer.convert_tokens_to_ids("<|im_end|>"),) if isinstance(i, int))
    return frozenset(ends - {None})
