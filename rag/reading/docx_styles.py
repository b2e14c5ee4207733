"""How the paragraphs of a DOCX look: what their styles and their own properties say together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from rag.datatypes import Why
from rag.reading.xml_parts import attribute, child, children, is_on, local, value_of

DEFAULT_SIZE = 10.0  # points, where nothing says otherwise
DEEPEST = 20  # styles that a style may be based on, one upon the other
HEADING = re.compile(r"(?:heading|标题)\s*\d", re.IGNORECASE)
CONTENTS = re.compile(r"(?:toc|目录)\s*\d", re.IGNORECASE)
RED = re.compile(r"[C-F][0-9A-F][0-4][0-9A-F][0-4][0-9A-F]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Look:
    """`size`: points, of the largest words. `styles`: the properties that the paragraph's style gives, the nearest first."""

    styles: tuple[Element, ...]
    is_title: bool
    is_heading: bool
    is_contents: bool
    centred: bool
    red: bool
    size: float


class Styles:
    """The styles of a document. `part`: word/styles.xml."""

    def __init__(self, part: Element) -> None:
        self._styles = {attribute(style, "styleId"): style for style in children(part, "style")}
        self._default = next((attribute(s, "styleId") for s in self._styles.values() if _is_default(s)), "")
        self._defaults = child(child(child(part, "docDefaults"), "rPrDefault"), "rPr")

    def look(self, paragraph: Element) -> Look:
        own = child(paragraph, "pPr")
        chain = tuple(self._chain(value_of(own, "pStyle") or self._default))
        names = [value_of(style, "name").casefold() for style in chain]
        layers = [own, *(child(style, "pPr") for style in chain)]
        level = next((value_of(layer, "outlineLvl") for layer in layers if value_of(layer, "outlineLvl")), "")
        alignment = next((value_of(layer, "jc") for layer in layers if value_of(layer, "jc")), "")
        runs = [child(run, "rPr") for run in paragraph.iter() if local(run) == "r" and child(run, "t") is not None]
        faces = [child(style, "rPr") for style in chain]
        return Look(
            styles=chain,
            is_title="title" in names[:1] or "标题" in names[:1],
            is_heading=any(HEADING.match(name) for name in names) or (level.isdecimal() and int(level) < 9),
            is_contents=any(CONTENTS.match(name) for name in names[:1]),
            centred=alignment == "center",
            red=bool(runs) and all(RED.fullmatch(_first([run, *faces], "color")) for run in runs),
            size=max((self._size([run, *faces]) for run in runs), default=DEFAULT_SIZE),
        )

    def unseen(self, run: Element) -> Why | None:
        """Why the run is no part of what a reader reads: hidden, or struck out; None where it is."""
        own = child(run, "rPr")
        if is_on(own, "vanish") or is_on(own, "specVanish"):
            return Why.HIDDEN
        return Why.STRUCK if is_on(own, "strike") or is_on(own, "dstrike") else None

    def _size(self, layers: list[Element | None]) -> float:
        half_points = _first([*layers, self._defaults], "sz")
        return int(half_points) / 2 if half_points.isdecimal() else DEFAULT_SIZE

    def _chain(self, id: str) -> Iterator[Element]:
        """The style and those that it is based on."""
        for _ in range(DEEPEST):
            style = self._styles.get(id)
            if style is None:
                return
            yield style
            id = value_of(style, "basedOn")


def _is_default(style: Element) -> bool:
    return attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true", "on")


def _first(layers: list[Element | None], name: str) -> str:
    return next((value_of(layer, name) for layer in layers if value_of(layer, name)), "")
