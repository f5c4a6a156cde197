"""Everything in tests/vectors that is made and not copied, the same bytes in every run: `make vectors` writes it.

Keys, salts and nonces that others draw at random come from `seeded`, so that a change of a format shows as a difference
of the files and nothing else does.
"""
