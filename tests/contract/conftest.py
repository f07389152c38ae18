"""The suite's asserts lie in a helper module: have pytest explain them too."""

import pytest

pytest.register_assert_rewrite("helpers_contract")
