"""The runtime's DynamoDB with a meter: what each call is charged, and how many there are.

Items are in a file, so that processes share them and none holds them in memory. Nothing here has to survive a power
cut, so commits do not wait for the disk. The file is not mapped: its pages would count as memory of the process.
"""

from collections.abc import Sequence
from pathlib import Path

from ballotcast_tools.runtime.services.dynamodb import DYNAMODB_SCHEMA, DynamoDB
from ballotcast_tools.runtime.services.item_sizes import item_size
from ballotcast_tools.runtime.services.items import Wire
from ballotcast_tools.runtime.services.planned_writes import TableKind, Write
from ballotcast_tools.runtime.services.streams import STREAM_SCHEMA
from ballotcast_tools.runtime.storage.database import Database

from .capacity import Meter, read_units, write_units


class AnyTable(dict[str, TableKind]):
    """Every table is there, without a stream."""

    def __missing__(self, _table: str) -> TableKind:
        return TableKind()


class MeteredDynamoDB(DynamoDB):
    """`path`: of the file."""

    def __init__(self, path: Path, meter: Meter) -> None:
        super().__init__(Database(path, [DYNAMODB_SCHEMA, STREAM_SCHEMA], synchronous="OFF", mapped=0), AnyTable())
        self.meter = meter

    def charge_read(self, operation: str, items: Sequence[Wire], *, consistent: bool, together: bool = False) -> None:
        sizes = [item_size(item) for item in items]
        self.meter.requests[operation] += 1
        self.meter.reads += sum(
            read_units(size, consistent=consistent) for size in ([sum(sizes)] if together else sizes)
        )

    def charge_write(self, operation: str, writes: Sequence[Write], times: int) -> None:
        sizes = [(item_size(write.before), item_size(write.after)) for write in writes]
        self.meter.requests[operation] += 1
        self.meter.writes += times * sum(write_units(before, after) for before, after in sizes)
        self.meter.largest = max(self.meter.largest, *(after for _, after in sizes))
