"""The usual way, as a competent team writes it: what ours is measured against.

`def` endpoints, Mangum as it comes, Powertools' Logger, Tracer and Metrics around the handler, boto3's client, packed
like `sam build` packs (packages.py). Each module is a function of its own and holds nothing that was made slow.
"""
