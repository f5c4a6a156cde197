"""Elections as organisers know them: drafts, rolls and where an election stands. Pure rules."""
