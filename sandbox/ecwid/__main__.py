"""`python -m sandbox.ecwid --port N --state DIR [--demo-orders N]`"""

import argparse

from sandbox.ecwid.app import Ecwid
from sandbox.running import run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m sandbox.ecwid")
    parser.add_argument("--demo-orders", type=int, default=0, help="orders placed per demo shop when new")
    run(
        lambda arguments: Ecwid(arguments.state, seed_options={"demo_orders": arguments.demo_orders}),
        parser=parser,
    )
