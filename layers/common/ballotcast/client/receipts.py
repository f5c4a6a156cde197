"""After casting: was the board's promise kept? And does the ledger say of this voter what is true?"""

from dataclasses import dataclass

from ballotcast.ballots import receipt as receipts
from ballotcast.ballots.absence import Absence
from ballotcast.ballots.ledger import Ledger
from ballotcast.ballots.link import Link
from ballotcast.ballots.mended_link import mend_link
from ballotcast.ballots.receipt import ReceiptError
from ballotcast.ballots.roll import tag
from ballotcast.client.api import Api
from ballotcast.client.errors import NotYet, PromiseBroken, Untrusted
from ballotcast.client.log_reader import LogReader
from ballotcast.client.manifests import fetch_manifest
from ballotcast.crypto.encoding import hex_decode


@dataclass(frozen=True)
class Recorded:
    """The ballot is leaf `index` under the final `checkpoint` (signed note, of `size` leaves)."""

    index: int
    size: int
    checkpoint: str


def check_receipt(api: Api, receipt: str, earlier: str = "") -> Recorded:
    """Return whether the ballot that a receipt (signed note) acknowledges is in the log, once that has ended.

    The server does not see which ballot is looked for. `earlier`: a checkpoint seen before, which the log must still
    contain. Raises ReceiptError if it is no receipt of the election it names; NotYet until the election is counted;
    PromiseBroken, with the proof, if the ballot is missing; Untrusted if something that the server shows does not
    verify.
    """
    election, manifest_hash, leaf_hash = read_receipt(receipt)
    manifest = fetch_manifest(api, election, manifest_hash)
    receipts.verify(receipt, manifest, leaf_hash)
    log = LogReader(api, manifest)
    note = log.newest_checkpoint()
    if note is None:
        raise NotYet("the election's log has not started yet")
    checkpoint = log.open(note)
    if earlier:
        log.prove_growth(log.open(earlier), checkpoint)
    closing = log.closing_leaf(checkpoint)
    if closing is None:
        raise NotYet("ballots enter the log when voting has ended; ask again once the election is counted")
    place = log.find_ballot(leaf_hash, closing.ballots, checkpoint)
    if isinstance(place, int):
        return Recorded(place, checkpoint.size, note)
    proof = Absence(
        manifest=manifest.encode(),
        receipt=receipt,
        checkpoint=note,
        closing=closing.encode(),
        closing_proof=log.prove_closing(closing, checkpoint),
        neighbours=place,
    )
    raise PromiseBroken("the promise is broken: the log has ended without this ballot, or out of order", proof.encode())


def check_ledger_line(ledger: bytes, link: str, email: str, blinded_sha256: bytes) -> None:
    """Whether `issuance.csv` of an export has this voter's line as it must be.

    `link`: any that this voter was sent; `email`: as on the roll; `blinded_sha256`: of what the voter had signed, empty
    if nothing. LedgerError, LinkError; Untrusted if there is no such line, or another value in it.
    """
    line = tag(Link.parse(mend_link(link)).salt, email)
    found = {row.tag: row.blinded_sha256 for row in Ledger.parse(ledger).lines}.get(line)
    if found is None:
        raise Untrusted("this voter is not on the roll that was counted with")
    if found != blinded_sha256:
        raise Untrusted("a credential was issued in this voter's name that is not theirs" if found else _LOST)


_LOST = "the ledger does not know of the credential that was issued to this voter"


def read_receipt(receipt: str) -> tuple[str, bytes, bytes]:
    """Return the election, manifest hash and leaf hash that a receipt names; its signature is not checked here.

    Raises ReceiptError if it is not a receipt.
    """
    lines = receipt.split("\n")
    try:
        _, origin, manifest_hash, leaf_hash = lines[:4]
        election = origin.removesuffix("/log").rpartition("/elections/")[2]
        return election, hex_decode(manifest_hash), hex_decode(leaf_hash)
    except ValueError:
        raise ReceiptError("this is no receipt") from None
