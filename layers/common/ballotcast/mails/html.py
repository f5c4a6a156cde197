"""Blocks of a mail as HTML that mail programs show, in light and in dark."""

from collections.abc import Iterable
from html import escape
from string import Template

from ballotcast.mails.blocks import PICTURE, Block, Button, Code, Facts, Paragraph, Picture, Title, Typed
from ballotcast.mails.settings import without_invisible


def as_html(blocks: Iterable[Block], subject: str, language: str) -> str:
    """A whole document: tables and inline styles, because mail programs know little else.

    No script, and no picture but one that comes with the mail.
    """
    body = "\n".join(_html(block) for block in blocks)
    return _DOCUMENT.substitute(language=language, subject=escape(subject), body=body)


def _html(block: Block) -> str:
    match block:
        case Paragraph(text, kind):
            return f'<p class="{kind or "plain"}" style="{_STYLE[kind]}">{escape(text)}</p>'
        case Typed(text):
            return "\n".join(_typed(part) for part in without_invisible(text).split("\n\n") if part.strip())
        case Title(text):
            return f'<h1 dir="auto" style="{_STYLE["title"]}">{escape(text)}</h1>'
        case Button(label, url, _, below):
            return _BUTTON.format(label=escape(label), url=escape(url), below=escape(below))
        case Code(lines):
            rows = "<br>".join(map(escape, lines))
            return f'<p class="code" style="{_STYLE["code"]}">{rows}</p>'
        case Picture(alt, width, height):
            return (
                f'<p style="margin:0 0 12px"><img class="logo" src="{PICTURE}" alt="{escape(alt)}" '
                f'width="{width}" height="{height}" style="display:block;border:0;max-width:100%"></p>'
            )
        case Facts(facts):
            return "\n".join(
                f'<p class="plain" style="{_STYLE[""]}">{escape(label)}: '
                f'<strong class="address" style="{_MONO};color:#1d2530;{_BREAK}">{escape(value)}</strong></p>'
                for label, value in facts
            )


def _typed(text: str) -> str:
    lines = "<br>".join(escape(line) for line in text.strip("\n").split("\n"))
    return f'<p class="plain" dir="auto" style="{_STYLE[""]}">{lines}</p>'


_FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_MONO = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"
_BREAK = "overflow-wrap:anywhere;word-break:break-word"
_STYLE = {
    "": f"margin:0 0 16px;{_FONT};font-size:16px;line-height:1.5;color:#1d2530;{_BREAK}",
    "notice": (
        f"margin:0 0 20px;padding:12px 16px;{_FONT};font-size:15px;line-height:1.45;color:#5c3b00;background:#fff4d6;"
        f"border-radius:6px;{_BREAK}"
    ),
    "brand": (
        f"margin:0 0 24px;padding:0 0 16px;border-bottom:1px solid #d5dbe3;{_FONT};font-size:15px;line-height:1.4;"
        f"font-weight:600;color:#1d2530;{_BREAK}"
    ),
    "quiet": f"margin:0 0 12px;{_FONT};font-size:14px;line-height:1.5;color:#586373;{_BREAK}",
    "title": f"margin:0 0 16px;{_FONT};font-size:22px;line-height:1.3;font-weight:700;color:#1d2530;{_BREAK}",
    "code": f"margin:0 0 16px;{_MONO};font-size:13px;line-height:1.6;color:#586373;{_BREAK}",
}
_BUTTON = (
    '<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 12px"><tr>'
    '<td class="button" bgcolor="#0b5cad" style="background:#0b5cad;border-radius:6px">'
    f'<a href="{{url}}" style="display:inline-block;padding:14px 32px;{_FONT};font-size:17px;line-height:1.2;'
    'font-weight:600;color:#ffffff;text-decoration:none">{label}</a></td></tr></table>\n'
    f'<p class="quiet" style="{_STYLE["quiet"]}">{{below}}<br>'
    f'<span class="address" style="{_MONO};font-size:13px;color:#1d2530;word-break:break-all">{{url}}</span></p>'
)
_DOCUMENT = Template(
    """\
<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>$subject</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .outside { background: #12161c !important; }
  .sheet { background: #1c222b !important; }
  h1, .plain, .brand, .address { color: #eef2f7 !important; }
  .brand { border-color: #3a4452 !important; }
  .quiet, .code { color: #aeb9c7 !important; }
  .notice { background: #3d3013 !important; color: #ffe3a0 !important; }
  .button { background: #1a6bc0 !important; }
  .logo { background: #ffffff !important; padding: 8px; border-radius: 6px; }
}
</style>
</head>
<body class="outside" style="margin:0;padding:0;background:#eef1f5">
<table class="outside" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#eef1f5">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px">
<tr><td class="sheet" align="left" bgcolor="#ffffff" style="background:#ffffff;border-radius:10px;padding:28px 24px">
$body
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""
)
