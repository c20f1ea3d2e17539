"""The commands that the README names: they exist, and the demo does what it says."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from django.core.management import get_commands

from sync.demo.home import Home, free_ports

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCRIPTS = ("bin/demo", "bin/test", ".ci/run")
PATIENCE = 120  # seconds, for a busy machine


class TestTheReadme:
    def test_every_command_in_it_exists(self):
        named = set(re.findall(r"manage\.py (\w+)", README))

        assert named
        assert named <= set(get_commands())

    def test_every_command_of_ours_is_in_it(self):
        ours = {name for name, app in get_commands().items() if app in {"accounts", "integrations", "sync"}}

        assert {name for name in ours if not re.search(rf"(manage\.py |bin/){name}\b", README)} == set()

    def test_every_script_in_it_exists(self):
        assert {name for name in re.findall(r"bin/\w+", README) if "/.venv/" not in name} >= {"bin/demo", "bin/test"}
        assert all(os.access(ROOT / name, os.X_OK) for name in SCRIPTS)

    @pytest.mark.parametrize("script", [*SCRIPTS, "bin/environment.sh"])
    def test_the_scripts_are_plain_shell(self, script):
        checked = subprocess.run(["sh", "-n", ROOT / script], capture_output=True, text=True, check=False)

        assert (checked.returncode, checked.stderr) == (0, "")


class TestOlderPythons:
    def test_they_are_refused_with_a_sentence(self, tmp_path):
        """A copy of the scripts, on a machine whose only Python is too old."""
        bin_ = tmp_path / "bin"
        bin_.mkdir()
        for name in ("demo", "environment.sh"):
            (bin_ / name).write_bytes((ROOT / "bin" / name).read_bytes())
        old = tmp_path / "path" / "python3"
        old.parent.mkdir()
        old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit\nexit 1\n')
        old.chmod(0o755)
        (old.parent / "dirname").symlink_to("/usr/bin/dirname")

        refused = subprocess.run(
            ["/bin/sh", bin_ / "demo"], capture_output=True, text=True, check=False, env={"PATH": str(old.parent)}
        )

        assert refused.returncode == 1
        assert refused.stderr == (
            "Tillbridge needs Python 3.11 or newer; found: Python 3.9.2. Install Python 3.11 and start again.\n"
        )


# -- the demo ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The folder of one demo, which the tests below start one after the other. Its name is awkward on purpose."""
    return tmp_path_factory.mktemp("demo") / "what + is % this"


def demo(data, *options, **settings):
    command = [sys.executable, ROOT / "manage.py", "demo", "--data", data, *options]
    # An installation's own settings must not reach the demo.
    others = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "ALLOWED_HOSTS": "example.test"}
    environment = {**os.environ, **others, **settings}
    return subprocess.Popen(
        command, env=environment, cwd=data.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def finished(data, *options, **settings):
    process = demo(data, *options, **settings)
    output, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, output


class Served:
    """A demo that serves, with its printed address and password."""

    def __init__(self, data, **settings):
        self.process = demo(data, **settings)
        self.output = ""
        while "Ctrl-C" not in self.output:
            line = self.process.stdout.readline()
            assert line, self.output
            self.output += line
        self.url = re.search(r"The admin: (http://[\d.:]+)", self.output).group(1)
        self.password = re.search(r"password (\S+)", self.output).group(1)
        self.family = descendants(self.process.pid)

    def ended(self, number):
        """Send the signal: the exit status once all of its processes are gone."""
        self.process.send_signal(number)
        status = self.process.wait(timeout=PATIENCE)
        give_up = time.monotonic() + PATIENCE
        while any(map(runs, self.family)):
            assert time.monotonic() < give_up, [pid for pid in self.family if runs(pid)]
            time.sleep(0.05)
        self.process.stdout.close()
        return status


def descendants(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [*children, *(one for child in children for one in descendants(child))]


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def serving(data):
    demos = []

    def serve(**settings):
        demos.append(Served(data, **settings))
        return demos[-1]

    yield serve
    for one in demos:
        if one.process.poll() is None:
            one.ended(signal.SIGTERM)


@pytest.mark.xdist_group("demo")
class TestTheDemo:
    def test_a_first_check_posts_and_a_second_finds_all_as_it_was(self, data):
        status, output = finished(data, "--check")

        assert status == 0, output
        told_of_each = (
            ("Boutique Érable", "9,059.79", "Eco levy", "66.63 CAD"),
            ("Lone Star Outfitters", "10,378.92"),
            ("Fern & Clay", "2,995.35", "70.35", "VAT 23 %", "Commission: dinner service", "Online programs"),
        )
        for expected in (text for business in told_of_each for text in business):
            assert expected in output

        again, repeated = finished(data, "--check")

        assert (again, told(repeated)) == (0, told(output))

    @pytest.mark.parametrize("name", ["ecwid", "quickbooks", "wix"])
    def test_a_port_that_somebody_takes_after_it_was_chosen_is_replaced(self, data, name):
        with socket.create_server(("127.0.0.1", 0)) as somebody:
            status, output = finished(data, "--check", **prepared(data, name, somebody))

        assert status == 0, output
        assert f"the {name} sandbox did not start" in output
        assert "9,059.79" in output

    def test_a_server_of_somebody_else_on_the_port_of_the_admin_is_not_taken_for_it(self, data, serving):
        with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as somebody:
            threading.Thread(target=somebody.serve_forever, daemon=True).start()

            served = serving(**prepared(data, "web", somebody.socket))
            somebody.shutdown()

        assert "the web server did not start: 127.0.0.1:" in served.output
        assert after_sign_in(served, "demo") == (200, "/")
        assert served.ended(signal.SIGTERM) == 128 + signal.SIGTERM

    def test_it_serves_the_admin_until_ctrl_c(self, data, serving):
        served = serving()

        assert after_sign_in(served, "demo") == (200, "/")
        assert after_sign_in(served, "bookkeeper") == (200, "/")
        assert after_sign_in(served, "nobody") == (200, "/login/")
        status, refused = finished(data, "--check")
        assert (status, "end it first" in refused) == (1, True)
        assert len(served.family) >= 8  # simulators, worker, web server, and what they start

        assert served.ended(signal.SIGINT) == 0

    def test_an_order_of_the_site_is_in_the_books_by_its_message(self, data, serving):
        served = serving()
        before = invoices_of_the_studio(served)

        answer = control(served, "wix", "sites/fern/orders", {"cart": {"lines": [{"sku": "VASE"}], "shipping": "4.95"}})

        assert answer["paymentStatus"] == "PAID"
        # The schedule would take a quarter of an hour.
        give_up = time.monotonic() + PATIENCE
        while (now := invoices_of_the_studio(served)) == before:
            assert time.monotonic() < give_up
            time.sleep(0.2)
        assert (now["count"] - before["count"], round(now["sum"] - before["sum"], 2)) == (1, 42.95)
        assert served.ended(signal.SIGTERM) == 128 + signal.SIGTERM

    def test_the_next_start_goes_on_and_when_killed_nothing_outlives_it(self, data, serving):
        served = serving()
        enter_by_hand(served)

        assert served.ended(signal.SIGKILL) == -signal.SIGKILL

        status, output = finished(data, "--check")
        assert told(served.output).split("\nThe admin")[0] in output
        assert status == 1
        assert "sales in QuickBooks against the store's totals: 60 of 9060.79 and 59 of 9059.79 differ" in output


def told(output):
    """What the demo says of its businesses: before that it may have had to start again with other ports."""
    return output[output.index("Boutique Érable") :]


def prepared(data, name, somebody):
    """The environment of a demo that chose its ports already, one of them just before somebody took it."""
    home = Home(data)
    home.make()
    ports = {**unusual_ports(), name: somebody.getsockname()[1]}
    return {**home.environment(ports), "TILLBRIDGE_DEMO": str(data.resolve())}


def unusual_ports():
    """Ports that no other program is likely to want."""
    with contextlib.ExitStack() as held:
        listeners = {name: held.enter_context(socket.create_server(("127.0.0.1", 0))) for name in free_ports()}
        return {name: listener.getsockname()[1] for name, listener in listeners.items()}


def enter_by_hand(served):
    """One more invoice in the Québec shop's company, which no order of the store explains."""
    line = {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "4"}}
    sale = {
        "CustomerRef": {"value": "1"},
        "GlobalTaxCalculation": "NotApplicable",
        "Line": [{"Amount": 1, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": line}],
    }
    control(served, "quickbooks", "companies/9341450000000001/objects", {"type": "Invoice", "object": sale})


def invoices_of_the_studio(served):
    return control(served, "quickbooks", "companies/9341450000000004/totals")["Invoice"]


def control(served, system, path, body=None):
    """Ask a simulated system of the demo, or with a body change something in it."""
    port = re.search(rf"--{system}-port (\d+)", command_lines(served.family)).group(1)
    url = f"http://127.0.0.1:{port}/control/{path}"
    answer = requests.get(url, timeout=30) if body is None else requests.post(url, json=body, timeout=30)
    assert answer.ok, answer.text
    return answer.json()


def command_lines(pids):
    return "\n".join(Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in pids)


def after_sign_in(served, name):
    """Status and path of the page to which the printed password leads that user."""
    browser = requests.Session()
    page = browser.get(f"{served.url}/", timeout=30)
    assert page.ok
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text).group(1)
    form = {"username": name, "password": served.password, "csrfmiddlewaretoken": token, "next": "/"}
    answer = browser.post(page.url, data=form, timeout=30, headers={"Origin": served.url})
    return answer.status_code, urlsplit(answer.url).path
