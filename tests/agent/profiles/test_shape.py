"""Scalars and tables told apart by the shape of their OIDs."""

from agent.profiles.shape import shape

MAKER = "1.3.6.1.4.1.99999"


def test_what_ends_in_zero_and_stands_alone_is_a_scalar() -> None:
    scalars = [f"{MAKER}.1.1.1.0", f"{MAKER}.1.1.2.0", f"{MAKER}.1.1.10.0"]

    assert scalars == shape(reversed(scalars)).scalars
    assert {} == shape(scalars).tables


def test_columns_and_indices_that_are_one_do_not_hide_their_table() -> None:
    cells = [f"{MAKER}.1.1.5.1.{column}.{index}" for column in (1, 2, 3) for index in (1, 2)]

    assert {f"{MAKER}.1.1.5.1"} == shape(cells).tables.keys()
    assert {"1", "2", "3"} == shape(cells).tables[f"{MAKER}.1.1.5.1"].keys()


def test_an_index_of_two_parts_that_begins_with_one_belongs_to_the_index() -> None:
    cells = [f"{MAKER}.1.2.1.{column}.1.{index}" for column in range(1, 9) for index in range(1, 5)]

    assert {f"{MAKER}.1.2.1"} == shape(cells).tables.keys()


def test_two_tables_of_one_form_stay_two() -> None:
    cells = [f"{MAKER}.1.{table}.1.{column}.{index}" for table in (3, 4) for column in (2, 3, 4) for index in (1, 2, 3)]

    assert {f"{MAKER}.1.3.1", f"{MAKER}.1.4.1"} == shape(cells).tables.keys()


def test_rows_counted_from_zero_are_rows() -> None:
    cells = [f"{MAKER}.1.7.1.{column}.{index}" for column in (2, 3) for index in (0, 1, 2)]

    assert {f"{MAKER}.1.7.1"} == shape(cells).tables.keys()
    assert [] == shape(cells).scalars


def test_what_fits_nothing_is_still_shown() -> None:
    odd = f"{MAKER}.2.3.4.5"

    assert [odd] == shape([odd]).scalars
