"""DynamoDB and KMS as far as a cast and a put need them, over TLS on this machine, so that calls cost what they cost.

Writes are taken and forgotten. Certificates are made again for each run and trusted by the measured processes alone.
"""

import datetime
import ipaddress
import json
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Item = Mapping[str, Any]


@contextmanager
def tls_stub(folder: Path, items: Mapping[tuple[str, str], Item], plaintext: bytes) -> Iterator[tuple[str, Path]]:
    """Serve `items` (as on the wire, by pk and sk) and decrypt everything to `plaintext`.

    Gives its URL and the file of its own certificate authority (PEM).
    """
    authority, served = _certificates(folder)
    answers: dict[str, Callable[[Any], Any]] = {
        "GetItem": lambda wanted: _found(items, wanted),
        "PutItem": lambda _wanted: {},
        "Decrypt": lambda _wanted: {"Plaintext": b64encode(plaintext).decode(), "KeyId": "key"},
    }

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].partition(".")[2]
            answer = json.dumps(answers[operation](json.loads(body))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name for it
            """Nobody reads it."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(served)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}", authority
    finally:
        server.shutdown()
        server.server_close()


def _found(items: Mapping[tuple[str, str], Item], wanted: dict[str, Any]) -> dict[str, Any]:
    found = items.get((wanted["Key"]["pk"]["S"], wanted["Key"]["sk"]["S"]))
    return {"Item": found} if found else {}


def _certificates(folder: Path) -> tuple[Path, Path]:
    """Files of the authority's certificate, and of the server's with its key."""
    now = datetime.datetime.now(datetime.UTC)
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bench authority")])

    def certificate(name: x509.Name, key: ec.EllipticCurvePublicKey, *, authority: bool) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(authority_name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )

    root = certificate(authority_name, authority_key.public_key(), authority=True).sign(authority_key, hashes.SHA256())
    leaf = (
        certificate(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stub")]), server_key.public_key(), authority=False
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    authority, served = folder / "authority.pem", folder / "stub.pem"
    authority.write_bytes(root.public_bytes(Encoding.PEM))
    key = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    served.write_bytes(leaf.public_bytes(Encoding.PEM) + key)
    return authority, served
