"""SQLite connections of which each thread has its own."""

import sqlite3


class ThreadConnection(sqlite3.Connection):
    """Closes with the thread that holds it: since Python 3.13 a connection that is left open is a warning."""

    def __del__(self) -> None:
        self.close()
