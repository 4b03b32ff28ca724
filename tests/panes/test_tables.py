"""The numbers of a pane as a table: all that it shows, to the last digit, and nothing else."""

from __future__ import annotations

import io

import numpy as np
import pytest
from samples import model, recording, session_of

from gru_debugger.charts.theme import THEMES
from gru_debugger.core.trace import Trace
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.registry import pane_specs
from gru_debugger.panes.table import MOST, Table, stretch
from gru_debugger.session.session import Session

NAMES = tuple(pane_specs())


def pane_of(name: str, session: Session) -> Pane:
    return pane_specs()[name].make(session, THEMES["light"])


def table_of(name: str, title: str, session: Session) -> Table:
    return pane_of(name, session).tables()[title]()


def read(tsv: str, columns: int) -> np.ndarray:
    """The numbers of a table that was copied, by another reader."""
    return np.genfromtxt(
        io.StringIO(tsv), delimiter="\t", skip_header=1, comments=None, dtype=np.float32,
        usecols=range(-columns, 0), ndmin=2,
    )  # fmt: skip


@pytest.fixture
def session(screen: object) -> Session:
    return session_of(recording(model(), 40), 12, 5)


@pytest.mark.parametrize("name", NAMES)
def test_every_pane_has_its_numbers_and_they_come_back_to_the_bit(
    name: str, session: Session
) -> None:
    tables = pane_of(name, session).tables()
    assert tables
    for title, make in tables.items():
        table, tsv = make(), make().tsv()
        assert table.values.shape == (table.rows, len(table.columns)), title
        lines = tsv.splitlines()
        fields = len(table.heads) + len(table.columns)
        assert len(lines) == table.rows + 1
        assert {line.count("\t") + 1 for line in lines} == {fields}
        known = np.broadcast_to(table.known, table.values.shape)
        assert np.array_equal(read(tsv, len(table.columns))[known], table.values[known])


@pytest.mark.parametrize("name", NAMES)
def test_before_the_first_character_and_inside_a_step(name: str, session: Session) -> None:
    pane = pane_of(name, session)
    session.go_to(0)
    for _ in range(8):
        for make in pane.tables().values():
            assert "nan" not in make().tsv()
        session.next_computation()


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("name", NAMES)
def test_what_a_columns_rows_draw_is_in_its_table(name: str, reset: str, screen: object) -> None:
    """Each row computes what it shows: its quantity must be a column."""
    session = session_of(recording(model(reset=reset), 40), 12, 5)  # type: ignore[arg-type]
    pane, step = pane_of(name, session), session.step
    assert step is not None
    if not isinstance(pane, ColumnsPane):
        return
    table = pane.tables()["values"]()
    for row in (row for column in pane.columns() for row in column.rows):
        if quantity := getattr(row, "quantity", ""):
            values = table.values[:, table.columns.index(quantity)]
            assert np.array_equal(values, step.values[quantity])


def test_what_is_not_computed_yet_is_left_empty(session: Session) -> None:
    session.next_computation()
    table = table_of("cell", "values", session)
    first = dict(zip(table.columns, table.tsv().splitlines()[1].split("\t")[1:], strict=True))
    assert first["r"]
    assert first["h_prev"]
    assert first["z"] == first["h"] == ""
    session.go_to(0)
    table = table_of("cell", "values", session)
    first = dict(zip(table.columns, table.tsv().splitlines()[1].split("\t")[1:], strict=True))
    assert {q for q, number in first.items() if number} == {"h"}


def test_matrices_stand_as_they_are_drawn(session: Session) -> None:
    assert session.trace is not None
    cell = session.trace.model.cell()
    table = table_of("update", "W_hz", session)
    assert np.array_equal(table.values, cell.weight_hh[16:32].T)
    assert table.name(3) == ("unit 3",)
    table = table_of("update", "W_iz", session)
    assert table.name(3) == ("character “a”",)
    assert table.name(0) == ("character newline",)
    session.look(contributions=True)
    step = session.step
    assert step is not None
    table = table_of("update", "W_hz times what it meets", session)
    assert np.array_equal(table.values.sum(0), (cell.weight_hh[16:32].T * step.h_prev[:, None]).sum(0))  # fmt: skip  # noqa: E501


def test_the_terms_of_a_unit_add_up_to_its_sum(session: Session) -> None:
    step = session.step
    assert step is not None
    for gate in "rzn":
        table = table_of("unit", f"terms of sum_{gate}", session)
        assert table.values[:, 2].sum() == pytest.approx(step.values[f"sum_{gate}"][5], abs=1e-5)


def test_symbols_by_their_likelihood(session: Session) -> None:
    step = session.step
    assert step is not None
    table = table_of("prediction", "probabilities", session)
    assert np.array_equal(table.values[:, 0], np.sort(step.probabilities)[::-1])
    follows = [table.name(i) for i in range(table.rows) if table.name(i)[2]]
    assert session.trace is not None
    assert [name[1] for name in follows] == [session.trace.character_in_words(13)]


def test_a_long_text_and_large_matrices_are_cut_around_what_is_shown(screen: object) -> None:
    session = session_of(recording(model(hidden=512), 900), 600, 300)
    states = table_of("strip", "states", session)
    assert states.rows * 512 <= MOST
    assert ("600", session.trace.character_in_words(600)) in map(states.name, range(states.rows))  # type: ignore[union-attr]
    assert states.note == "536 to 663 of 0 to 900"
    weights = table_of("cell", "W_hr", session)
    assert weights.note == "236 to 363 of 0 to 511"
    assert weights.name(64) == ("unit 300",)


@pytest.mark.parametrize("around", [0, 5, 99])
def test_a_stretch_stays_inside(around: int) -> None:
    shown = stretch(100, MOST // 10, around)
    assert len(shown) == 10
    assert around in shown
    assert shown.start >= 0
    assert shown.stop <= 100


def test_names_from_a_file_break_no_line(screen: object) -> None:
    m = model(symbols=3)  # newline, tab, space
    session = session_of(Trace(m, "\n\t ").finish(), 2)
    assert table_of("strip", "states", session).tsv().count("\n") == 5
    assert table_of("prediction", "probabilities", session).tsv().count("\n") == 4
    assert table_of("cell", "W_ir", session).tsv().splitlines()[2].startswith("character tab\t")
