"""How a channel is relayed: the live window's decimation, the archive's rotation and retention."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

Algorithm = Literal["downsample", "average", "minmax", "rms"]
Rotation = Literal["hour", "day"]
Retention = Literal[1, 7, 30, 90, 365]
RETENTIONS: tuple[int, ...] = get_args(Retention)
MOST_RETENTION = max(RETENTIONS)
PERIOD = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True)
class ChannelConfig:
    """`decimation`: records that become one point of the live window. `rotation`: the span of records that are kept
    in one object of the archive once it is over. `retention`: days after which records are gone."""

    decimation: int = 10
    algorithm: Algorithm = "downsample"
    rotation: Rotation = "hour"
    retention: Retention = 30
