"""Starts the simulated Ecwid, QuickBooks and Wix together: `python -m sandbox`."""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from sandbox.running import end_on_signals, end_with_parent


class Child(NamedTuple):
    """One system: its module, and the path its clients start from."""

    name: str
    base_path: str


CHILDREN = (Child("ecwid", "/api/v3"), Child("quickbooks", ""), Child("wix", ""))
_WITH_DEMO_ORDERS = {"ecwid", "wix"}


def main() -> None:
    arguments = _parser().parse_args()
    end_on_signals()
    if not arguments.detached:
        end_with_parent()
    started: list[subprocess.Popen[str]] = []
    try:
        started.extend(_start(child, arguments) for child in CHILDREN)
        for child, process in zip(CHILDREN, started, strict=True):
            _announce(child, process)
        sys.stdout.flush()
        for process in started:
            process.wait()
    finally:
        _end(started)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--ecwid-port", type=int, default=8801)
    parser.add_argument("--quickbooks-port", type=int, default=8802)
    parser.add_argument("--wix-port", type=int, default=8803)
    parser.add_argument("--state", type=Path, default=None, help="folder that survives restarts")
    parser.add_argument("--demo-orders", type=int, default=0, help="orders placed per demo store when new")
    parser.add_argument(
        "--webhook-url", default=None, help="where webhooks go, with /ecwid/ (or another name) after it"
    )
    parser.add_argument("--detached", action="store_true", help="go on when the starting process ends")
    return parser


def _start(child: Child, arguments: argparse.Namespace) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"sandbox.{child.name}", "--with-parent", "--host", arguments.host]
    command += ["--port", str(getattr(arguments, f"{child.name}_port"))]
    if arguments.state is not None:
        command += ["--state", str(arguments.state)]
    if child.name in _WITH_DEMO_ORDERS and arguments.demo_orders:
        command += ["--demo-orders", str(arguments.demo_orders)]
    if arguments.webhook_url is not None:
        command += ["--webhook-url", f"{arguments.webhook_url.rstrip('/')}/{child.name}/"]
    # The command is this interpreter, a module of ours and the caller's own options; no shell reads it.
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603


def _announce(child: Child, process: subprocess.Popen[str]) -> None:
    """Wait for the child's own line and pass its address on. A child that ends without one ends everything."""
    line = process.stdout.readline() if process.stdout else ""
    if not line.startswith("listening "):
        msg = f"the {child.name} sandbox did not start"
        raise SystemExit(msg)
    sys.stdout.write(f"{child.name} {line.split()[1]}{child.base_path}\n")


def _end(started: list[subprocess.Popen[str]]) -> None:
    for process in started:
        process.terminate()
    for process in started:
        process.wait()


if __name__ == "__main__":
    main()
