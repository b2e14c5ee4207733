"""What scripts import to compare quantities, by the names that they know; reading and comparing them stand in `rag.text`."""

from rag.text.numerals import chinese_number
from rag.text.quantity_check import extract_quantities as extract_figures
from rag.text.quantity_check import unsupported_quantities as unsupported_figures

__all__ = ["chinese_number", "extract_figures", "unsupported_figures"]
