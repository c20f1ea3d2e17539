"""Every setting is explained in .env.example, with its true default; nothing else is."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_LINE = re.compile(r"^(?:# ?)?([A-Z][A-Z0-9_]+)=(.*)$")
COMPUTED = object()


def settings_read():
    """Name -> default of each environment variable that config/settings.py asks for."""
    tree = ast.parse((ROOT / "config" / "settings.py").read_text(encoding="utf-8"))
    return {call.args[0].value: default_of(call) for call in ast.walk(tree) if is_read(call)}


def is_read(node):
    """env("NAME", ...) or env.kind("NAME", ...)"""
    if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
        return False
    name = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    return isinstance(name, ast.Name) and name.id == "env"


def default_of(call):
    [default] = [keyword.value for keyword in call.keywords if keyword.arg == "default"]
    return str(default.value) if isinstance(default, ast.Constant) else COMPUTED


def lines():
    return (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()


def settings_shown():
    return {match[1]: match[2] for line in lines() if (match := _LINE.match(line))}


def test_the_settings_are_found():
    assert {"SECRET_KEY", "DATABASE_URL", "Q_WORKERS", "DEBUG", "EMAIL_URL"} <= set(settings_read())


def test_every_setting_is_in_the_example():
    assert set(settings_read()) == set(settings_shown())


@pytest.mark.parametrize(("name", "default"), sorted((n, d) for n, d in settings_read().items() if d is not COMPUTED))
def test_the_example_shows_the_default(name, default):
    assert settings_shown()[name] == default


def test_copying_the_example_changes_nothing():
    assert all(line.startswith("#") or not line for line in lines())


def test_no_setting_is_explained_twice():
    names = [match[1] for line in lines() if (match := _LINE.match(line))]

    assert len(names) == len(set(names))
