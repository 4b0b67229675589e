"""Columns give the rows that they were made of."""

from collections.abc import Hashable

from hypothesis import given, strategies as st
from pydantic_core import from_json, to_json

from emulator.persistence.columns import columns, dictionary_column, rows_of

VALUES = st.none() | st.integers(-9, 9) | st.sampled_from(["busy", "completed"])


@given(st.lists(st.tuples(VALUES, VALUES), max_size=12))
def test_columns_give_their_rows_back(rows: list[tuple[Hashable, Hashable]]) -> None:
    """Every value is found under its key and name; null means that there is no value."""
    keys = [f"k{number}" for number in range(len(rows))]
    written = columns(
        keys, one=[one for one, _ in rows], other=dictionary_column([other for _, other in rows])
    )

    found = dict(rows_of(from_json(to_json(written))))

    assert found == {
        key: {name: value for name, value in (("one", one), ("other", other)) if value is not None}
        for key, (one, other) in zip(keys, rows, strict=True)
    }
