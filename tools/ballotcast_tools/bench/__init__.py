"""`ballotcast bench`: what our packaging and our path through FastAPI cost, beside the usual way, in the same run."""
