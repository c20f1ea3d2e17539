"""Chromium: found on the machine, watched while it works, and asked what every page must keep to."""

import shutil
from urllib.parse import urlsplit

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
HOW_TO_GET_IT = "The browser tests need Chromium: on Debian and Ubuntu `apt-get install chromium`."

# What each page keeps to. Every function returns what is wrong, in words.
_OVERFLOW = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const wide = [...document.body.querySelectorAll("*")].filter(one => one.getBoundingClientRect().right > room + 1);
    return ["wider than the window by " + (document.documentElement.scrollWidth - room) + " px: "
        + wide.slice(0, 4).map(one => one.tagName + "." + one.className).join(" | ")];
}"""
_NAMELESS = """() => {
    const text = id => (document.getElementById(id) || {}).textContent || "";
    const name = one => one.getAttribute("aria-label")
        || (one.getAttribute("aria-labelledby") || "").split(" ").map(text).join(" ")
        || [...(one.labels || [])].map(label => label.textContent).join(" ")
        || one.title || (one.tagName === "BUTTON" ? one.textContent : "")
        || (["submit", "button"].includes(one.type) ? one.value : "")
        || (one.matches("[x-ref=searchInput]") ? one.placeholder : "");  // the lists' search, which is unfold's
    return [...document.querySelectorAll("input:not([type=hidden]), select, textarea, button")]
        .filter(one => one.checkVisibility() && !name(one).trim())
        .map(one => "no label: " + one.outerHTML.slice(0, 160));
}"""
_LETTERS = """() => [...document.querySelectorAll("[data-label]")]
    .filter(one => getComputedStyle(one, "::before").textTransform !== "none")
    .slice(0, 4).map(one => "not as it is written: " + one.dataset.label)"""
_HEADINGS = """() => {
    const count = [...document.querySelectorAll("h1")].filter(one => one.checkVisibility()).length;
    return count === 1 ? [] : ["has " + count + " h1"];
}"""


def executable():
    """Where Chromium is on this machine; None when it is not."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def faults_of(page):
    """What is wrong with the page as it is shown now."""
    return [fault for look in (_OVERFLOW, _NAMELESS, _LETTERS, _HEADINGS) for fault in page.evaluate(look)]


class Watch:
    """Notes what must not happen while pages are visited: errors, failed requests, requests to anybody else."""

    def __init__(self, page, *, ours, visited=()):
        """`ours`: the address of the site; `visited`: those to which a person may be sent, and no page may ask."""
        self._ours, self._visited = _host(ours), {_host(url) for url in visited}
        self.seen = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        page.on("request", self._asked)
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _said(self, message):
        where = message.location.get("url", "")
        if message.type in {"error", "warning"} and _host(where) not in self._visited:
            self.seen.append(f"console: {message.text} {where}")

    def _asked(self, request):
        host = _host(request.url)
        if request.url.startswith(("data:", "blob:")) or host == self._ours:
            return
        if host not in self._visited:
            self.seen.append(f"asks somebody else: {request.url}")

    def _failed(self, request):
        # A download ends the navigation that began it, and a page that is left ends what it still asks for.
        if request.failure != "net::ERR_ABORTED":
            self.seen.append(f"failed: {request.url}: {request.failure}")

    def _answered(self, response):
        if response.status >= 400 and _host(response.url) == self._ours:
            self.seen.append(f"{response.status}: {response.url}")


def _host(url):
    return urlsplit(url).netloc
