"""Scans that were recognised once, kept on disk page by page: recognition takes ten seconds a page, so one that was interrupted goes on
where it stopped, and a file that is read again costs nothing.

A file a page, named by a digest of the scan's bytes and of all that its text depends on. One that cannot be read is made again.
"""

import hashlib
import json
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rag.atomic import write_text
from rag.reading.marked import MarkedText, from_json, to_json

READERS = ("rag.reading.scans:read_pdf_page", "rag.reading.scans:read_picture")


class Recognised:
    """The pages kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._engine = _engine()

    def text_of(
        self, reader: str, data: bytes, name: str, options: dict[str, Any], read: Callable[[], MarkedText]
    ) -> MarkedText:
        """The kept text; else what `read` makes of it, which is kept. What it raises is not."""
        if reader not in READERS:
            return read()
        key = hashlib.sha256(
            json.dumps([self._engine, reader, name, options], sort_keys=True).encode("utf-8", "surrogatepass")
        )
        key.update(data)
        path = self._folder / f"{key.hexdigest()}.json"
        try:
            return from_json(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            text = read()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_text(path, json.dumps(to_json(text), ensure_ascii=False))
        except OSError:
            pass  # a full disk: the page is read all the same
        return text


def _engine() -> str:
    """What a page's text depends on beside the page: the engine, and how its lines become paragraphs."""
    try:
        engine = version("rapidocr")
    except PackageNotFoundError:
        engine = ""
    digest = hashlib.sha256(engine.encode())
    for module in ("scans.py", "layout.py", "marked.py"):
        digest.update((Path(__file__).parent / module).read_bytes())
    return digest.hexdigest()
