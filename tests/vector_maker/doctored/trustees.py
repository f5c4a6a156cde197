"""Trustees: what an operator who holds all shares, or some trustees, might put in the place of what really happened."""

from collections.abc import Callable, Iterator
from typing import Any

from ballotcast.crypto import canonical
from ballotcast.crypto.encoding import b64u_encode
from forged_export import flipped
from vector_maker.bases import trusted
from vector_maker.ceremony import Json, SeededCeremony
from vector_maker.doctored.case import Doctored, misshapen, one_file, without
from vector_maker.trustees_forger import TrusteesForger

CEREMONY, OPENING, MANIFEST = "ceremony.json", "opening.json", "manifest.json"
Change = Callable[[Json], Json]


def replaced(member: str, at: int, make: Callable[[Json], Json]) -> Change:
    """One message of a list is another."""

    def change(record: Json) -> Json:
        messages = [*record[member]]
        messages[at] = make(messages[at])
        return {**record, member: messages}

    return change


def forged(sent: Json) -> Json:
    return {**sent, "signature": "A" * 86}


def cases() -> Iterator[Doctored]:
    yield from _ceremonies()
    yield from _openings()
    yield from _manifests()
    base = trusted()
    for name, check in ((CEREMONY, "ceremony"), (OPENING, "agreement")):
        for how, data in misshapen(base.files[name]):
            yield one_file(base, f"{name}: {how}", check, name, data)
        yield one_file(base, f"{name}: damaged", check, name, flipped(base.files[name], 200))
        files = {one: content for one, content in base.files.items() if one != name}
        yield Doctored(f"without {name}", base.name, "archive", files)
    plain_key = {**base.files, "election_key.hex": b"%064x" % 5}
    yield Doctored("another key than the shares make", base.name, "election-key", plain_key)


def _forger() -> TrusteesForger:
    forger = trusted().forger
    assert isinstance(forger, TrusteesForger)
    return forger


def _ceremonies() -> Iterator[Doctored]:
    """Only the record is another: the manifest's fingerprint, its hash, and all that is signed with it stay."""
    base, forger = trusted(), _forger()
    made, manifest = forger.ceremony, forger.manifest.hash
    record = forger.ceremony_record()
    low = [*made.points(2)[:-1], made.points(1)[-1]]
    resealed, other = made.deal(4, shares=_shares(made)), made.confirm(1, bytes(32))

    def set_up(**changes: Any) -> Change:
        return lambda r: {**r, "setup": {**r["setup"], **changes}}

    for what, place, change in (
        ("a commitment changed", "trustee 2", replaced("deals", 1, lambda _: made.deal(2, points=_b64u(low)))),
        ("a commitment changed unsigned", "trustee 2", replaced("deals", 1, lambda d: {**d, "points": _b64u(low)})),
        ("a commitment left out", "trustee 2", replaced("deals", 1, lambda _: made.deal(2, points=_b64u(low[:-1])))),
        ("a sealed share changed", "another ceremony", replaced("deals", 3, lambda _: resealed)),
        ("another trustee's join", "trustee 3", replaced("joins", 2, lambda _: made.joins[0])),
        ("a join signed again by a stranger", "trustee 1", replaced("joins", 2, lambda _: _stranger().join(3))),
        ("a deal too few", "trustee 4", lambda r: {**r, "deals": r["deals"][:3]}),
        ("a confirmation too few", "trustee 4", lambda r: {**r, "confirmations": r["confirmations"][:3]}),
        ("a confirmation twice", "trustee 4", replaced("confirmations", 3, lambda _: made.confirm(1, manifest))),
        ("a confirmation of another manifest", "trustee 1", replaced("confirmations", 0, lambda _: other)),
        ("a forged confirmation", "trustee 1", replaced("confirmations", 0, forged)),
        ("trustees in another order", "trustee 1", set_up(trustees=made.setup["trustees"][::-1])),
        ("a setup with a lower t", "trustee 1", set_up(t=2)),
        ("a setup of another election", "trustee 1", set_up(election="e2")),
    ):
        yield one_file(base, what, "ceremony", CEREMONY, canonical.dumps(change(record)))._replace(place=place)


def _openings() -> Iterator[Doctored]:
    base, forger = trusted(), _forger()
    made, manifest = forger.ceremony, forger.manifest.hash
    size, root = len(base.entries), forger.root(base.entries)
    record = forger.opening_record(base.entries)

    theirs = b64u_encode(made.share(2))
    unsigned = replaced("releases", 0, lambda sent: {**sent, "share": theirs})

    def release(index: int, **changes: Any) -> Change:
        return replaced("releases", 0, lambda _: made.release(index, manifest, root, **changes))

    def agreement(index: int, **changes: Any) -> Change:
        return replaced("agreements", 0, lambda _: made.agree(index, manifest, size, root, **changes))

    for what, check, place, change in (
        ("a share of another trustee", "shares", "trustee 1", release(1, share=theirs)),
        ("a share that its trustee did not sign", "shares", "trustee 1", unsigned),
        ("a share for another root", "shares", "trustee 1", release(1, root="00" * 32)),
        ("a share for another manifest", "shares", "trustee 1", release(1, manifest="00" * 32)),
        ("a share too few", "shares", "", lambda r: {**r, "releases": r["releases"][:2]}),
        ("a share twice", "shares", "trustee 2", release(2)),
        ("an agreement too few", "agreement", "", lambda r: {**r, "agreements": r["agreements"][:2]}),
        ("an agreement twice", "agreement", "trustee 2", agreement(2)),
        ("an agreement to another root", "agreement", "trustee 1", agreement(1, root="00" * 32)),
        ("an agreement to a smaller log", "agreement", "trustee 1", agreement(1, size=size - 1)),
        ("an agreement for another manifest", "agreement", "trustee 1", agreement(1, manifest="00" * 32)),
        ("a forged agreement", "agreement", "trustee 1", replaced("agreements", 0, forged)),
    ):
        case = one_file(base, what, check, OPENING, canonical.dumps(change(record)))
        yield case._replace(place=place)


def _manifests() -> Iterator[Doctored]:
    """Manifests that nobody confirmed, with everything else made again to fit: what people signed tells them apart."""
    made = _forger().ceremony
    people = made.named["people"]
    swapped = [people[1], people[0], *people[2:]]
    renamed = [{**people[0], "name": "Mallory"}, *people[1:]]
    stranger = [*people[:3], {**people[3], "signing_key": _stranger().joins[3]["signing_key"]}]
    for what, place, changes in (
        ("t lowered", "3 trustees", {"t": 2}),
        ("two trustees swapped", "trustee 1", {"trustees": {**made.named, "people": swapped}}),
        ("a trustee under another name", "trustee 1", {"trustees": {**made.named, "people": renamed}}),
        ("a trustee's key exchanged", "trustee 4", {"trustees": {**made.named, "people": stranger}}),
        ("a trustee left out", "another ceremony", {"n": 3, "trustees": {**made.named, "people": people[:3]}}),
        ("another fingerprint", "another ceremony", {"trustees": {**made.named, "transcript": "00" * 32}}),
        ("a key of the operator's own", "another key", {"election_pk": people[0]["signing_key"]}),
    ):
        yield Doctored(what, "trusted", "ceremony", _again(changes), place=place)
    unsigned = TrusteesForger("trusted", made, title="Another title")
    files = unsigned.files(unsigned.entries([unsigned.ballot()]))
    yield Doctored(
        "confirmed for another title",
        "trusted",
        "ceremony",
        {**files, CEREMONY: trusted().files[CEREMONY]},
        place="trustee 1",
    )
    managed = {"mode": "managed", "t": 0, "n": 0}
    yield Doctored("trustees in managed mode", "trusted", "manifest", _again(managed))
    base = trusted()
    files = {name: data for name, data in base.files.items() if name not in (CEREMONY, OPENING)}
    files[MANIFEST] = without(canonical.dumps({**_json(base.files[MANIFEST]), **managed}), "trustees")
    yield Doctored("the trustees left out", "trusted", "leaves", files)


def _again(changes: Json) -> dict[str, bytes]:
    forger = TrusteesForger("trusted", _forger().ceremony, members=changes)
    return forger.files(forger.entries([]))


def _stranger() -> SeededCeremony:
    made = _forger().ceremony
    return SeededCeremony("stranger", made.t, made.setup["trustees"])


def _b64u(points: list[bytes]) -> list[str]:
    return [b64u_encode(one) for one in points]


def _shares(made: SeededCeremony) -> list[str]:
    return [b64u_encode(made.sealed(4, one, 5)) for one in made.everybody]


def _json(data: bytes) -> Json:
    found: Json = canonical.loads(data)
    return found
