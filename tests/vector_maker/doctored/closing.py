"""What the closing leaf says."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from forged_export import CLOSES
from vector_maker.bases import amended, plain
from vector_maker.doctored.case import Doctored, misshapen, relogged

OTHERWISE: dict[str, tuple[str, dict[str, Any]]] = {
    "it closed too late": ("leaves", {"closed_at": CLOSES.replace(second=1)}),
    "it closed before it opened": ("leaves", {"closed_at": datetime(2026, 11, 20, 8, tzinfo=UTC)}),
    "it closed earlier than the door says": ("door", {"closed_at": CLOSES.replace(hour=17)}),
    "the end tells of an amendment": ("leaves", {"roll_revision": 1}),
    "the end tells of fewer ballots": ("turnout", {"ballots": 5}),
    "the end tells of more ballots": ("turnout", {"ballots": 7}),
    "the end tells of fewer credentials": ("turnout", {"issued": 5}),
    "the end tells of more credentials": ("turnout", {"issued": 7}),
    "the end names another ledger": ("ledger", {"ledger_sha256": bytes(32)}),
}


def cases() -> Iterator[Doctored]:
    base = plain()
    door = base.files["door"]
    for what, (check, changes) in OTHERWISE.items():
        case = relogged(base, what, check, base.forger.closed(base.entries[:-1], **changes))
        yield case._replace(files={**case.files, "door": door}) if check == "door" else case
    leaf = base.entries[-1]
    for how, body in misshapen(leaf[1:]):
        yield relogged(base, f"the closing leaf: {how}", "leaves", [*base.entries[:-1], b"\3" + body])
    for version in (b"1", b"3"):
        other = leaf.replace(b'"v":2', b'"v":' + version)
        yield relogged(base, f"it closed in version {version.decode()}", "leaves", [*base.entries[:-1], other])
    for number in (b"-1", b"9007199254740992", b"6.0", b"06"):
        other = leaf.replace(b'"ballots":6', b'"ballots":' + number)
        yield relogged(base, f"the end tells of {number.decode()} ballots", "leaves", [*base.entries[:-1], other])
    base = amended()
    end = base.entries[-1]
    for revision in (b"0", b"3", b"5"):
        other = end.replace(b'"roll_revision":4', b'"roll_revision":' + revision)
        what = f"after four amendments the end tells of revision {revision.decode()}"
        yield relogged(base, what, "leaves", [*base.entries[:-1], other])
