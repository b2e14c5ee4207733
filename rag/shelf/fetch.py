"""Addresses -> files of a folder, which `wence sync` then follows: pages and documents, and what a feed (RSS, Atom) lists.

What was fetched stands in `.fetched.json` in the folder: of each address its file and what the site said of its version, so that only
what changed is sent again. A page that is gone keeps its file: whether it still holds is for staff to say.
"""

import hashlib
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from rag.atomic import replacing, write_text, writing
from rag.errors import UserError
from rag.reading.decoding import decode_file
from rag.reading.formats import format_by_content
from rag.shelf.web import FetchError, Web, failed

FETCHED = ".fetched.json"
SUFFIX = {
    "TEXT": ".txt", "HTML": ".html", "MHTML": ".mht", "PDF": ".pdf", "DOCX": ".docx", "XLSX": ".xlsx", "CSV": ".csv",
    "ZIP 压缩包": ".zip", "PNG 图片": ".png", "JPEG 图片": ".jpg", "TIFF 图片": ".tif",
}  # fmt: skip
FEEDS = ("<rss", "<feed", "<rdf:RDF")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of an address. `file`: its name in the folder, "" of one that gave nothing; `problem`: why."""

    address: str
    file: str = ""
    changed: bool = False
    problem: UserError | None = None


def fetch(addresses: Iterable[str], folder: Path, web: Web, most: int = 200) -> Iterator[Fetched]:
    """Each address, and each entry of those that are feeds (`most` of one), as it comes. UserError where the folder cannot be written."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    known = _read_known(folder)
    waiting, seen = [(as_address(address), True) for address in addresses], set[str]()
    while waiting:
        address, may_be_feed = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        try:
            before = known.get(address, {})
            held = before if before.get("file") and (folder / before["file"]).is_file() else {}
            page = web.get(address, held)
            if page.data is None:
                yield Fetched(address, held["file"])
                continue
            if may_be_feed and is_feed(page.data):
                waiting += [(as_address(link), False) for link in feed_links(page.data, page.address)[:most]]
                continue
            file = file_name(address, page.data)
            with writing(folder):
                changed = _keep(folder / file, page.data)
                known[address] = {"file": file, "etag": page.etag, "modified": page.modified}
                write_text(folder / FETCHED, json.dumps(known, ensure_ascii=False, indent=1))
            yield Fetched(address, file, changed)
        except FetchError as problem:
            yield Fetched(address, problem=problem)


def as_address(typed: str) -> str:
    """The address as it is sent: what is not ASCII in its host as IDNA, elsewhere as UTF-8 in per cent."""
    try:
        host = urlsplit(typed.strip()).hostname or ""
        if not host.isascii():
            typed = typed.replace(host, host.encode("idna").decode(), 1)
    except (ValueError, UnicodeError):
        return typed  # `check_address` tells
    return quote(typed.strip(), safe="!#$%&'()*+,/:;=?@[]~")


def file_name(address: str, data: bytes) -> str:
    """The same for the same address: its host, its last word, a digest. FetchError of a format that nothing reads."""
    parts = urlsplit(address)
    stem = "".join(c for c in Path(parts.path).stem if c.isalnum() or c in "-_")[:40] or "index"
    try:
        suffix = SUFFIX.get(kind := format_by_content(data, address))
    except UserError as error:
        raise FetchError(error.zh, error.en) from None
    if suffix is None:
        raise failed(address, f"是 {kind}，不能读", f"is {kind}, which nothing reads")
    return f"{parts.hostname}-{stem}-{hashlib.sha256(address.encode()).hexdigest()[:8]}{suffix}"


def is_feed(data: bytes) -> bool:
    return _below_prolog(data[:4000].removeprefix(b"\xef\xbb\xbf").decode("latin-1")).startswith(FEEDS)


def _below_prolog(text: str) -> str:
    """From the first element on: an XML declaration names an encoding that the text is not in any more."""
    text = text.lstrip()
    while text.startswith(("<?", "<!--")):
        text = text.partition("-->" if text.startswith("<!--") else "?>")[2].lstrip()
    return text


def feed_links(data: bytes, address: str) -> list[str]:
    """The entries' addresses of a feed, in order, each once. FetchError where it is none, or declares entities of its own."""
    text = decode_file(data, address, markup=True).text
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise failed(address, "订阅里有自定义的实体，没有读", "the feed declares entities of its own and was not read")
    try:
        root = ElementTree.fromstring(_below_prolog(text))
    except ElementTree.ParseError as error:
        raise failed(address, f"订阅不完整（{error}）", f"the feed is not whole ({error})") from None
    links: list[str] = []
    for entry in root.iter():
        if _name(entry) in ("item", "entry"):
            found = [link for link in entry if _name(link) == "link" and link.get("rel", "alternate") == "alternate"]
            links += [(link.get("href") or link.text or "").strip() for link in found[:1]]
    return list(dict.fromkeys(urljoin(address, link) for link in links if link))


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _keep(path: Path, data: bytes) -> bool:
    """Write the file where it is not that already."""
    if path.is_file() and path.read_bytes() == data:
        return False
    with replacing(path) as aside:
        aside.write_bytes(data)
    return True


def _read_known(folder: Path) -> dict[str, dict[str, str]]:
    try:
        values = json.loads((folder / FETCHED).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    kept = values.items() if isinstance(values, dict) else ()
    return {address: page for address, page in kept if isinstance(page, dict) and _is_name(page.get("file"))}


def _is_name(file: object) -> bool:
    """Whether it names a file in the folder itself."""
    return isinstance(file, str) and file == Path(file).name and bool(file.strip("."))
