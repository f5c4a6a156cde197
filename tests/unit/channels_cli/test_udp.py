"""What the system drops because nobody reads is told."""

import socket
import sys

import pytest

from ballotcast_cli.channels.udp import LARGEST_DATAGRAM, listen, overflowed


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what it dropped")
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_overflow_of_the_socket_is_told(host: str) -> None:
    with listen(host, 0) as opened, socket.socket(opened.family, socket.SOCK_DGRAM) as sender:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        opened.setblocking(False)
        assert overflowed(opened) == 0
        for _ in range(100):
            sender.sendto(b"x" * 1000, opened.getsockname())
        read = 0
        try:
            while opened.recv(LARGEST_DATAGRAM):
                read += 1
        except BlockingIOError:
            pass
        assert 0 < read < 100
        assert overflowed(opened) == 100 - read
