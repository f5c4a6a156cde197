"""The trivial endpoint by FastrAPI and by FastAPI, each under its own server: requests a second of one connection.

An extra, installed by uv for the moment: neither server is part of this product, whose functions need none.
"""

import http.client
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ballotcast_tools.build.environments import TOP, uv_environment

from .measures import Comparison, Sample

REQUESTS = 2_000
PATIENCE = 30.0
"""Seconds for a server to start."""
FASTAPI = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/hello")
def hello() -> dict[str, str]:
    return {"message": "hello"}
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
"""
FASTRAPI = """
import sys
from fastrapi import FastrAPI
app = FastrAPI()
@app.get("/hello")
def hello() -> dict:
    return {"message": "hello"}
app.serve("127.0.0.1", int(sys.argv[1]))
"""


def measure(rounds: int) -> Iterator[Comparison]:
    """Stock: FastAPI under uvicorn; ours stands for FastrAPI here."""
    with _serving(FASTAPI, "uvicorn", "fastapi") as stock, _serving(FASTRAPI, "fastrapi") as other:
        rates: tuple[list[float], list[float]] = [], []
        for _ in range(rounds):
            for port, found in zip((stock, other), rates, strict=True):
                found.append(_rate(port))
    slower, faster = map(Sample.of, rates)
    yield Comparison("fastrapi", "trivial GET over HTTP; stock: uvicorn, ours: FastrAPI", "/s", faster, slower)


def _rate(port: int) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    started = time.perf_counter()
    for _ in range(REQUESTS):
        connection.request("GET", "/hello")
        answer = connection.getresponse()
        if answer.status != 200 or b"hello" not in answer.read():
            raise RuntimeError(f"the server on port {port} answered {answer.status}")
    connection.close()
    return REQUESTS / (time.perf_counter() - started)


@contextmanager
def _serving(program: str, *packages: str) -> Iterator[int]:
    uv = shutil.which("uv") or str(TOP / ".tools" / "uv" / "bin" / "uv")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "server.py")
        script.write_text(program)
        environment = Path(folder, "environment")
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, environment], check=True)
        python = environment / "bin" / "python"
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", python, *packages], env=uv_environment(TOP), check=True
        )
        server = subprocess.Popen([python, script, str(port)], cwd=folder, stdout=subprocess.DEVNULL)
        try:
            _await(port, server)
            yield port
        finally:
            server.terminate()
            server.wait()


def _await(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")
