"""How this process allocates while it reads and counts millions of ballots."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_LARGE = 4_000_000
_M_MMAP_THRESHOLD = -3  # of malloc.h


@contextmanager
def many_objects(size: int) -> Iterator[None]:
    """Read and count a file of so many bytes within this block.

    Nothing looks for cycles: ballots have none, and the search takes a tenth of the time. For a large file the C
    library also maps every large block by itself, so that a table that has outgrown its block gives it back; by default
    glibc keeps such blocks, in the end 50 MB for a million ballots. Elsewhere than on glibc this is left as it is.
    """
    if size >= _LARGE:
        import ctypes

        if allocator := getattr(ctypes.CDLL(None), "mallopt", None):
            allocator(_M_MMAP_THRESHOLD, 1 << 20)
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
