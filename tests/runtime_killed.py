"""A process that is killed: it sends and takes messages, and writes down what it was told (test_queue_kills.py).

python runtime_killed.py FOLDER ROUND
"""

import os
import sys
import threading
from pathlib import Path

from ballotcast.clock import system_clock
from ballotcast_tools.runtime.services.queue_rows import SQS_SCHEMA
from ballotcast_tools.runtime.services.queue_upkeep import release_all
from ballotcast_tools.runtime.services.queues import Queues
from ballotcast_tools.runtime.services.sqs import Sqs
from ballotcast_tools.runtime.storage.database import Database
from runtime_queues import QUEUES, url

NAMES = ("mail", "plain.fifo")


def note(file: int, *words: object) -> None:
    """One write, so that a line is there whole or not at all."""
    os.write(file, (" ".join(map(str, words)) + "\n").encode())


def send(sqs: Sqs, sent: int, name: str, sender: str) -> None:
    number = 0
    while True:
        body = f"{sender}-{number}"
        group = {"MessageGroupId": sender, "MessageDeduplicationId": body} if name.endswith(".fifo") else {}
        sqs.send_message(QueueUrl=url(name), MessageBody=body, **group)
        note(sent, name, body)
        number += 1


def take(sqs: Sqs, taken: int, name: str) -> None:
    """A message is noted before its receipt is handed in: it may be taken twice, and must not get lost."""
    while True:
        for message in sqs.receive_message(QueueUrl=url(name), MaxNumberOfMessages=10).get("Messages", []):
            note(taken, name, message["Body"])
            sqs.delete_message(QueueUrl=url(name), ReceiptHandle=message["ReceiptHandle"])


def main(folder: Path, turn: str) -> None:
    database = Database(folder / "data", [SQS_SCHEMA])
    queues = Queues(database, {one.name: one for one in QUEUES}, system_clock)
    released = database.write(lambda transaction: release_all(transaction, queues.now()))
    sqs = Sqs(queues)
    sent, taken = (os.open(folder / name, os.O_CREAT | os.O_APPEND | os.O_WRONLY) for name in ("sent", "taken"))
    for name in NAMES:
        for number in range(2):
            threading.Thread(target=send, args=(sqs, sent, name, f"{turn}-{number}"), daemon=True).start()
        threading.Thread(target=take, args=(sqs, taken, name), daemon=True).start()
    print("released", released, flush=True)  # noqa: T201 - it tells the test that it runs
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
