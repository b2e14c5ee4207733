"""Linear layers with int8 weights for the CPU: the one place that touches torch's quantised operators.

Weights are symmetric per output row, w ≈ int8 * scale, |int8| <= 127; activations are quantised as they come, one
scale a token: torch's operator takes one scale a call, so each token's row is divided by its own largest value
first and multiplied back after (EmbeddingGemma: cosine to float32 .93 with one scale a call, .99 with one a token).
torch's own front end for this, `torch.ao.quantization`, is deprecated and needs the float
and the int8 model in memory together; the operators below it are what this module calls, and torch is pinned.
"""

import warnings
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Iterator


def quantize(values: Tensor, over: int) -> tuple[Tensor, Tensor]:
    """`values` in int8, the same shape, and the float32 scale that each shares with the others along the dimension
    `over`, of size 1 there: values ≈ int8 * scale."""
    scale = values.abs().amax(dim=over, keepdim=True).clamp(min=1e-12).div(127).float()
    return values.float().div(scale).round_().clamp_(-127, 127).to(torch.int8), scale


def quantize_rows(weight: Tensor) -> tuple[Tensor, Tensor]:
    """(rows, columns) float -> the same shape int8, and (rows,) float32 scales."""
    quantized, scale = quantize(weight, 1)
    return quantized, scale[:, 0]


def activation_bits_reduced() -> bool:
    """Whether activations must keep to 7 bits: without VNNI the kernels add pairs of products in 16 bits."""
    return not torch.cpu._is_vnni_supported()


class Int8Linear(nn.Module):
    """y = x W^T + b with packed int8 weights. Inference only."""

    def __init__(self, weight: Tensor, scale: Tensor, bias: Tensor | None = None) -> None:
        """`weight` (out, in) int8, `scale` (out,) float32, `bias` (out,) float32 or None. The weights are copied."""
        super().__init__()
        self.out_features, self.in_features = weight.shape
        self.bias = bias
        self.reduce_range = activation_bits_reduced()
        with warnings.catch_warnings():  # torch marks its quantised tensors deprecated; the pin keeps them
            warnings.simplefilter("ignore")
            zeros = torch.zeros(len(scale), dtype=torch.long)
            quantized = torch._make_per_channel_quantized_tensor(weight, scale.double(), zeros, 0)
            self.packed = torch.ops.quantized.linear_prepack(quantized, None)

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) float32 -> (..., out) float32."""
        largest = x.abs().amax(dim=-1, keepdim=True).clamp(min=1e-9)
        y: Tensor = torch.ops.quantized.linear_dynamic(x / largest, self.packed, reduce_range=self.reduce_range)
        y = y.mul_(largest)
        return y if self.bias is None else y.add_(self.bias)


class Int8Embedding(nn.Module):
    """Rows of an int8 table, made float when looked up."""

    def __init__(self, weight: Tensor, scale: Tensor) -> None:
        """`weight` (tokens, size) int8, `scale` (tokens,) float32."""
        super().__init__()
        self.num_embeddings, self.embedding_dim = weight.shape
        self.register_buffer("weight", weight, persistent=False)
        self.register_buffer("scale", scale, persistent=False)
        self.weight: Tensor
        self.scale: Tensor

    def forward(self, ids: Tensor) -> Tensor:
        return self.weight[ids].float() * self.scale[ids].unsqueeze(-1)


def quantize_module(module: nn.Module) -> None:
    """Replace every linear layer below `module` by its int8 form, one at a time."""
    for parent, name, child in list(_children(module)):
        if isinstance(child, nn.Linear):
            bias = None if child.bias is None else child.bias.detach().float()
            setattr(parent, name, Int8Linear(*quantize_rows(child.weight.detach()), bias))


def _children(module: nn.Module) -> "Iterator[tuple[nn.Module, str, nn.Module]]":
    for parent in module.modules():
        for name, child in parent.named_children():
            yield parent, name, child
