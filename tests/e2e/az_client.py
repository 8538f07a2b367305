# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a shell finds as `az` in the tests: hands its line, environment, folder and streams to the process that has az.

A bare Python runs a copy of it that lies beside the socket; a line then costs little more than what az itself does.
"""

import os
import socket
import struct
import sys


def main() -> int:
    """Runs the line and gives its exit code."""
    with socket.socket(socket.AF_UNIX) as forker:
        forker.connect(os.path.join(os.path.dirname(os.path.abspath(__file__)), "socket"))
        order = repr({"args": sys.argv[1:], "env": dict(os.environ), "folder": os.getcwd()}).encode()
        socket.send_fds(forker, [struct.pack("!I", len(order))], [0, 1, 2])
        forker.sendall(order)
        code = forker.recv(4)
    # Nothing comes from an az that a signal has ended.
    return int(struct.unpack("!i", code)[0]) if len(code) == 4 else 1


if __name__ == "__main__":
    sys.exit(main())
