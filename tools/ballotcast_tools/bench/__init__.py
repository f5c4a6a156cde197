"""`ballotcast bench`: what our packaging and our path through FastAPI cost, next to the usual way, in the same run."""
