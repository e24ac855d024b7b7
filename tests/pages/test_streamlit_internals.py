"""Sockets of the server send at once, those that come later too, and nothing else is touched."""

import os
import socket

from pages.ui.frame.streamlit_internals import disable_nagle


def sends_at_once(connection):
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_connections_there_and_to_come_send_at_once(tmp_path):
    with socket.socket(socket.AF_INET) as server, socket.socket() as first, socket.socket() as second:
        server.bind(("127.0.0.1", 0))
        server.listen()
        first.connect(server.getsockname())
        early, _ = server.accept()
        assert not sends_at_once(early)  # as Streamlit's are
        open_files = len(os.listdir("/dev/fd"))
        with (tmp_path / "file").open("w") as file:
            disable_nagle.clear()
            assert disable_nagle() >= 3
            file.write("still open")
        assert len(os.listdir("/dev/fd")) == open_files
        second.connect(server.getsockname())
        late, _ = server.accept()
        assert sends_at_once(early) and sends_at_once(late)
        early.close()
        late.close()
    disable_nagle.clear()
