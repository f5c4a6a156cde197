"""How busy the machine is that the tests run on."""

import os


def on_this_machine(seconds: float) -> float:
    """What takes `seconds` on a machine with nothing else to do may take so long on this one as it is now."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
