"""The returning officer's report on a count: one set of facts, as text, HTML, CSV and JSON."""
