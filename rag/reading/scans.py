"""A scan's page -> marked text, by RapidOCR (its models come in its wheel: nothing is fetched). An extra: `pip install 'wence[ocr]'`.

Read page by page, each in its turn of the process apart: a page takes some ten seconds on one core and 700 MB. A skewed page is set
straight by the slope of its lines. Lines that were hardly legible are told, and marked in the text.
"""

import io
import math
from functools import cache
from importlib.util import find_spec
from statistics import median
from typing import TYPE_CHECKING, Any

from rag.errors import UserError
from rag.reading.layout import Piece, paragraphs
from rag.reading.marked import Maker, MarkedText

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DPI = 150
LARGEST = 6000  # pixels along a side: a larger picture is made smaller
MOST_FRAMES = 200  # pages of a TIFF
LEGIBLE = 0.5  # RapidOCR's own default: below it a line is rather a seal or a stain than words, and is told, not read
CERTAIN = 0.85  # RapidOCR's own confidence: a line below it is told as uncertain
SIZE = 0.8  # of a box's height is the height of its letters
LONG = 5  # characters: the slope of a shorter line says nothing


def is_installed() -> bool:
    return find_spec("rapidocr") is not None


def read_pdf_page(data: bytes, name: str, page: int) -> MarkedText:
    """Page `page` (from 1) of a PDF, as it looks."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    picture = document[page - 1].render(scale=DPI / 72).to_numpy()
    maker = Maker()
    _read(picture[:, :, :3], name, page, maker)
    return maker.made()


def read_picture(data: bytes, name: str) -> MarkedText:
    """A picture, each page of one that has several. UserError where it is none, or RapidOCR is not installed."""
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    if not is_installed():
        raise UserError(
            f"{name} 是图片；安装文字识别后可以读：pip install 'wence[ocr]'。已跳过。",
            f"{name} is a picture; to read it: pip install 'wence[ocr]'. Skipped.",
        )
    maker = Maker()
    try:
        with Image.open(io.BytesIO(data)) as image:
            for n in range(min(getattr(image, "n_frames", 1), MOST_FRAMES)):
                image.seek(n)
                frame = image.convert("RGB")
                frame.thumbnail((LARGEST, LARGEST))
                _read(np.asarray(frame)[:, :, ::-1], name, n + 1, maker)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise UserError(
            f"{name} 不是完整的图片，请重新扫描或另存；已跳过。",
            f"{name} is no whole picture; scan it again or save it anew. Skipped.",
        ) from None
    return maker.made()


def _read(picture: "NDArray[np.uint8]", name: str, page: int, maker: Maker) -> None:
    """Give the page's paragraphs to the maker. `picture`: (height, width, 3), blue first."""
    found = _engine()(picture)
    seen = [] if found.boxes is None else list(zip(found.boxes.tolist(), found.txts, found.scores, strict=True))
    lines = [line for line in seen if line[2] >= LEGIBLE]
    if illegible := [words for _, words, score in seen if score < LEGIBLE and words.strip()]:
        maker.warnings.append(
            UserError(
                f"{name} 第 {page} 页有 {len(illegible)} 处认不出，没有读入（可能是印章或污渍），请对照原件：{'；'.join(illegible)}",
                f"{name}: {len(illegible)} places of page {page} are illegible and were not read (seals, stains?), compare them: "
                f"{'; '.join(illegible)}",
            )
        )
    if not lines:
        maker.warnings.append(
            UserError(f"{name} 第 {page} 页没有认出文字。", f"{name}: no text was recognised on page {page}.")
        )
        return
    for paragraph in paragraphs(_straight(lines)):
        maker.add_parts([(paragraph.text, page)], uncertain=paragraph.unsure)
    unsure = [words for _, words, score in lines if score < CERTAIN]
    if unsure:
        maker.warnings.append(
            UserError(
                f"{name} 第 {page} 页有 {len(unsure)} 行认得不准，请对照原件：{'；'.join(unsure)}",
                f"{name}: {len(unsure)} lines of page {page} are uncertain, compare them: {'; '.join(unsure)}",
            )
        )


def _straight(lines: list[tuple[Any, str, float]]) -> list[Piece]:
    """The lines as pieces, the page turned so that they are level. A box: its corners from the upper left, clockwise."""
    slopes = [
        math.atan2(right[1] - left[1], right[0] - left[0])
        for (left, right, *_), words, _ in lines
        if len(words) >= LONG
    ]
    turn = -median(slopes) if slopes else 0.0
    cosine, sine = math.cos(turn), math.sin(turn)
    pieces: list[Piece] = []
    for corners, words, score in lines:
        turned = [(x * cosine - y * sine, x * sine + y * cosine) for x, y in corners]
        xs, ys = [x for x, _ in turned], [y for _, y in turned]
        top, bottom = (ys[0] + ys[1]) / 2, (ys[2] + ys[3]) / 2
        sure = score >= CERTAIN
        pieces.append(Piece(words, min(xs), max(xs), top, bottom, SIZE * (bottom - top), sure=sure))
    return _of_one_size(pieces)


def _of_one_size(pieces: list[Piece]) -> list[Piece]:
    """A box fits its words only roughly: what is nearly as large as most of the page is as large."""
    usual = median(piece.size for piece in pieces)
    return [p._replace(size=usual) if 0.75 * usual <= p.size <= 1.25 * usual else p for p in pieces]


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.text_score": 0.0,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        }
    )
