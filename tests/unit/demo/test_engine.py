"""The demo's signals, and the comparison that must see every loss."""

from hypothesis import given
from hypothesis import strategies as st

from ballotcast.channels.containers import Batch
from ballotcast.channels.records import decode
from ballotcast.channels.schemas import ChannelSchema
from ballotcast_tools.demo.engine import SCHEMA, datagram, differences, records

SENT = list(records(0, 0, 300))
schema = ChannelSchema.parse(SCHEMA)


def test_datagrams_are_the_records() -> None:
    data = b"".join(datagram(schema, record) for record in SENT)
    assert decode(schema, Batch(len(SENT), data)) == SENT


def test_halves_join() -> None:
    assert [*records(7, 0, 100), *records(7, 100, 200)] == list(records(7, 0, 300))


def test_what_came_as_sent_has_no_differences() -> None:
    assert differences(SENT, list(SENT)) == []


@given(st.integers(0, 299), st.integers(0, 299))
def test_any_loss_doubling_swap_or_change_is_seen(one: int, other: int) -> None:
    assert differences(SENT, SENT[:one] + SENT[one + 1 :]) == ["1 lost"]
    assert "1 doubled" in differences(SENT, [*SENT[:one], SENT[other], *SENT[one:]])
    altered = [{**record, "rpm": 1.0} if record["number"] == one else record for record in SENT]
    assert differences(SENT, altered) == ["1 altered"]
    if one != other:
        swapped = list(SENT)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        assert any(line.endswith("out of order") for line in differences(SENT, swapped))


def test_what_was_never_sent_is_seen() -> None:
    assert differences(SENT[:299], SENT) == ["1 never sent"]
