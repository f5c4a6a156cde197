"""An operator with every key of an election with trustees, their shares included."""

from typing import Any

from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto import canonical, p256
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.elections.export_files import CEREMONY, OPENING
from forged_export import UncheckedManifest
from vector_maker.ceremony import Json, SeededCeremony
from vector_maker.forger import SeededForger

OPENED_BY = (1, 2, 4)
"""The trustees who agree and release."""


class TrusteesForger(SeededForger):
    """members: of the manifest, as in JSON, in the place of those that fit the ceremony; nobody checks them."""

    def __init__(self, name: str, ceremony: SeededCeremony, members: Json | None = None, **changes: Any) -> None:
        super().__init__(name, **changes)
        self.ceremony = ceremony
        self.election_key = p256.from_scalar(ceremony.private_key)
        fitting = {
            "mode": "trustees",
            "t": ceremony.t,
            "n": len(ceremony.everybody),
            "election_pk": b64u_encode(p256.point(self.election_key)),
            "trustees": ceremony.named,
        }
        fitted = UncheckedManifest.of(self.manifest, fitting).encode()
        self.manifest = Manifest.parse(fitted)
        if members:
            self.manifest = UncheckedManifest.of(self.manifest, members)

    def files(self, entries: list[bytes], issued: int | None = None) -> dict[str, bytes]:
        return {
            **super().files(entries, issued),
            CEREMONY: canonical.dumps(self.ceremony_record()),
            OPENING: canonical.dumps(self.opening_record(entries)),
        }

    def ceremony_record(self) -> Json:
        made, manifest = self.ceremony, self.manifest.hash
        confirmations = [made.confirm(index, manifest) for index in made.everybody]
        return {"setup": made.setup, "joins": made.joins, "deals": made.deals, "confirmations": confirmations}

    def opening_record(self, entries: list[bytes]) -> Json:
        made, manifest, root = self.ceremony, self.manifest.hash, self.root(entries)
        return {
            "agreements": [made.agree(index, manifest, len(entries), root) for index in OPENED_BY],
            "releases": [made.release(index, manifest, root) for index in OPENED_BY],
        }
