"""`python -m sandbox.quickbooks --port 8802 --state DIR`"""

import argparse

from sandbox.quickbooks.app import QuickBooks
from sandbox.running import run


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.quickbooks", description="A simulated QuickBooks Online")
    run(lambda arguments: QuickBooks(arguments.state), parser=parser)


if __name__ == "__main__":
    main()
