"""Elections and channels on an embedded runtime that is killed, behind lines that lose responses, with faults."""
