"""Trustees: n people make an election's key together, and t of them open its ballots after the close, together.

Rules and bytes only (docs/protocol.md, section 12); no module here knows of AWS or HTTP. In the order of the rounds:
`setup`, `join`, `deal`, `complaint` or `confirmation`, then `agreement` and `release`. `transcript` is what
everybody sees, `secrets` what one trustee keeps.
"""
