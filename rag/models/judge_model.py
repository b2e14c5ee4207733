"""The judge's network: a small BERT over (question, passage) or (statement, quote), with three heads.

One logit says whether the passage answers the question, one whether the quote supports the statement, and two a token
where the answer begins and ends (the first token, <s>, where there is none: Devlin et al. 2018, section 4.3).
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn


class Judged(NamedTuple):
    """Logits: `answers` and `supports` (pairs,), `start` and `end` (pairs, tokens)."""

    answers: Tensor
    supports: Tensor
    start: Tensor
    end: Tensor


class JudgeModel(nn.Module):
    """`config` holds BertConfig's sizes. Built without weights where torch's default device is "meta"."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        from transformers import BertConfig, BertModel

        settings = BertConfig(
            **config, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, attn_implementation="sdpa"
        )
        self.body = BertModel(settings, add_pooling_layer=False)
        size = settings.hidden_size
        self.verdict = nn.Linear(2 * size, 2)
        self.span = nn.Linear(size, 2)

    def forward(self, ids: Tensor, mask: Tensor) -> Judged:
        """`ids` and `mask` (pairs, tokens): token ids, and 1 where there is one."""
        hidden: Tensor = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        held = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * held).sum(dim=1) / held.sum(dim=1)
        answers, supports = self.verdict(torch.cat([hidden[:, 0], mean], dim=-1)).float().unbind(-1)
        start, end = self.span(hidden).float().masked_fill(mask.unsqueeze(-1) == 0, -1e4).unbind(-1)
        return Judged(answers, supports, start, end)
