"""What has to be done so that the channels are those of a baseline: a pure function, and its steps in order.

First all that gives ports and names back, then what changes in place, then what is new: so two channels may swap their
ports in one run. Applied to its end, a plan leaves nothing to plan.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Channel:
    """A channel as declared or as it is. `config`: declared, what the file states; else all of it."""

    name: str
    port: int
    schema: Document
    config: Document


@dataclass(frozen=True)
class Existing(Channel):
    """`mine`: the caller may change and remove it. `lasting`: not on its way out, and not failed."""

    mine: bool = True
    lasting: bool = True


@dataclass(frozen=True)
class Remove:
    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    channel: Channel
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Create:
    channel: Channel


@dataclass(frozen=True)
class Plan:
    """`blocked`: why it cannot be carried out; a plan that is blocked is not begun."""

    steps: tuple[Remove | Change | Create, ...]
    unchanged: tuple[str, ...]
    blocked: tuple[str, ...]


def plan(declared: Sequence[Channel], existing: Iterable[Existing], *, prune: bool, replace: bool) -> Plan:
    """`prune`: remove the caller's channels that are not declared. `replace`: allow a channel to be removed and created
    again, with the loss of what it holds, where it cannot be changed in place (port, schema, failed).
    """
    present = {channel.name: channel for channel in existing}
    wanted = {channel.name: channel for channel in declared}
    removals: list[Remove] = []
    changes: list[Change] = []
    creations: list[Create] = []
    unchanged: list[str] = []
    blocked: list[str] = []
    for channel in declared:
        held = present.get(channel.name)
        if held is None:
            creations.append(Create(channel))
            continue
        reasons = tuple(_reasons_to_replace(held, channel))
        differences = tuple(_differences(held.config, channel.config))
        if not reasons and not differences:
            unchanged.append(channel.name)
        elif not held.mine:
            blocked.append(f"{channel.name} belongs to another publisher ({', '.join(reasons + differences)})")
        elif not reasons:
            changes.append(Change(channel, differences))
        elif replace:
            removals.append(Remove(channel.name, reasons))
            creations.append(Create(channel))
        else:
            blocked.append(f"{channel.name} would lose its records: {', '.join(reasons)}; --replace allows it")
    if prune:
        removals += [
            Remove(name, ("not declared",)) for name, held in present.items() if held.mine and name not in wanted
        ]
    blocked += _ports_taken(present.values(), removals, creations)
    return Plan((*removals, *changes, *creations), tuple(unchanged), tuple(blocked))


def _reasons_to_replace(held: Existing, channel: Channel) -> Iterator[str]:
    if not held.lasting:
        yield "failed or stopping"
    if held.port != channel.port:
        yield f"port {held.port} → {channel.port}"
    if held.schema != channel.schema:
        yield "another schema"


def _differences(held: Document, stated: Document) -> Iterator[str]:
    for key, value in stated.items():
        if held.get(key) != value:
            yield f"{key} {held.get(key)} → {value}"


def _ports_taken(
    existing: Iterable[Existing], removals: Iterable[Remove], creations: Iterable[Create]
) -> Iterator[str]:
    removed = {removal.name for removal in removals}
    holders = {channel.port: channel.name for channel in existing if channel.name not in removed}
    for creation in creations:
        if holder := holders.get(creation.channel.port):
            yield f"{creation.channel.name} needs port {creation.channel.port}, which {holder} has"
