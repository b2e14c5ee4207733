"""What a file is, told by its content, and the reader of each format: bytes -> `MarkedText`. Knows no article.

A reader is a function `(data, name) -> MarkedText` in a module of its own, named here; it raises UserError where the file cannot be
read and says what to do. All but plain text is read in a process of its own (`rag.reading.apart`).
"""

from rag.errors import UserError
from rag.reading.apart import STRETCH, Apart
from rag.reading.decoding import decode_file, format_of, markup_of, not_supported
from rag.reading.marked import MarkedText, with_page
from rag.reading.scans import is_installed

MAX_BYTES = 200_000_000  # of a file of any format: scans are large
TEXT = "TEXT"
READERS = {
    "DOCX": "rag.reading.docx:read_docx",
    "HTML": "rag.reading.web_page:read_html",
    "MHTML": "rag.reading.web_page:read_mhtml",
    "XLSX": "rag.reading.sheets:read_xlsx",
    "CSV": "rag.reading.sheets:read_csv",
    "PDF": "rag.reading.pdf:read_pdf",
    "PNG 图片": "rag.reading.scans:read_picture",
    "JPEG 图片": "rag.reading.scans:read_picture",
    "TIFF 图片": "rag.reading.scans:read_picture",
}
SUFFIXES = {
    ".txt", ".md", ".markdown", ".text",
    ".docx", ".pdf", ".html", ".htm", ".mht", ".mhtml", ".xlsx", ".csv", ".tsv", ".zip",
    ".png", ".jpg", ".jpeg", ".tif", ".tiff",
}  # fmt: skip
# Documents all the same: in a folder they are opened too, so that nobody takes them for read.
OTHERS = {
    ".doc", ".wps", ".ofd", ".rtf", ".odt", ".xls", ".ppt", ".pptx",
    ".rar", ".7z", ".caj", ".epub",
}  # fmt: skip


def read_format(data: bytes, name: str, apart: Apart) -> MarkedText:
    """The text of a file of any format that has a reader. UserError where it has none, or the file cannot be read."""
    kind = format_by_content(data, name)
    if kind == TEXT:
        return read_text(data, name)
    if kind not in READERS:
        raise not_supported(name, kind)
    if kind == "PDF":
        return _read_pdf(data, name, apart)
    return apart.read(READERS[kind], data, name)


def _read_pdf(data: bytes, name: str, apart: Apart) -> MarkedText:
    """A PDF, its pages without text recognised one by one where that is installed."""
    text = apart.read(READERS["PDF"], data, name, STRETCH, recognise=is_installed())
    for number in text.unread_pages:
        try:
            page = apart.read("rag.reading.scans:read_pdf_page", data, name, page=number)
        except UserError as error:
            page = MarkedText("", warnings=(error,))
        text = with_page(text, number, page)
    return text


def format_by_content(data: bytes, name: str) -> str:
    """What the file is by its content: TEXT, or a format's name. UserError where it is empty, or binary and of no known kind."""
    if kind := format_of(data):
        return kind
    if name.lower().endswith((".csv", ".tsv")):
        return "CSV"
    return markup_of(decode_file(data, name, markup=True).text, name) or TEXT


def read_text(data: bytes, name: str) -> MarkedText:
    """Plain text: its lines as they come."""
    decoded = decode_file(data, name)
    damage = decoded.warning(name)
    return MarkedText(decoded.text, flat=True, warnings=(damage,) if damage else ())
