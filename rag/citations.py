"""What scripts import to check a sentence against its source; the check itself stands in `rag.answering.support`."""

from rag.answering.support import score_support, support

__all__ = ["score_support", "support"]
