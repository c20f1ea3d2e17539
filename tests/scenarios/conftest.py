"""What the helpers of scenarios assert is explained like what the tests themselves assert."""

import pytest

pytest.register_assert_rewrite("tests.support.expect", "tests.support.options")
