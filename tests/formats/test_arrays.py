"""Rows and initial states from files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import samples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gru_debugger.cli import main
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import trace
from gru_debugger.errors import InputError
from gru_debugger.formats import tables
from gru_debugger.formats.arrays import dump_rows, dump_state, read_initial_state, read_rows

VALUES = np.random.default_rng(5).standard_normal((4, 3)).astype(np.float32)


def write(path: Path, kind: str) -> str:
    if kind == "npy":
        np.save(path / "x.npy", VALUES)
    elif kind == "npz":
        np.savez(path / "x.npz", x=VALUES, other=np.zeros(7), words=np.array(["a"]))
    elif kind == "npz:NAME":
        np.savez(path / "x.npz", x=VALUES, y=VALUES[:2])
        return str(path / "x.npz") + ":x"
    else:
        lines = [",".join(map(repr, map(float, row))) for row in VALUES]
        if kind == "csv with names":
            lines = ["day,a,b,c", *(f"d{i},{line}" for i, line in enumerate(lines))]
        (path / "x.csv").write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig")
        return str(path / "x.csv")
    return str(path / f"x.{kind}")


@pytest.mark.parametrize("kind", ["npy", "npz", "npz:NAME", "csv", "csv with names"])
def test_rows_of_every_kind(kind: str, tmp_path: Path) -> None:
    rows = read_rows(write(tmp_path, kind))
    assert np.array_equal(rows.values, VALUES)
    assert list(rows.labels) == ([f"d{i}" for i in range(4)] if "names" in kind else [])
    assert rows.name == Path(write(tmp_path, kind)).name


def test_rows_by_columns_and_of_whole_numbers(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.asfortranarray(VALUES))
    assert np.array_equal(read_rows(tmp_path / "x.npy").values, VALUES)
    np.save(tmp_path / "i.npy", np.arange(6).reshape(2, 3))
    assert trace(samples.model(symbols=3), read_rows(tmp_path / "i.npy")).step(2).x.tolist() == [
        3,
        4,
        5,
    ]


SPREADSHEETS = {
    "German Excel": "Tag;a;b\r\n1. Mai;1,5;-2\r\n2. Mai;0,25;3\r\n",
    "tabs": "\nTag\ta\tb\n1. Mai\t1.5\t-2\n2. Mai\t0.25\t3\n\n",
    "tabs and commas": "Tag\ta\tb\n1. Mai\t1,5\t-2,0\n2. Mai\t0,25\t3,0\n",
    "quoted": '"Tag","a","b"\n"1. Mai","1.5","-2"\n"2. Mai","0.25","3"\n',
    "spaces": "Tag, a, b\n1. Mai, 1.5, -2\n2. Mai, 0.25, 3",
}


@pytest.mark.parametrize("kind", SPREADSHEETS)
def test_tables_as_spreadsheets_write_them(kind: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(SPREADSHEETS[kind], encoding="utf-8", newline="")
    rows = read_rows(tmp_path / "x.csv")
    assert rows.values.tolist() == [[1.5, -2], [0.25, 3]]
    assert list(rows.labels) == ["1. Mai", "2. Mai"]
    assert list(rows.columns) == ["a", "b"]


def test_tables_without_names(tmp_path: Path) -> None:
    """As numpy.savetxt writes them; one number a line; a data frame's own numbers."""
    np.savetxt(tmp_path / "x.csv", VALUES)
    assert np.array_equal(read_rows(tmp_path / "x.csv").values, VALUES)
    (tmp_path / "x.csv").write_text("1\n2.5\n")
    assert read_rows(tmp_path / "x.csv").values.tolist() == [[1], [2.5]]
    (tmp_path / "x.csv").write_text(",0,1\n0,1.5,-2\n1,0.25,3\n")
    rows = read_rows(tmp_path / "x.csv")
    assert rows.values.tolist() == [[1.5, -2], [0.25, 3]]
    assert (list(rows.labels), list(rows.columns)) == (["0", "1"], ["0", "1"])


@pytest.mark.parametrize("dtype", ["float16", "float64", ">f4", "int8", "uint64", "bool"])
def test_rows_of_every_type(dtype: str, tmp_path: Path) -> None:
    values = (VALUES * 3).astype(dtype)
    np.save(tmp_path / "x.npy", values)
    recorded = trace(samples.model(symbols=3), read_rows(tmp_path / "x.npy"))
    assert np.array_equal(recorded.column("x"), values.astype(np.float32))
    assert recorded.column("x").dtype == np.float32


def test_what_is_dumped_is_read_again(tmp_path: Path) -> None:
    rows = Rows(VALUES, ("a", "b", "c", "é"), "x.csv", ("p", "q", "r"))
    (tmp_path / "x.npz").write_bytes(dump_rows(rows))
    read = read_rows(tmp_path / "x.npz")
    assert np.array_equal(read.values, VALUES)
    assert (list(read.labels), list(read.columns)) == (list(rows.labels), list(rows.columns))
    m = samples.model(hidden=5)
    state = InitialState(np.linspace(-1, 1, 5, dtype=np.float32)[None], "last state of é.pt")
    (tmp_path / "h.npz").write_bytes(dump_state(state))
    found = read_initial_state(tmp_path / "h.npz", m)
    assert np.array_equal(found.states, state.states)
    assert found.origin == state.origin


def test_hostile_tables_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many rows and one long line would be gigabytes as Python's words."""
    monkeypatch.setattr(tables, "_MOST_ROWS", 1000)
    (tmp_path / "x.csv").write_text("a,1\n" * 1000)
    assert len(read_rows(tmp_path / "x.csv").labels) == 1000
    (tmp_path / "x.csv").write_text("a,1\n" * 1001)
    with pytest.raises(InputError, match=r"more than 1,000 rows; give fewer, or as \.npy"):
        read_rows(tmp_path / "x.csv")
    (tmp_path / "x.csv").write_text("1," * 600_000)
    with pytest.raises(InputError, match="line 1 has 1,200,000 characters; give a line a step"):
        read_rows(tmp_path / "x.csv")


BAD = {
    "hole.csv": (b"1,2\n3,\n", "an empty cell in line 2, column 2 is not a number."),
    "missing.npy": (None, "no such file; check the name."),
    "empty.csv": (b"", "the file is empty; copy or save it again."),
    "words.csv": (b"1,2\n3,four\n", "“four” in line 2, column 2 is not a number."),
    "python.csv": (b"1,2\n3,1_0\n", "“1_0” in line 2, column 2 is not a number."),
    "first.csv": (b"1_0,2\n3,4\n", "“1_0” in line 1, column 1 is not a number."),
    "head line.csv": (b"1,1_0\n3,4\n", "“1_0” in line 1, column 2 is not a number."),
    "labels.csv": (b"a;1,5;2\nb;1;2_0,5\n", "“2_0.5” in line 2, column 3 is not a number."),
    "arabic.csv": ("1,2\n3,\u0661\n".encode(), "“\u0661” in line 2, column 2 is not a number."),
    "wide.csv": ("1,２\n3,4\n".encode(), "“２” in line 1, column 2 is not a number."),
    "ragged.csv": (b"1,2\n3\n", "line 2 has 1 numbers, where 2 are expected; give each as many."),
    "head.csv": (b"a,b\n", "there are no rows; give a line a step."),
    "latin.csv": (b"\xff\xfe1", "not a CSV file ("),
    "photo.npy": (b"\x89PNG\r\n\x1a\n", "not a file of numbers; give a numpy .npy or .npz, or"),
    "note.txt": (b"1 2\n3 4\n", "not a file of numbers; give a numpy .npy or .npz, or a table that "
                                "is called .csv."),
    "zip.npz": (b"PK\x03\x04", "not a file of numbers; "),
    "cut.npy": ("cut", "a numpy .npy file that is cut short or damaged (an array is not as large"),
    "objects.npy": ("objects", "“the array” is an array of objects, which may run code"),
    "cut.npz": ("cut npz", "a numpy .npz file that is cut short or damaged ("),
    "two.npz": ("two", "one 2-D array of numbers is expected, a row a step; there are a (2 × 3), "
                       "b (1 × 2); choose one, two.npz:NAME."),
    "none.npz": ("none", "one 2-D array of numbers is expected, a row a step; there are a (3)."),
}  # fmt: skip


def bad(path: Path, what: object) -> None:
    if isinstance(what, bytes):
        path.write_bytes(what)
    elif what in ("cut", "cut npz"):
        (np.savez if path.suffix == ".npz" else np.save)(path, VALUES)
        path.write_bytes(path.read_bytes()[:-9])
    elif what == "objects":
        np.save(path, np.array([[print, 1]], object), allow_pickle=True)
    elif what == "two":
        np.savez(path, a=np.zeros((2, 3)), b=np.zeros((1, 2)))
    elif what == "none":
        np.savez(path, a=np.zeros(3))


@pytest.mark.parametrize("name", BAD)
def test_files_that_are_no_rows(name: str, tmp_path: Path) -> None:
    what, words = BAD[name]
    bad(tmp_path / name, what)
    with pytest.raises(InputError) as told:
        read_rows(tmp_path / name)
    assert str(told.value).startswith(f"{tmp_path / name}: {words}")
    assert "\n" not in str(told.value)


def test_a_huge_number_is_told_as_infinite(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("1,2,1e300\n")
    with pytest.raises(InputError, match=r"^x\.csv: row 1, column 3 is infinite"):
        trace(samples.model(symbols=3), read_rows(tmp_path / "x.csv"))


@pytest.mark.parametrize("directions", [1, 2])
def test_the_last_state_of_a_recording(directions: int, tmp_path: Path) -> None:
    model = samples.model(hidden=5, layers=2, directions=directions)
    samples.save(model, tmp_path / "m.safetensors")
    text, out = samples.text_for(model, 30), tmp_path / "t.npz"
    assert main(["trace", str(tmp_path / "m.safetensors"), f"--text={text}", "-o", str(out)]) == 0
    found = read_initial_state(out, model)
    assert np.array_equal(found.states, trace(model, text).final_states())
    assert found.origin == "last state of t.npz"


def test_a_state_as_an_array(tmp_path: Path) -> None:
    model = samples.model(hidden=5, layers=2)
    states = np.random.default_rng(1).standard_normal((2, 5)).astype(np.float32)
    np.save(tmp_path / "h.npy", states[:, None])
    np.savez(tmp_path / "h.npz", h0=states, other=states[0])
    np.savetxt(tmp_path / "h.csv", states, delimiter=",", fmt="%.9g")
    for name in ("h.npy", "h.npz", "h.npz:h0", "h.csv"):
        recorded = trace(model, "a", read_initial_state(tmp_path / name, model))
        assert np.array_equal(recorded.h0, states), name
        assert recorded.initial.origin == name.partition(":")[0]


def test_a_recording_of_another_model(tmp_path: Path) -> None:
    model = samples.model(hidden=5)
    np.savez(tmp_path / "t.npz", steps=np.arange(3), h_l0=np.zeros((3, 5), np.float32))
    deep = samples.model(hidden=5, layers=2)
    with pytest.raises(
        InputError, match=r"t\.npz: the recording has no h_l1, which this model needs"
    ):
        read_initial_state(tmp_path / "t.npz", deep)
    np.savez(tmp_path / "t.npz", a=np.zeros(5), b=np.zeros(5))
    with pytest.raises(
        InputError, match=r"which array is the initial state\? there are a \(5\), b"
    ):
        read_initial_state(tmp_path / "t.npz", model)


SEEDS = {"x.csv": b"day,a,b\nmon,1,2.5\ntue,-3,4e-1\n", "x.npy": b"", "x.npz": b""}


@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(edits=[(0.75, 4, b"\x00\x00\x14\x7f")])  # 2e38, whose products are infinite
@given(
    edits=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 6), st.binary(max_size=6)),
        max_size=4,
    )
)
def test_an_edited_file_is_read_or_refused(
    name: str, edits: list[tuple[float, int, bytes]], tmp_path: Path
) -> None:
    """A few bytes replaced by others, anywhere: rows or one line, no other exception or warning."""
    path = tmp_path / name
    if name == "x.csv":
        path.write_bytes(SEEDS[name])
    else:
        (np.save if name == "x.npy" else np.savez)(path, VALUES)
    data = bytearray(path.read_bytes())
    for place, gone, new in edits:
        at = int(place * len(data))
        data[at : at + gone] = new
    path.write_bytes(data or b"\n")
    told = ""
    try:
        rows = read_rows(path)
        trace(samples.model(symbols=rows.values.shape[1]), rows)
    except InputError as fault:
        told = str(fault)
    assert "\n" not in told
