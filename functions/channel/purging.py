"""Purging what is kept of a channel that is gone, by its owner's word."""

from concurrent.futures import ThreadPoolExecutor

from ballotcast.store.export_jobs import export_folder
from ballotcast.store.past_channels import PastChannel
from ballotcast.wiring import Wiring

KIND = "purge"


def order_purge(wiring: Wiring, past: PastChannel) -> bool:
    """From now on nothing of it is given out; the function `channel-jobs` removes it. False if nothing is left.

    Ordered again while it is under way, it is told again: a message that was lost with its sender is not missed.
    """
    if not wiring.past_channels.begin_purge(past):
        return False
    wiring.channel_jobs_queue.send({"kind": KIND, "channel": past.name, "born": past.born, "organiser": past.organiser})
    return True


def purge(wiring: Wiring, name: str, born: int, organiser: str) -> None:
    """Objects first, rows after them, the one that names it last: killed on the way, the message comes again."""
    past = wiring.past_channels.find(organiser, name, born, int(wiring.clock().timestamp()))
    if past is None or not past.purging:
        return
    keys = [*wiring.segments.objects(past), *wiring.blobs.keys(export_folder(past))]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(wiring.blobs.delete, keys))
    wiring.dead_letters.forget(name, born)
    wiring.past_channels.forget(past)
