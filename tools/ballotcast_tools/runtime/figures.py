"""What the runtime's own database says of its work, as metrics. Each is one query a minute, at most."""

from collections.abc import Mapping

from ballotcast.clock import Clock, system_clock

from .metrics import Labels, Metrics, Values
from .storage.database import Database
from .template.deployment import Deployment, StreamSource

STATES_OF_MAILS = ("kept", "waiting", "bounce-untold", "sent", "refused")


class Figures:
    """Reads them. The database has the tables of services/ and machines/."""

    def __init__(self, deployment: Deployment, database: Database, clock: Clock = system_clock) -> None:
        self._deployment, self._database, self._clock = deployment, database, clock

    def register(self, metrics: Metrics) -> None:
        commits = self._database.commits
        metrics.register("ballotcast_commits_total", "counter", "Commits.", lambda: commits.number)
        metrics.register(
            "ballotcast_committed_operations_total", "counter", "Operations in commits.", lambda: commits.operations
        )
        metrics.register(
            "ballotcast_commit_seconds_total", "counter", "Time in COMMIT, mostly fsync.", lambda: commits.seconds
        )
        metrics.register(
            "ballotcast_storage_failed", "gauge", "1 if nothing can be written any more.", self.storage_failed
        )
        metrics.register("ballotcast_mails", "gauge", "Mails by state.", self.mails)
        metrics.register("ballotcast_queue_messages", "gauge", "Messages by queue.", self.queues)
        metrics.register(
            "ballotcast_stream_lag_seconds", "gauge", "Age of the oldest record that a source has to read.", self.lag
        )
        metrics.register("ballotcast_executions", "gauge", "Executions by machine and status.", self.executions)

    def storage_failed(self) -> Values:
        return 0 if self._database.failure is None else 1

    def mails(self) -> Values:
        return self._counts("SELECT state, count(*) FROM mail GROUP BY state", "state", STATES_OF_MAILS)

    def queues(self) -> Values:
        return self._counts("SELECT queue, count(*) FROM message GROUP BY queue", "queue", self._deployment.queues)

    def executions(self) -> Values:
        """By the machine's name and status; those that ended are deleted after 90 days."""
        found = self._database.reader().execute(
            "SELECT machine, status, count(*) FROM machine_execution GROUP BY machine, status"
        )
        return {
            (("machine", machine.rpartition(":")[2]), ("status", status)): number for machine, status, number in found
        }

    def lag(self) -> Values:
        """By source, in seconds; 0 if it has read everything."""
        now, reader = self._clock().timestamp(), self._database.reader()
        found: dict[Labels, float] = {}
        for function in self._deployment.functions.values():
            for source in function.sources:
                if isinstance(source, StreamSource):
                    oldest = reader.execute(
                        "SELECT at FROM stream WHERE tbl = ? AND seq >"
                        " coalesce((SELECT seq FROM stream_position WHERE consumer = ?), 0) ORDER BY seq LIMIT 1",
                        (source.table, source.name),
                    ).fetchone()
                    found[("source", source.name),] = max(0.0, now - oldest[0]) if oldest else 0.0
        return found

    def _counts(self, query: str, label: str, known: "Mapping[str, object] | tuple[str, ...]") -> Values:
        """Numbers by the label's value; 0 for those that are known and not found."""
        counted = {**dict.fromkeys(known, 0), **dict(self._database.reader().execute(query).fetchall())}
        return {((label, value),): number for value, number in counted.items()}
