"""Every layout's store is audited when it is opened first."""

from collections.abc import Iterator

import pytest
from helpers_audited import check_audit
from helpers_layouts import CHECKS


@pytest.fixture(autouse=True, scope="module")
def audited() -> Iterator[None]:
    """An audit finds nothing in it that isn't there."""
    CHECKS.append(check_audit)
    yield
    CHECKS.remove(check_audit)
