"""Prints a template (JSON on standard input) as SAM expands it for CloudFormation.

Run by the stack's own Python: SAM's translator pins libraries that the project's environment keeps newer.
"""

import json
import sys

from samtranslator.translator.transform import transform


class NoManagedPolicies:
    """The expansion may not need AWS's managed policies: we use none."""

    def load(self) -> dict[str, str]:
        return {}


if __name__ == "__main__":
    json.dump(transform(json.load(sys.stdin), {}, NoManagedPolicies()), sys.stdout)
