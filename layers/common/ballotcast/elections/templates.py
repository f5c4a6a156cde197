"""Starting points for the contests of a draft: what most elections of a kind have. Every member can be changed."""

from collections.abc import Mapping
from typing import Any

TEMPLATES: Mapping[str, Mapping[str, Any]] = {
    "board": {"method": "scottish-stv", "seats": 3, "order": "shuffled"},
    "motion": {"method": "plurality", "seats": 1, "motion": True, "abstain": True},
    "poll": {"method": "approval", "seats": 1},
}
"""Members of a contest as the API takes them, without its texts."""
