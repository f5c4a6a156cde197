"""What is written to people: in the election's language, as text and as HTML that says the same."""
