"""Values that hypothesis draws: all that payloads and states can hold."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st

from esviewer.model.values import Number

JSON_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.integers(-(2**80), 2**80),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "a", "b", "/", "~", "~1", "日本語", "🙂", "0"]),
    st.text(max_size=5),
)
SCALARS = st.one_of(
    JSON_SCALARS,
    st.just(float("nan")),
    st.sampled_from([Number("1.10"), Number("1.1"), Number("1e400"), Decimal("1.10"), Decimal("-0"), Decimal("sNaN")]),
    st.sampled_from([uuid.UUID(int=1), datetime(2026, 1, 1, tzinfo=UTC), b"\x00\xff"]),
)


def _nested(leaves: st.SearchStrategy) -> st.SearchStrategy:
    keys = st.sampled_from(["id", "name", "a", "b", "", "/", "~0", "0", "ü"])
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=6) | st.dictionaries(keys, inner, max_size=5), max_leaves=25
    )


JSON_VALUES = _nested(JSON_SCALARS)
VALUES = _nested(SCALARS)
