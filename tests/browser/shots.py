"""Makes the pictures of README and docs from a running demo:

bin/demo      # prints the address, the name and the password
.venv/bin/python tests/browser/shots.py ADDRESS NAME PASSWORD [--to FOLDER] [--dark] [--width 390] [--language fr]
"""

import argparse
import os
import re
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.chromium import HOW_TO_GET_IT, OPTIONS, executable, faults_of

IMAGES = Path(__file__).parents[2] / "docs" / "images"
RECORD = "a[href^='/sync/record/'][href$='/change/']"


def pictures(page):
    """The name of each picture, when the page shows what is on it."""
    page.goto("/")
    yield "dashboard"
    page.goto("/inbox")
    yield "inbox"
    page.locator(".tb-group-title").first.click()
    page.locator(RECORD).first.click()
    yield "record"
    page.goto("/sync/record/?state__exact=posted")
    order = re.search(r"/sync/record/(\d+)/change/", page.content())
    page.goto(f"/preview/record/{order[1]}")
    yield "preview"
    page.goto("/setup/integration/1/taxes")
    yield "wizard"
    page.goto("/sync/logentry/")
    yield "log"


def main(given):
    dark = "dark" if given.dark else "light"
    given.to.mkdir(parents=True, exist_ok=True)
    options = [*OPTIONS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable() or sys.exit(HOW_TO_GET_IT), args=options)
        context = browser.new_context(
            base_url=given.address,
            viewport={"width": given.width, "height": 900},
            color_scheme=dark,
            locale=f"{given.language}-CA",
        )
        page = context.new_page()
        page.goto("/")
        page.fill("[name=username]", given.name)
        page.fill("[name=password]", given.password)
        page.press("[name=password]", "Enter")
        page.wait_for_selector(".tb-tiles")
        for name in pictures(page):
            page.wait_for_load_state("networkidle")
            page.screenshot(path=given.to / f"{name}.png")
            print(name, *faults_of(page), sep="\n  ")  # noqa: T201 - it is a command
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Pictures of the main pages.")
    parser.add_argument("address")
    parser.add_argument("name")
    parser.add_argument("password")
    parser.add_argument("--to", type=Path, default=IMAGES)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--width", type=int, default=1440)
    parser.add_argument("--language", default="en")
    main(parser.parse_args())
