"""What the tables hold of a channel, judged as a whole."""

from typing import Any


def require_whole(rows: dict[str, dict[str, Any]], name: str) -> str:
    """Nothing stray, nothing half; the channel's state, or `gone`."""
    if "meta" not in rows:
        assert rows == {}, "something stray"
        return "gone"
    assert set(rows) >= {"meta", "schema", "listing", "claim"}
    status: str = rows["meta"]["status"]
    assert rows["listing"]["status"] == status
    assert rows["claim"]["holder"] == name
    if status == "active":
        assert rows["lease"]["relay"] == rows["meta"]["relay"], "half active"
    if status == "failed":
        assert rows["meta"]["reason"]
    return status
