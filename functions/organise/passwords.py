"""A forgotten password: a code is mailed to the organiser's address, and anyone who enters it sets a new one.

What tells an address with an account from one without happens behind the queue, where nobody can time it. The code
proves the address, so it verifies it too. That is sound where a stranger signed up with it: the stranger's password
ends in the same write.
"""

import secrets

import bcrypt

from ballotcast.errors import Forbidden
from ballotcast.store.login_attempts import STRANGERS
from ballotcast.typed_code import read_code
from ballotcast.wiring import Wiring
from organise.accounts import clear_failures, hash_password, organiser_id
from organise.devices import new_device

TRIES = 5
"""With one code, also when it is right."""


def ask_reset(wiring: Wiring, email: str, base_url: str) -> None:
    """Have a code mailed, if `notify` finds an account and a turn. Alike for every address."""
    request = secrets.token_hex(8)
    message = {"kind": "reset", "organiser": organiser_id(wiring, email), "request": request}
    wiring.mail_queue.send({**message, "base_url": base_url})


def set_password(wiring: Wiring, email: str, token: str, password: str) -> str:
    """Spend the code that was mailed, and return a device to log in with, whatever strangers have tried.

    The same again, as after a lost answer, changes nothing; else Forbidden.
    The same work whether or not there is such an account or code.
    """
    identity, hashed = organiser_id(wiring, email), hash_password(password)
    mac, now = wiring.roll_secret.mac("reset", identity, read_code(token)), int(wiring.clock().timestamp())
    wiring.password_resets.count_try(identity)
    stands = wiring.password_resets.spend(identity, mac, hashed, now, TRIES, wiring.sessions.ending_all(identity))
    if stands != hashed and not (stands and bcrypt.checkpw(password.encode(), stands.encode())):
        raise Forbidden("bad-token", "this code is wrong, too old, spent, or not the newest one: ask for another")
    wiring.sessions.prove(identity)
    clear_failures(wiring, identity, STRANGERS)
    return new_device(wiring, identity)
