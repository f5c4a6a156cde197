"""The bridge's socket: bound to one address, with as large a buffer as the system grants."""

import os
import socket
from pathlib import Path

LARGEST_DATAGRAM = 65536
RECEIVE_BUFFER = 8 * 2**20


def listen(host: str, port: int) -> socket.socket:
    """Raise OSError if the address is not ours or the port is in use."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        opened.bind(address)
    except OSError:
        opened.close()
        raise
    return opened


def overflowed(opened: socket.socket) -> int:
    """Datagrams that the system dropped because the buffer was full; 0 where it does not tell.

    Only Linux does, in proc_pid_net(5), and only while the socket is open.
    """
    if opened.fileno() == -1:
        return 0
    table = Path("/proc/net/udp6" if opened.family is socket.AF_INET6 else "/proc/net/udp")
    inode = str(os.fstat(opened.fileno()).st_ino)
    try:
        rows = [line.split() for line in table.read_text().splitlines()[1:]]
    except OSError:
        return 0
    return next((int(row[-1]) for row in rows if row[9] == inode), 0)
