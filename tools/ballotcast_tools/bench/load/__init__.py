"""`ballotcast bench load`: many voters at once on a running stack, and what the server spends on each."""
