"""Characters, quantities, names and orders in a text: rules that know nothing of articles, questions or models."""

from rag.text.normalization import normalize

__all__ = ["normalize"]
