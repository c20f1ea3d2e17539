"""`python -m sandbox.wix --port N --state DIR [--demo-orders N]`"""

import argparse

from sandbox.running import run
from sandbox.wix.app import Wix

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m sandbox.wix")
    parser.add_argument("--demo-orders", type=int, default=0, help="orders placed on the demo site when new")
    run(
        lambda arguments: Wix(arguments.state, seed_options={"demo_orders": arguments.demo_orders}),
        parser=parser,
    )
