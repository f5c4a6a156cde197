"""`ballotcast demo`: a real ward voted on a running deployment, by people to whom things happen."""
