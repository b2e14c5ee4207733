"""Attention of a batch's questions, each article's apart: the rest of a batch's cache is nothing that they see.

One mask over all would cost articles times questions; in a step of six articles that was as much as all matrix products.
Given to transformers under the name BY_ARTICLE.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AttentionInterface

BY_ARTICLE = "by_article"


@dataclass(frozen=True, slots=True)
class Part:
    """An article's tokens among those read, its questions' among those asked, and which of the former and the latter each
    of the latter sees: `mask` (questions' tokens, article's + questions' tokens), true where seen."""

    read: slice
    asked: slice
    mask: Tensor


def attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float,
    parts: Sequence[Part] | None = None,
    **others: Any,
) -> tuple[Tensor, None]:
    """`query` (1, heads, A, size); `key`, `value` (1, fewer heads, R + A, size), articles first. Without `parts`: causal where
    as much is asked as there is, else by the mask, 0 where seen."""
    heads = query.shape[1] // key.shape[1]
    if parts is None:
        causal = attention_mask is None and query.shape[2] > 1
        seen = _attend(query, key, value, attention_mask, scaling, heads, causal)
    else:
        read = key.shape[2] - query.shape[2]
        pieces = []
        for part in parts:
            asked = slice(read + part.asked.start, read + part.asked.stop)
            own = [torch.cat([kept[:, :, part.read], kept[:, :, asked]], dim=2) for kept in (key, value)]
            mask = torch.zeros(part.mask.shape, dtype=query.dtype).masked_fill(~part.mask, torch.finfo(query.dtype).min)
            pieces.append(
                _attend(query[:, :, part.asked], own[0], own[1], mask.to(query.device), scaling, heads, False)
            )
        seen = torch.cat(pieces, dim=2)
    return seen.transpose(1, 2).contiguous(), None


def _attend(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, scaling: float, heads: int, causal: bool
) -> Tensor:
    return functional.scaled_dot_product_attention(
        query,
        key.repeat_interleave(heads, dim=1),
        value.repeat_interleave(heads, dim=1),
        attn_mask=mask,
        is_causal=causal,
        scale=scaling,
    )


AttentionInterface.register(BY_ARTICLE, attend)
