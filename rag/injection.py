"""What scripts import to find orders to the machine; the rules stand in `rag.text.instructions`."""

from rag.text.instructions import is_order

__all__ = ["is_order"]
