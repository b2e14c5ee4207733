"""The one value that every other noun is built on."""

from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of characters in an article's text."""

    start: int
    end: int

    def holds(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end
