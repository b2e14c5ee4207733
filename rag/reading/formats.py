"""What a file is, told by its content, and the reader of each format: bytes -> `MarkedText`. Knows no article.

A reader is a function `(data, name) -> MarkedText` in a module of its own, named here; it raises UserError where the file cannot be
read and says what to do. All but plain text is read in a process of its own (`rag.reading.apart`).
"""

from rag.reading.apart import Apart
from rag.reading.decoding import decode_file, format_of, not_supported
from rag.reading.marked import MarkedText

MAX_BYTES = 200_000_000  # of a file of any format: scans are large
READERS = {
    "DOCX": "rag.reading.docx:read_docx",
}
SUFFIXES = {
    ".txt", ".md", ".markdown", ".text",
    ".docx",
}  # fmt: skip
# Documents all the same: in a folder they are opened too, so that nobody takes them for read.
OTHERS = {
    ".pdf", ".doc", ".wps", ".ofd", ".rtf", ".odt", ".xls", ".xlsx", ".ppt", ".pptx", ".html", ".htm", ".jpg", ".jpeg", ".png",
    ".tif", ".tiff", ".zip", ".rar", ".7z", ".caj", ".epub",
}  # fmt: skip


def read_format(data: bytes, name: str, apart: Apart) -> MarkedText:
    """The text of a file of any format that has a reader. UserError where it has none, or the file cannot be read."""
    kind = format_of(data)
    if kind is None:
        return read_text(data, name)
    if kind not in READERS:
        raise not_supported(name, kind)
    return apart.read(READERS[kind], data, name)


def read_text(data: bytes, name: str) -> MarkedText:
    """Plain text: its lines as they come."""
    decoded = decode_file(data, name)
    damage = decoded.warning(name)
    return MarkedText(decoded.text, flat=True, warnings=(damage,) if damage else ())
