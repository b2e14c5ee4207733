"""The XML in a package (DOCX): its parts, within bounds, and elements by their names without namespace."""

import zipfile
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from rag.errors import UserError

MOST_BYTES = 60_000_000  # of a part; expat itself refuses entities that grow without end


def part_of(package: zipfile.ZipFile, part: str, name: str) -> Element:
    """A part of the package, which is the file `name`. KeyError where it has none of this name, UserError where it is too large."""
    size = package.getinfo(part).file_size
    if size > MOST_BYTES:
        raise UserError(
            f"{name} 展开后有 {size / 1e6:.0f} MB，太大；请拆分后再试。已跳过。",
            f"{name} has {size / 1e6:.0f} MB when unpacked, which is too much; split it. Skipped.",
        )
    with package.open(part) as stream:
        return ElementTree.fromstring(stream.read(MOST_BYTES + 1))


def local(element: Element) -> str:
    """The element's name without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(parent: Element | None, name: str) -> Iterator[Element]:
    return (element for element in (parent if parent is not None else ()) if local(element) == name)


def child(parent: Element | None, name: str) -> Element | None:
    return next(children(parent, name), None)


def attribute(element: Element | None, name: str) -> str:
    """The attribute's value, "" where there is none."""
    values = element.attrib.items() if element is not None else ()
    return next((value for key, value in values if key.rpartition("}")[2] == name), "")


def value_of(parent: Element | None, name: str) -> str:
    """The `val` of a child, as most properties are written; "" without it."""
    return attribute(child(parent, name), "val")


def is_on(parent: Element | None, name: str) -> bool:
    """Whether a property that is on or off is on."""
    found = child(parent, name)
    return found is not None and attribute(found, "val") not in ("0", "false", "off", "none")


def text_of(parent: Element, names: Sequence[str] = ("t",)) -> str:
    return "".join(element.text or "" for element in parent.iter() if local(element) in names)
