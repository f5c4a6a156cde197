"""A real chromium, kept off the network: it reaches 127.0.0.1 and nothing else."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

PATIENCE = 60_000.0
"""Milliseconds, for whatever a test waits for: on a machine with much other work too."""
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first has all of the engine and nothing of a desktop program: it takes a third less time."""
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable() -> str | None:
    """`$CHROMIUM`, or the first of `NAMES` on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def launched(path: str, *names: str) -> Iterator[Browser]:
    """The browser with an empty profile; `names` lead it to 127.0.0.1, all others nowhere.

    Its sandbox stays on, except for root, for whom it does not start.
    """
    rules = [*(f"MAP {name} 127.0.0.1" for name in names), "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1"]
    flags = [*FLAGS, f"--host-resolver-rules={' , '.join(rules)}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            browser.close()
