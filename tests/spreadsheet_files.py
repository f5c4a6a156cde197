"""Spreadsheets as files, written by hand: the parts that a program needs to read them, and no more."""

from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZipFile

Cell = str | int | float | None
Rows = Sequence[Sequence[Cell]]


def xlsx(sheets: dict[str, Rows], *, hidden: Sequence[str] = (), extra: str = "", cells: str = "") -> bytes:
    """A workbook. extra: XML after the cells of each sheet. cells: further rows, as XML."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    states = ("visible", "hidden")
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at}" r:id="r{at}" state="{states[name in hidden]}"/>'
        for at, name in enumerate(sheets, 1)
    )
    relations = "".join(
        f'<Relationship Id="r{at}" Type="{office}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    data = BytesIO()
    with ZipFile(data, "w") as parts:
        parts.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types">{types}</Types>')
        parts.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        parts.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>'
        )
        parts.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships">{relations}</Relationships>'
        )
        for at, rows in enumerate(sheets.values(), 1):
            body = "".join(_xlsx_row(number, row) for number, row in enumerate(rows, 1)) + cells
            parts.writestr(
                f"xl/worksheets/sheet{at}.xml",
                f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData>{extra}</worksheet>',
            )
    return data.getvalue()


def _xlsx_row(number: int, row: Sequence[Cell]) -> str:
    cells = ""
    for place, cell in enumerate(row):
        at = f"{chr(ord('A') + place)}{number}"
        if isinstance(cell, str):
            cells += f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
        elif cell is not None:
            cells += f'<c r="{at}"><v>{cell}</v></c>'
    return f'<row r="{number}">{cells}</row>'


def ods(rows: Rows, name: str = "Sheet1") -> bytes:
    """A workbook of one sheet."""
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
    )
    body = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    data = BytesIO()
    with ZipFile(data, "w") as parts:
        parts.writestr("mimetype", kind)
        parts.writestr(
            "content.xml",
            f'<office:document-content {names} office:version="1.2"><office:body><office:spreadsheet>'
            f'<table:table table:name="{escape(name)}">{body}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
        parts.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>',
        )
    return data.getvalue()


def _ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, str):
        lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in cell.split("\n"))
        return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'
    return (
        f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
    )
