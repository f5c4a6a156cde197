"""The published result."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from ballotcast.crypto import canonical
from vector_maker.bases import Base, conditions, plain, tied
from vector_maker.doctored.case import Doctored, members, misshapen, one_file, without

NAME = "result.json"
Account = dict[str, Any]
OTHERWISE: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "another winner": ("result", lambda d: d.replace(b'"winners":[1]', b'"winners":[2]')),
    "a ballot fewer": ("result", lambda d: d.replace(b'"counted":4', b'"counted":3')),
    "a ballot not listed as spoilt": ("spoilt", lambda d: members(d, spoilt=json.loads(d)["spoilt"][1:])),
    "no ballot listed as spoilt": ("spoilt", lambda d: members(d, spoilt=[])),
    "a good ballot listed as spoilt": ("spoilt", lambda d: members(d, spoilt=_with_good(json.loads(d)["spoilt"]))),
    "spoilt ballots in another order": ("spoilt", lambda d: members(d, spoilt=json.loads(d)["spoilt"][::-1])),
    "a spoilt ballot listed twice": ("spoilt", lambda d: members(d, spoilt=json.loads(d)["spoilt"] * 2)),
    "another reason": ("spoilt", lambda d: d.replace(b"gap-in-ranks", b"unreadable")),
    "an unknown reason": ("spoilt", lambda d: d.replace(b"gap-in-ranks", b"because")),
    "an object for the list of spoilt ballots": ("spoilt", lambda d: members(d, spoilt={})),
    "another seed of the lots": ("result", lambda d: members(d, lots_seed="00" * 32)),
    "another root in the result": ("result", lambda d: members(d, log_root="00" * 32)),
    "another manifest in the result": ("result", lambda d: members(d, manifest="00" * 32)),
    "the seed of protocol 1": ("result", lambda d: members(d, checkpoint_sha256="00" * 32)),
    "another version of the result": ("result", lambda d: members(d, v=2)),
    "a result nested deeply": ("result", lambda d: b"[" * 10_000),
    "a number with a fraction": ("result", lambda d: d.replace(b'"counted":4', b'"counted":4.0')),
    "a character escaped": ("result", lambda d: d.replace(b'"irv"', b'"\\u0069rv"')),
}


def _with_good(spoilt: list[Account]) -> list[Account]:
    taken = {one["index"] for one in spoilt}
    return [*spoilt, {"index": next(n for n in range(1, 7) if n not in taken), "reason": "unreadable"}]


def cases() -> Iterator[Doctored]:
    base = plain()
    data = base.files[NAME]
    for what, (check, doctor) in OTHERWISE.items():
        yield one_file(base, what, check, NAME, doctor(data))
    for how, body in misshapen(data):
        check = "spoilt" if how.endswith("spoilt") or how.startswith(("spoilt", "an array")) else "result"
        yield one_file(base, f"the result: {how}", check, NAME, body)
    yield from _accounts(base)
    yield from _accounts(tied())
    yield from _outcomes(conditions())


def _accounts(base: Base) -> Iterator[Doctored]:
    """Of each contest, one member at a time."""
    told = json.loads(base.files[NAME])["contests"]
    for number, account in enumerate(told):
        named = f"{account['id']} of {base.name}"
        for member, value in account.items():
            if base.name == "plain" or member in {"winners", "ties", "rounds"}:
                for how, other in _other(value):
                    accounts = [*told[:number], {**account, member: other}, *told[number + 1 :]]
                    body = members(base.files[NAME], contests=accounts)
                    yield one_file(base, f"{member} of {named}: {how}", "result", NAME, body)
        if base.name == "plain":
            for member in account:
                rest = json.loads(without(canonical.dumps(account), member))
                body = members(base.files[NAME], contests=[rest])
                yield one_file(base, f"{named} without {member}", "result", NAME, body)
    if len(told) > 1:
        body = members(base.files[NAME], contests=told[::-1])
        yield one_file(base, "the contests in another order", "result", NAME, body)
        yield one_file(base, "a contest missing", "result", NAME, members(base.files[NAME], contests=told[1:]))


def _outcomes(base: Base) -> Iterator[Doctored]:
    """Of each contest with conditions: one member of what they led to at a time, and none at all."""
    told = json.loads(base.files[NAME])["contests"]
    for number, account in enumerate(told):
        part = "outcome" if "outcome" in account else "against_default"
        what, known = part.replace("_", " "), account[part]
        others = [
            (f"{member} {how}", {**known, member: other}) for member in known for how, other in _other(known[member])
        ]
        others += [(f"without {member}", {name: known[name] for name in known if name != member}) for member in known]
        if part == "outcome":
            whole = {**known, "elected": account["winners"], "unmet": [], "vacant": 0}
            others.append(("all winners elected", whole))
        for how, other in others:
            if other != known:
                accounts = [*told[:number], {**account, part: other}, *told[number + 1 :]]
                body = members(base.files[NAME], contests=accounts)
                yield one_file(base, f"the {what} of {account['id']}: {how}", "result", NAME, body)
        bare = {name: value for name, value in account.items() if name != part}
        body = members(base.files[NAME], contests=[*told[:number], bare, *told[number + 1 :]])
        yield one_file(base, f"{account['id']} without an {what}", "result", NAME, body)


def _other(value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case bool():
            yield "the contrary", not value
        case int():
            yield "one more", value + 1
        case str():
            yield "another text", f"{value}x"
        case [_, *_]:
            yield "its last item missing", value[:-1]
            yield "its last item twice", [*value, value[-1]]
        case []:
            yield "something in it", [1]
        case dict():
            for name, inner in value.items():
                yield from ((f"{how} in {name}", {**value, name: other}) for how, other in _other(inner))
