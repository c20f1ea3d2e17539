"""A whole integration as a JSON file with names instead of ids (L12): `apply` it, or `export` one that exists."""

from sync.setup_file.applying import apply
from sync.setup_file.changes import Change
from sync.setup_file.exporting import export
from sync.setup_file.problems import Problem, SetupRefused

__all__ = ["Change", "Problem", "SetupRefused", "apply", "export"]
