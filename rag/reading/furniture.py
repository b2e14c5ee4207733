"""Page furniture that stands between two halves of a sentence: page numbers and running heads, told by form, order and place.

Furniture says nothing that the text says. Whatever may be text (a lone figure of a table, a year, a numbered item) needs
a second sign: that such lines count the pages on, that they repeat at the pages' ends, or that they cut a sentence in two.
A line that ends a sentence is text. Where the signs leave a doubt, the words stay.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.reading.page_marks import PUBLICATION, Mark, read_mark

PAGE_MIN = 30  # characters of text between two numbers of pages, or two heads without a number
RUNNING_MIN, RUNNING_LONG = 12, 30  # characters: shorter, a line may be a cell; longer, it is running text
CUTTING_MIN = 3  # one in so many pages at least ends within a sentence
TOTALS_MIN = 3  # 1/6, 2/6, 3/6: so many that count on are no shares
TITLES_AT = 6  # lines at the top among which the title stands
YEARS = range(1900, 2101)
LABEL = re.compile(r".{1,8}[：:]")
END = tuple("。！？!?…；;：:”’）)》】")
LEADS_TO_FIGURE = re.compile(r"[为共计约达是每第到至有了过、,，]$")
COUNTED = re.compile(r"[个万亿千百元角年月日天人户名件次项岁周米亩吨度级等类号条款期%％‰]")
# A line that begins an item goes on with no sentence.
ITEM = re.compile(
    r"[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[.．、)）](?!\d)|第[一二三四五六七八九十百\d]{1,5}[条章节款项类档级种步]|[①-⑳]|[-*•·●○■□◆▪]\s"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page that holds something. `new_page`: a form feed stands right above it."""

    text: str
    indented: bool = False
    new_page: bool = False


def find_furniture(lines: Sequence[Line]) -> dict[int, bool]:
    """The positions of the lines that are furniture, and whether the sentence above each goes on below it."""
    page = _Page(lines)
    found = page.numbers | page.counting()
    for _ in range(3):  # a head of several lines: the outer one stands beside the inner one
        found |= page.running_heads(found)
    kept = [i for i in range(len(lines)) if i not in found]
    cut: dict[int, bool] = {}
    for one, other in pairwise([-1, *kept, len(lines)]):
        joins = one >= 0 and other < len(lines) and not (page.unsure[one] or page.unsure[other])
        cut |= {i: joins and page.cuts(i) for i in range(one + 1, other)}
    return cut


class _Page:
    """The lines with what they might be worked out once, so that each question after it takes no time."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.marks = [read_mark(line.text) for line in lines]
        self.numbers = {i for i, mark in enumerate(self.marks) if mark.certain}
        times = Counter(mark.words for mark in self.marks if mark.words)
        # What may be furniture is no text that a sentence runs to or from.
        self.unsure = [
            mark.certain or mark.lone or times[mark.words] > 1 or (mark.printed and not any(map(str.isalpha, mark.words)))
            or bool(mark.words.startswith(("http", "www.", "file:"))) or _is_numbered_publication(mark)
            for mark in self.marks
        ]  # fmt: skip
        self.before = [0]  # characters of text above each line
        self.above: list[Line | None] = []  # the nearest line of text above each
        last: Line | None = None
        for line, unsure in zip(lines, self.unsure, strict=True):
            self.above.append(last)
            self.before.append(self.before[-1] + (0 if unsure else len(line.text)))
            last = last if unsure else line
        self.below: list[Line | None] = []
        last = None
        for line, unsure in zip(reversed(lines), reversed(self.unsure), strict=True):
            self.below.append(last)
            last = last if unsure else line
        self.below.reverse()

    def cuts(self, i: int) -> bool:
        """Whether a sentence stops above line `i` in its middle and goes on below it."""
        above, below = self.above[i], self.below[i]
        if above is None or below is None or below.indented or ITEM.match(below.text):
            return False
        return _stops_short(above.text)

    def starts_page(self, i: int) -> bool:
        """Whether line `i` is the first or the last of a page that a form feed ends."""
        return self.lines[i].new_page or (i + 1 < len(self.lines) and self.lines[i + 1].new_page)

    def counting(self) -> set[int]:
        """Lines of the same words beside a number that counts on, a page's text apart: 2, 3, 4; 公报 第3期 15, 16."""
        places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for i, mark in enumerate(self.marks):
            if mark.number is not None:
                places[mark.form].append((i, mark.number))
        return {i for some in places.values() for run in self._runs(some) if self._counts(run) for i in run}

    def _runs(self, places: Sequence[tuple[int, int]]) -> list[list[int]]:
        """The places, cut where the numbers do not count on or stand too near to each other to count pages."""
        runs = [[places[0][0]]]
        for (i, one), (j, other) in pairwise(places):
            least = 1 if self.marks[j].total else PAGE_MIN  # 4/4: the last page may be short
            if other - one in (1, 2) and self.before[j] - self.before[i] >= least:
                runs[-1].append(j)
            else:
                runs.append([j])
        return runs

    def _counts(self, run: Sequence[int]) -> bool:
        """Whether the lines of a run number pages: at new pages, or within sentences, where a lone one is not too high for
        the text above it."""
        mark, number = self.marks[run[0]], self.marks[run[0]].number or 0
        paged = any(map(self.starts_page, run))
        cutting = sum(self.cuts(i) and not self._is_figure(i) for i in run)
        if mark.odd:
            return cutting == len(run) and self._is_likely(run[0], number) and not self._follows_item(run[0], number)
        paged = paged or CUTTING_MIN * cutting >= len(run)
        if not mark.lone:
            return len(run) > 1 and paged and number not in YEARS
        if mark.total and len(run) >= TOTALS_MIN:
            return True
        counts_on = (len(run) > 1 and number not in YEARS) or mark.total  # 3/12
        return paged and (counts_on or self._is_likely(run[0], number))

    def _is_likely(self, i: int, number: int) -> bool:
        return 1 <= number <= self.before[i] // PAGE_MIN + 1

    def _follows_item(self, i: int, number: int) -> bool:
        """Whether an item with the number before stands above: the line is the next item's number."""
        before = re.compile(rf"[（(]?{number - 1}[.．、)）]")
        return any(before.match(line.text) for line in self.lines[:i])

    def _is_figure(self, i: int) -> bool:
        """Whether a lone number belongs to the words around it: 全县共有 / 120 / 户."""
        above, below = self.above[i], self.below[i]
        led = above is not None and LEADS_TO_FIGURE.search(above.text[-1:]) is not None
        return led or (below is not None and COUNTED.match(below.text) is not None)

    def running_heads(self, found: set[int]) -> set[int]:
        """Lines that repeat beside page numbers or at new pages; the title, or the name of a publication, within sentences."""
        repeated: dict[str, list[int]] = defaultdict(list)
        for i, mark in enumerate(self.marks):
            if i not in found and mark.words:
                repeated[mark.words].append(i)
        return {i for places in repeated.values() for i in self._heads(places, found)}

    def _heads(self, places: Sequence[int], found: set[int]) -> Sequence[int]:
        """Which of the lines of the same words are running heads. What stands at the very top is the title, not its repetition;
        a browser's line above that is."""
        inner = [i for i in places if not self._at_top(i)]
        if not inner:
            return ()
        apart = min((self.before[j] - self.before[i] for i, j in pairwise(inner)), default=PAGE_MIN)
        cutting = sum(self.cuts(i) and self._text_around(i, found) for i in inner)
        titled = len(inner) < len(places) and cutting == len(inner)
        named = PUBLICATION.fullmatch(self.marks[inner[0]].words) and CUTTING_MIN * cutting >= len(inner)
        certain = len(places) > 1 or self.marks[inner[0]].number is not None
        beside = len(places) > 1 and apart > 0 and self._beside(inner, found)
        if beside or (apart >= PAGE_MIN and (titled or (named and certain))):
            return [*inner, *(i for i in places if i not in inner and self._is_printed_again(i))]
        return ()

    def _at_top(self, i: int) -> bool:
        """Whether no text stands above the line, or nothing but one line like a name."""
        first = self.lines[0].text
        return self.before[i] == 0 or (i == 1 and len(first) < RUNNING_LONG and not _stops_short(first))

    def _beside(self, places: Sequence[int], found: set[int]) -> bool:
        """Whether each stands at a page's end, and all at the same side of what ends it."""
        sides = ((self.starts_page(i) or i - 1 in found, self.starts_page(i) or i + 1 in found) for i in places)
        above, below = zip(*sides, strict=True)
        return all(above) or all(below)

    def _is_printed_again(self, i: int) -> bool:
        """Whether the line at the top is a browser's, with the title that another line says too."""
        mark = self.marks[i]
        titles = [other.words for other in self.marks[:TITLES_AT] if other.words and not other.printed]
        return mark.printed and (not any(map(str.isalpha, mark.words)) or any(map(mark.words.startswith, titles)))

    def _text_around(self, i: int, found: set[int]) -> bool:
        """Whether nothing but text and what is furniture for sure stands beside line `i`."""
        return all(0 <= j < len(self.lines) and (j in found or not self.unsure[j]) for j in (i - 1, i + 1))


def _is_numbered_publication(mark: Mark) -> bool:
    return mark.number is not None and PUBLICATION.fullmatch(mark.words) is not None


def _stops_short(text: str) -> bool:
    """Whether a line of running text stops in the middle of a sentence; a heading, a label and a cell are none."""
    marked = len(text) >= RUNNING_MIN and re.search(r"[，。；、,;]", text) is not None
    return (marked or len(text) >= RUNNING_LONG) and not text.endswith(END) and not LABEL.match(text)
