"""How a channel is relayed: the live window's decimation, the archive's rotation and retention."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, get_args

Algorithm = Literal["downsample", "average", "minmax", "rms"]
Rotation = Literal["hour", "day"]
Retention = Literal[1, 7, 30, 90, 365]
RETENTIONS: tuple[int, ...] = get_args(Retention)
MOST_RETENTION = max(RETENTIONS)
MOST_SILENCE, MOST_QUOTA = 30 * 86_400, 1_000_000
PERIOD = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True)
class ChannelConfig:
    """`decimation`: records that become one point of the live window; 1 keeps each record. `rotation`: the span of
    records that are kept in one object of the archive once it is over. `retention`: days after which records are gone.
    `silence`: seconds without a record after which the channel's page warns; 0 for never. `quota`: megabytes of
    archive, beyond which the oldest records go before their days are over; 0 for no limit."""

    decimation: int = 10
    algorithm: Algorithm = "downsample"
    rotation: Rotation = "hour"
    retention: Retention = 30
    silence: int = 0
    quota: int = 0

    @property
    def kept(self) -> dict[str, Any]:
        """As it is stored: without what is not limited, as rows were written before there were limits."""
        return {name: value for name, value in vars(self).items() if value}
