"""One pass of a batch: the articles without gradient and without adapter, the questions with both."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import DynamicCache

from eval.training.batches import Batch
from eval.training.lora import AdaptedLinear, active


def read_articles(model: Any, batch: Batch) -> DynamicCache:
    """The base model's key-value caches over the batch's articles, one after the other."""
    each = []
    for ids in batch.read:
        cache = DynamicCache()
        model.model(ids.to(model.device), past_key_values=cache, use_cache=True)
        each.append(cache)
    layers = zip(*(cache.layers for cache in each), strict=True)
    return DynamicCache(
        [(torch.cat([c.keys for c in layer], 2), torch.cat([c.values for c in layer], 2)) for layer in layers]
    )


def scores_of(model: Any, layers: dict[str, AdaptedLinear], batch: Batch) -> Tensor:
    """Float32 logits (S, vocabulary) at the scored places. `layers` may be empty: then the base model speaks."""
    device = model.device
    with torch.no_grad():
        cache = read_articles(model, batch)
    with active(layers):
        states = model.model(
            batch.asked.to(device),
            position_ids=batch.positions.to(device),
            past_key_values=cache,
            use_cache=True,
            parts=batch.parts,
        ).last_hidden_state[0]
    logits: Tensor = model.lm_head(states[batch.scored.to(device)])
    return logits.float()


def loss_of(scores: Tensor, batch: Batch) -> Tensor:
    """Cross-entropy, each example weighed alike."""
    each = functional.cross_entropy(scores, batch.targets.to(scores.device), reduction="none")
    return (each * batch.weights.to(scores.device)).sum()


def additive(mask: Tensor, model: Any) -> Tensor:
    """The mask in the form that transformers passes on untouched: 0 where seen, else the lowest value there is."""
    dtype = model.dtype
    return torch.zeros(mask.shape, dtype=dtype).masked_fill(~mask, torch.finfo(dtype).min).to(model.device)
