"""A signed note that went through mails, clipboards and editors, as it was. The same in js/check/source.js."""

import re

SIGNATURE = "— "


def mend_note(text: str) -> str:
    """Text lines, an empty line, the lines of signatures, each ended by a newline; spaces around lines go.

    If all stands in one line, a space was the end of a line. What is no note stays none: nothing is verified here.
    """
    lines = [stripped for line in re.split(r"[\r\n]+", text.lstrip("\ufeff")) if (stripped := line.strip())]
    if len(lines) == 1:
        words = lines[0].split()
        text_ends = words.index("—") if "—" in words else len(words)
        signatures = " ".join(words[text_ends:]).replace(f" {SIGNATURE}", f"\n{SIGNATURE}").split("\n")
        lines = [*words[:text_ends], *filter(None, signatures)]
    end = next((at for at, line in enumerate(lines) if line.startswith(SIGNATURE)), None)
    if end is not None:
        lines.insert(end, "")
    return "".join(f"{line}\n" for line in lines)
