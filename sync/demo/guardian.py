"""Runs a command and ends it when standard input closes: `python -m sync.demo.guardian COMMAND...`

Whoever starts it keeps the other end of its standard input. That end closes however the starter ends, also when it is
killed, so the command never outlives it. The command gets a process group of its own and SIGTERM alone: django-q's
cluster hangs when a terminal's Ctrl-C reaches its workers too.
"""

import os
import signal
import subprocess
import sys
import threading

_GRACE_SECONDS = 10


def main() -> None:
    # The command is what our own starter asks for; no shell reads it. It gets the files that the starter left open.
    child = subprocess.Popen(  # noqa: S603
        sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True, close_fds=False
    )
    threading.Thread(target=_end_with_stdin, args=(child,), daemon=True).start()
    sys.exit(child.wait())


def _end_with_stdin(child: "subprocess.Popen[bytes]") -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing is ever written: it returns when the other end is gone
    child.terminate()
    try:
        child.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
