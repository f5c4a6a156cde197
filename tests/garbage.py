"""Python's collector kept from walking through all tests again and again: a fifth of the suite's time was that."""

import gc

OFTEN = (20_000, 20, 20)


def pause() -> None:
    """While tests are collected: what that makes stays until the end."""
    gc.disable()


def go_on() -> None:
    """Leave out for good what is there by now; unclosed files and sockets of tests are found as before."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*OFTEN)
