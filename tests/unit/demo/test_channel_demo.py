"""The demo's channel, with the app and the worker in this process: it holds, and it says when it does not."""

import pytest

from ballotcast.client.api import Api
from ballotcast.client.organiser import Organiser
from ballotcast_tools.demo.channels import play_channel
from relays_played import PlayedChannels
from world import World

FAST = 1e6


def organiser(played: PlayedChannels) -> Organiser:
    return Organiser(Api(played.client, sleep=lambda seconds: None), played.session("ada"))


def test_every_record_comes_back(deployment: World, capsys: pytest.CaptureFixture[str]) -> None:
    played = PlayedChannels(deployment)
    assert play_channel(organiser(played), 1200, FAST) == []
    told = capsys.readouterr().out
    assert "the bridge: 600 received, 600 published" in told
    assert "export: 1200 records" in told
    assert "each once, in order, as sent" in told


class Lossy(PlayedChannels):
    """Loses the first publish that waits when somebody looks."""

    lost = False

    def relay(self) -> None:
        for url in self.wiring.settings.relay_queues if not self.lost else ():
            for message in self.sqs.receive_message(QueueUrl=url).get("Messages", []):
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                self.lost = True
        super().relay()


def test_a_lost_message_is_told(deployment: World) -> None:
    wrong = play_channel(organiser(Lossy(deployment)), 1200, FAST)
    assert wrong[0].startswith("not all records were relayed")
    assert wrong[1].startswith("channel's export: ")
    assert wrong[1].endswith(" lost")
