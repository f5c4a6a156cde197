"""Ballotcast: what the functions, the client and the command line share."""
