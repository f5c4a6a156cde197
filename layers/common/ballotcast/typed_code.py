"""Short codes that people copy from a mail: eight characters, 40 bits, shown as `K7QM-3XPD`.

The alphabet is Crockford's Base32, which has no letters that are mistaken for digits; case, spaces and hyphens are
ignored, and O, I and L are read as the digits that they look like. A code this short is only ever kept as a keyed hash,
and only a few attempts are allowed.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", "–": "", " ": "", "\t": "", "\n": ""})


def new_code() -> str:
    """As it is kept; `grouped_code` is how it is shown."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped_code(code: str) -> str:
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def read_code(typed: str) -> str:
    """The code as it is kept. What cannot be a code is returned as something that equals none."""
    return typed.strip().upper().translate(LOOKALIKES)
