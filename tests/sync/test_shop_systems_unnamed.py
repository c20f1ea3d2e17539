"""What happens between a store and the books is the same for every shop system: nothing in it names one."""

import ast
from pathlib import Path

import pytest

from integrations.models import StoreProvider

ROOT = Path(__file__).parents[2]
# The demo is a tour of particular shops, the command starts particular simulators, and migrations are history.
APART = ("sync/demo/", "sync/management/", "sync/migrations/")


def files():
    """Of the templates those of connections are not among them: each way in has a page."""
    found = [*ROOT.glob("sync/**/*.py"), *ROOT.glob("templates/sync/**/*.html")]
    every = (path.relative_to(ROOT).as_posix() for path in found)
    return sorted(path for path in every if not path.startswith(APART))


def said_by_code(text):
    """The names and texts of a module without its comments and docstrings: those may well give an example."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    return ast.unparse(tree)


@pytest.mark.parametrize("path", files())
def test_no_shop_system_is_named(path):
    text = (ROOT / path).read_text()
    said = (said_by_code(text) if path.endswith(".py") else text).casefold()
    assert [name for name in StoreProvider.values if name in said] == []


def test_the_files_that_name_them_would_be_found():
    assert "wix" in said_by_code((ROOT / "integrations/providers.py").read_text()).casefold()
    assert {"sync/engine/run.py", "sync/views/inbox.py", "templates/sync/wizard_connect.html"} <= set(files())
