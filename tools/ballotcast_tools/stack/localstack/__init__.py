"""LocalStack's open core on a machine without Docker: replacements for containers, and nothing else.

Run by LocalStack's own environment (`.tools/localstack`), never imported by the command `ballotcast`. Gaps of
LocalStack itself are listed in docs/localstack.md; those are met in the project's template and code.
"""
