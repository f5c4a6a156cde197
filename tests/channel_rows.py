"""What the tables hold of a channel, judged as a whole."""

from typing import Any

KEPT = ("schema", "past")
"""What is left of a channel that is gone, until its records are not kept any more."""


def require_whole(rows: dict[str, dict[str, Any]], name: str) -> str:
    """Nothing stray, nothing half; the channel's state, or `gone`."""
    if "meta" not in rows:
        kept = {kind: row for kind, row in rows.items() if kind in KEPT}
        assert rows == kept, "something stray"
        assert not kept or kept["schema"]["expiration"] == kept["past"]["expiration"]
        return "gone"
    assert "past" not in rows, "it is told as gone and is not"
    assert set(rows) >= {"meta", "schema", "listing", "claim"}
    status: str = rows["meta"]["status"]
    assert rows["listing"]["status"] == status
    assert rows["claim"]["holder"] == name
    if status == "active":
        assert rows["lease"]["relay"] == rows["meta"]["relay"], "half active"
    if status == "failed":
        assert rows["meta"]["reason"]
    return status
