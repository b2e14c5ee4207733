"""What scripts import to compare quantities; reading and comparing them stand in `rag.text`."""

from rag.text.numerals import chinese_number
from rag.text.quantity_check import extract_figures, unsupported_figures

__all__ = ["chinese_number", "extract_figures", "unsupported_figures"]
