"""What the documents say is so: links lead somewhere, named tests, switches, keys and modules exist, examples work."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from integrations.models import Integration
from sandbox.ecwid.switch_table import SWITCHES as ECWID_SWITCHES
from sandbox.quickbooks.switches import TABLE as QUICKBOOKS_SWITCHES
from sandbox.wix.switch_table import SWITCHES as WIX_SWITCHES
from sync.models import ModuleSettings, PaymentMapping
from sync.setup_file import apply, export
from sync.setup_file.format import INTEGRATION, METHOD, MODULE, REPORT, SECTIONS, TOP_LEVEL, Key
from sync.setup_file.kinds import Choice
from tests.support.sandbox import UNTHROTTLED

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FEATURES, APIS, SETUP_FILE = (DOCS / f"{name}.md" for name in ("features", "apis", "setup-file"))
MARKDOWN = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]

# The product's rows: the letter of each section and how many rows it has.
PRODUCT = {"C": 6, "S": 6, "O": 21, "I": 5, "K": 4, "R": 5, "T": 5, "M": 5, "W": 4, "L": 12}
STATES = ("works", "partly", "not yet")


# -- reading Markdown --------------------------------------------------------------------------------------------------


def sections(document: Path) -> dict[str, str]:
    """The text under each heading, up to the next one; a heading's backticks are left out of its name."""
    parts = re.split(r"^#+ (.+)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name.replace("`", "").strip(): text for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def table(text: str) -> list[list[str]]:
    """The cells of a text's table rows, without headings and rules."""
    rows = [line.strip().strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in row] for row in rows]
    rules = [index for index, row in enumerate(cells) if set("".join(row)) <= set("-: ")]
    heads = {index - 1 for index in rules} | set(rules)
    return [row for index, row in enumerate(cells) if index not in heads]


def quoted(text: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


# -- links -------------------------------------------------------------------------------------------------------------


def links() -> Iterator[tuple[Path, str]]:
    for document in MARKDOWN:
        for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                yield document, target


@pytest.mark.parametrize(("document", "target"), list(links()), ids=lambda part: getattr(part, "name", part))
def test_every_link_leads_somewhere(document: Path, target: str) -> None:
    path, _, heading = target.partition("#")
    linked = document.parent / path if path else document
    assert linked.exists(), f"{document.name} links to {target}"
    if heading:
        assert heading in {_anchor(name) for name in sections(linked)}, f"{linked.name} has no heading {heading}"


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


# -- features.md -------------------------------------------------------------------------------------------------------


def feature_rows() -> list[list[str]]:
    return [row for row in table(FEATURES.read_text(encoding="utf-8")) if re.fullmatch(r"[A-Z]\d+", row[0])]


def test_every_row_of_the_product_is_told_once_and_in_order() -> None:
    told = [row[0] for row in feature_rows()]
    assert told == [f"{letter}{number}" for letter, count in PRODUCT.items() for number in range(1, count + 1)]


@pytest.mark.parametrize("row", feature_rows(), ids=lambda row: row[0])
def test_a_row_is_proved_as_far_as_it_claims_to_work(row: list[str]) -> None:
    name, does, state, tests = row
    assert does, name
    assert state.startswith(STATES), f"{name}: {state}"
    if state.startswith("partly"):
        assert state.startswith("partly: "), f"{name} does not say what is missing"
    assert all(named.startswith("tests/") for named in quoted(tests)), name
    assert bool(quoted(tests)) is not state.startswith("not yet"), name


def named_tests() -> list[str]:
    """Every test, file or folder of tests that some document names."""
    texts = (text for document in MARKDOWN for text in quoted(document.read_text(encoding="utf-8")))
    return sorted({text for text in texts if text.startswith("tests/")})


@pytest.mark.parametrize("named", named_tests())
def test_the_tests_that_are_named_exist(named: str) -> None:
    path, *names = named.split("::")
    assert (ROOT / path).exists()
    if names:
        assert "::".join(names) in names_in(ROOT / path)


@cache
def names_in(path: Path) -> frozenset[str]:
    """The tests of a file as pytest calls them, and its classes: "TestPaid::test_it", "test_other", "TestPaid"."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found.add(node.name)
            found |= {f"{node.name}::{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
    return frozenset(name for name in found if name.rpartition("::")[2].startswith(("test_", "Test")))


# -- apis.md -----------------------------------------------------------------------------------------------------------

SWITCHES = {"Ecwid": ECWID_SWITCHES, "QuickBooks": QUICKBOOKS_SWITCHES, "Wix": WIX_SWITCHES}


def switch_cells(provider: str) -> str:
    return " ".join(row[-1] for row in table(sections(APIS)[f"What nobody could verify of {provider}"]))


@pytest.mark.parametrize("provider", SWITCHES)
def test_every_switch_is_told_once_with_the_value_that_is_assumed(provider: str) -> None:
    told = re.findall(r"`(\w+)` = `([^`]+)`", switch_cells(provider))
    assert [name for name, count in Counter(name for name, _ in told).items() if count > 1] == []
    assert {name: json.loads(value) for name, value in told} == {one.name: one.default for one in SWITCHES[provider]}


@pytest.mark.parametrize("provider", SWITCHES)
def test_nothing_else_is_called_a_switch(provider: str) -> None:
    names = {text for text in quoted(switch_cells(provider)) if re.fullmatch(r"[a-z]+(_[a-z]+)+", text)}
    assert names <= {one.name for one in SWITCHES[provider]}


@pytest.mark.parametrize("document", [APIS, DOCS / "architecture.md"], ids=lambda path: path.name)
def test_the_modules_that_a_document_names_exist(document: Path) -> None:
    """Written from the root, or in short where the text says which folder it is about: `engine/plan.py`."""
    known = {f"/{path.relative_to(ROOT).as_posix()}" for path in sources()}
    named = quoted(document.read_text(encoding="utf-8"))
    modules = {text for text in named if re.fullmatch(r"[\w/]+\.(py|toml)", text)}
    missing = [module for module in sorted(modules) if not any(path.endswith(f"/{module}") for path in known)]
    assert modules
    assert missing == []


# -- setup-file.md -----------------------------------------------------------------------------------------------------


@pytest.fixture
def unthrottled(db: None, sandbox: Any) -> None:
    """A clock that does not wait would run into the simulated QuickBooks' limits."""
    sandbox.quickbooks.switch(**UNTHROTTLED)


def example() -> dict[str, Any]:
    (block,) = re.findall(r"```json\n(.*?)```", SETUP_FILE.read_text(encoding="utf-8"), re.DOTALL)
    document: dict[str, Any] = json.loads(block)
    return document


def test_the_example_of_a_setup_file_can_be_applied_as_it_stands(unthrottled: None, time: Any) -> None:
    assert apply(example(), clock=time.clock)
    assert apply(example(), clock=time.clock) == []


def test_the_example_of_a_setup_file_has_every_key(unthrottled: None, time: Any) -> None:
    """An export writes every key there is, and the example is one but for its secrets."""
    apply(example(), clock=time.clock)
    exported = export(Integration.objects.get())
    for side in ("store", "books"):
        exported[side]["credentials"] = example()[side]["credentials"]
    for document in (exported, told := example()):
        document["taxes"].sort(key=lambda row: row["store"])
    assert exported == told


DESCRIBED = {
    "When": (Integration, INTEGRATION),
    "email_report": (Integration, REPORT),
    "methods": (PaymentMapping, METHOD),
    "modules": (ModuleSettings, MODULE),
    **{section.name: (section.model, section.keys) for section in SECTIONS},
}
KEYS = [
    pytest.param(heading, model, key, id=f"{heading}.{key.name}")
    for heading, (model, keys) in DESCRIBED.items()
    for key in keys
]


def described(heading: str) -> dict[str, list[str]]:
    return {quoted(row[0])[0]: row[1:] for row in table(sections(SETUP_FILE)[heading])}


@pytest.mark.parametrize("heading", DESCRIBED)
def test_every_key_is_described_and_every_described_key_exists(heading: str) -> None:
    lists = {section.name: section.lists for section in SECTIONS}.get(heading, ())
    assert list(described(heading)) == [*(key.name for key in DESCRIBED[heading][1]), *lists]


def test_every_top_level_key_is_described() -> None:
    told = {*described("Who and where"), *described("When"), *sections(SETUP_FILE)}
    assert set(TOP_LEVEL) <= told


@pytest.mark.parametrize(("heading", "model", "key"), KEYS)
def test_defaults_are_those_that_are_described(heading: str, model: Any, key: Key) -> None:
    """A default that depends on the store, the company or the day is told in words, every other one as JSON."""
    default, _values, _does = described(heading)[key.name]
    if key.default is not None or key.name == "start_date":
        assert not re.fullmatch(r"`[^`]*`", default), "this default is not a fixed value"
        return
    assert re.fullmatch(r"`[^`]*`", default), "this default is a fixed value: write it as JSON"
    assert json.loads(default.strip("`")) == key.kind.show(getattr(model(), key.field))


@pytest.mark.parametrize(("heading", "model", "key"), KEYS)
def test_choices_are_those_that_are_described(heading: str, model: Any, key: Key) -> None:
    _default, values, _does = described(heading)[key.name]
    if isinstance(key.kind, Choice):
        assert quoted(values) == key.kind.options.values


# -- settings and places -----------------------------------------------------------------------------------------------


def test_every_setting_of_the_environment_is_in_the_example_file() -> None:
    settings = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z_]+)\"", settings))
    explained = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert names
    assert names <= explained


OURS = (
    "accounts",
    "benchmarks",
    "bin",
    "config",
    "docs",
    "integrations",
    "locale",
    "sandbox",
    "static",
    "sync",
    "templates",
    "tests",
    ".ci",
)
TEXTS = {"", ".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".json", ".sh", ".po", ".svg"}
# Folders of somebody's machine, as opposed to those that a README may propose (/srv, /etc).
MACHINE = re.compile(r"(?<![\w.\-/])/(?:work|home|root|Users|mnt)/\w|\.\./shared|[A-Z]:\\Users")


def sources() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXTS and path.name != ".env")
    for folder in OURS:
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix in TEXTS)


def test_nothing_names_a_place_outside_of_the_project() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sources()
        if path != Path(__file__)
        for match in MACHINE.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []
