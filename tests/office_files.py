"""Small files of the formats that offices use, made in the test: DOCX, XLSX, PDF, ZIP. All texts are made up."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import NamedTuple

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="t"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="h1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="toc"><w:name w:val="toc 1"/></w:style>
"""
NUMBERING = """
<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="japaneseCounting"/><w:lvlText w:val="第%1条"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="&#xF0B7;"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
"""


def package(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP with these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def docx(body: str, **parts: str) -> bytes:
    """A DOCX with this body; `parts`: the insides of further ones: footnotes="…", header1="…"."""
    inside = {"styles": STYLES, "numbering": NUMBERING, **parts}
    roots = {"header1": "hdr", "footer1": "ftr"}
    files = {
        f"word/{name}.xml": f"<w:{roots.get(name, name)} {W}>{xml}</w:{roots.get(name, name)}>"
        for name, xml in inside.items()
    }
    return package(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
        }
        | files
    )


def p(words: str, style: str = "", properties: str = "", face: str = "") -> str:
    """A paragraph; `properties` of it, `face`: of its run."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{run(words, face)}</w:p>"


def run(words: str, face: str = "") -> str:
    return f"<w:r><w:rPr>{face}</w:rPr><w:t>{words}</w:t></w:r>"


def item(words: str, number: int, level: int = 0) -> str:
    """A paragraph of list `number`."""
    return p(words, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def row(*cells: str, properties: str = "") -> str:
    """A row; a cell is its words, or a whole <w:tc>."""
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(c if c.startswith('<') else cell(c) for c in cells)}</w:tr>"


def cell(words: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(words)}</w:tc>"


# ---------------------------------------------------------------- PDF

WIDTH, HEIGHT = 595, 842  # points: A4


class Words(NamedTuple):
    """Words on a page: from `x`, `y` points below the upper edge, in letters of `size`."""

    x: float
    y: float
    text: str
    size: float = 16
    red: bool = False


class Box(NamedTuple):
    """A rectangle that is drawn, a table's cell: from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


PICTURE = "picture"  # on a page: an image that covers it


def pdf(*pages: Sequence[Words | Box | str]) -> bytes:
    """A PDF with these pages, its letters as wide as high, from a font that every reader of PDF knows."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "",
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>"
        "/FontDescriptor 5 0 R>>",
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[0 -120 1000 880]/Ascent 880/Descent -120/StemV 80"
        "/ItalicAngle 0/CapHeight 880>>",
        "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>\nstream\n0\nendstream",
    ]
    kids: list[str] = []
    for page in pages:
        content = "\n".join(map(_drawn, page))
        objects.append(f"<</Length {len(content)}>>\nstream\n{content}\nendstream")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Contents {len(objects)} 0 R"
            "/Resources<</Font<</F 3 0 R>>/XObject<</I 6 0 R>>>>>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>"
    made = "%PDF-1.4\n"
    places: list[int] = []
    for number, content in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(made)}\n%%EOF"
    return (made + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}").encode("ascii")


def _drawn(item: Words | Box | str) -> str:
    if isinstance(item, Words):
        colour = "1 0 0 rg" if item.red else "0 g"
        encoded = item.text.encode("utf-16-be").hex()
        return f"{colour} BT /F {item.size} Tf 1 0 0 1 {item.x} {HEIGHT - item.y - item.size} Tm <{encoded}> Tj ET"
    if isinstance(item, Box):
        return f"{item.x} {HEIGHT - item.y - item.height} {item.width} {item.height} re S"
    return f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /I Do Q"


def column(x: float, y: float, *lines: str, size: float = 16, leading: float = 28) -> list[Words]:
    """Lines one below the other."""
    return [Words(x, y + n * leading, line, size) for n, line in enumerate(lines)]
