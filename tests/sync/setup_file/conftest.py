from functools import partial

import pytest

from sync import setup_file
from tests.support.sandbox import UNTHROTTLED


@pytest.fixture
def quickbooks(db, sandbox):
    sandbox.quickbooks.switch(**UNTHROTTLED)
    return sandbox.quickbooks


@pytest.fixture
def apply(quickbooks, time):
    """`setup_file.apply` against both simulated systems, without waiting."""
    return partial(setup_file.apply, clock=time.clock)


@pytest.fixture
def problems(apply):
    """Applies a document that must be refused: path -> message."""

    def refused(document, **options):
        with pytest.raises(setup_file.SetupRefused) as refusal:
            apply(document, **options)
        return {problem.path: problem.message for problem in refusal.value.problems}

    return refused
