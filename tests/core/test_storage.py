"""States beyond the budget: in a file without a name, shared by runs with edits, told when full."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections import namedtuple
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import model, text_for

from gru_debugger.core import compiled, engine, storage
from gru_debugger.core.pieces import Pieces
from gru_debugger.core.trace import Trace, trace
from gru_debugger.errors import InputError

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "IN_MEMORY", 0)


close = partial(np.testing.assert_allclose, rtol=0, atol=1e-6)


def mapped_files() -> list[str]:
    lines = Path("/proc/self/maps").read_text().splitlines()
    return [line.split(maxsplit=5)[5] for line in lines if line.endswith("(deleted)")]


# Recording ------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(
    hidden=st.integers(1, 40),
    steps=st.integers(1, 300),
    layers=st.integers(1, 2),
    directions=st.integers(1, 2),
    reset=st.sampled_from(["after", "before"]),
    length=st.integers(1, 100),
    compiled_code=st.booleans(),
    filed=st.booleans(),
)
def test_the_same_states_whichever_engine_whatever_the_stretches_wherever_kept(
    hidden, steps, layers, directions, reset, length, compiled_code, filed
) -> None:  # type: ignore[no-untyped-def]
    network = model(hidden, 8, layers, directions, reset=reset, scale=0.8)
    text = text_for(network, steps)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "library", lambda: None)
        expected = trace(network, text)
    with pytest.MonkeyPatch.context() as patch:
        if not compiled_code:
            patch.setattr(compiled, "library", lambda: None)
        if filed:
            patch.setattr(storage, "IN_MEMORY", 0)
        patch.setattr(engine, "stretch", lambda *_: length)
        found = trace(network, text)
    for place in network.places:
        close(found.states(*place), expected.states(*place))
        close(found.all_states(*place), expected.all_states(*place))


@linux
def test_what_is_large_lies_in_a_file_that_nobody_sees(
    on_disk: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    recorded = trace(model(4), "ab" * 30)
    assert [f for f in mapped_files() if f.startswith(str(tmp_path))]
    assert not list(tmp_path.iterdir())
    kept = recorded.column("h")[3:]
    del recorded
    assert np.isfinite(kept).all(), "an array of it keeps the memory"
    del kept
    gc.collect()
    assert not [f for f in mapped_files() if f.startswith(str(tmp_path))]


@linux
def test_what_is_small_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    recorded = trace(model(4), "ab" * 30)
    assert recorded.complete
    assert not [f for f in mapped_files() if f.startswith(str(tmp_path))]


@linux
def test_killed_it_leaves_nothing(tmp_path: Path) -> None:
    code = """
        from gru_debugger.core import storage
        kept = storage.zeros([1 << 16, 1 << 15], 256)
        kept[0][:] = 1
        print([line for line in open("/proc/self/maps") if "deleted" in line], flush=True)
        input()
    """
    child = subprocess.Popen(
        [sys.executable, "-c", "\n".join(line.strip() for line in code.splitlines())],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert child.stdout is not None
    assert str(tmp_path) in child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert list(tmp_path.iterdir()) == []


# Where ----------------------------------------------------------------------------------------

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The only two for temporary files."""
    found = tmp_path / "first", tmp_path / "second"
    for folder in found:
        folder.mkdir()
    monkeypatch.setattr(storage, "_folders", lambda: list(found))
    return found


def leave(monkeypatch: pytest.MonkeyPatch, **free: int) -> None:
    monkeypatch.setattr(
        storage.shutil, "disk_usage", lambda folder: Usage(0, 0, free[folder.name])
    )


def test_a_full_disk_is_told_before(
    on_disk: None, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(monkeypatch, first=3 << 20, second=800 << 20)
    monkeypatch.setattr(storage.tempfile, "TemporaryFile", lambda **_: pytest.fail("made a file"))
    with pytest.raises(InputError) as refusal:
        Trace(model(256), "ab" * 300_000)
    assert str(refusal.value) == (
        f"recording this needs 0.6 GiB on a disk; {folders[1]} has 0.8 GiB left: make room, name "
        "another folder by TMPDIR, or read less."
    )


def test_a_disk_with_room_is_taken(
    on_disk: None, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(monkeypatch, first=3 << 20, second=800 << 20)
    assert trace(model(16), "ab" * 300).complete


@linux
def test_blocks_that_are_not_given_are_told(folders: tuple[Path, Path]) -> None:
    """A limit on the size of files, as a quota would."""
    code = (
        "import resource; from gru_debugger.core import storage\n"
        "from gru_debugger.errors import InputError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
        "try: storage.zeros([1 << 20], 64)\n"
        "except InputError as fault: print(fault)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=os.environ | {"TMPDIR": str(folders[0])},
    )  # fmt: skip
    assert said.stderr == ""
    assert said.stdout == (
        f"recording this needs 0.2 GiB on a disk; {folders[0]}: the file is larger than is allowed "
        "here; choose another folder.\n"
    )
    assert not list(folders[0].iterdir())


@linux
@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="no tmpfs is here")
def test_a_folder_in_memory_comes_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", "/dev/shm")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert storage._folders()[-1] == Path("/dev/shm")
    assert len(storage._folders()) > 1


@linux
def test_its_blocks_are_taken_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no disk that fills up later ends the program."""
    taken: list[int] = []
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    real = storage.mmap.mmap

    def watched(file: int, size: int) -> object:
        taken.append(os.fstat(file).st_blocks * 512 - size)
        return real(file, size)

    monkeypatch.setattr(storage.mmap, "mmap", watched)
    storage.zeros([300_000], 64)
    assert len(taken) == 1
    assert taken[0] >= 0


# Pieces ---------------------------------------------------------------------------------------


@given(
    lengths=st.lists(st.integers(0, 5), min_size=1, max_size=5).filter(sum),
    bounds=st.tuples(st.integers(0, 25), st.integers(0, 25)).map(sorted),
    own=st.tuples(st.integers(0, 25), st.integers(0, 25)).map(sorted),
)
def test_pieces_are_read_as_one(lengths: list[int], bounds: list[int], own: list[int]) -> None:
    values = np.arange(2 * sum(lengths), dtype=np.float32).reshape(-1, 2)
    pieces = Pieces(np.split(values, np.cumsum(lengths)[:-1]))
    (a, b), (first, end) = ([min(i, len(values)) for i in pair] for pair in (bounds, own))
    np.testing.assert_array_equal(pieces.rows(a, b), values[a:b])
    assert len(pieces) == len(values)
    other = pieces.with_own(first, end, -values[first:end] - 1)
    expected = values.copy()
    expected[first:end] = -values[first:end] - 1
    np.testing.assert_array_equal(other.rows(a, b), expected[a:b])
    np.testing.assert_array_equal([other.row(i) for i in range(a, b)], expected[a:b].tolist() or [])
    if first and first <= lengths[0]:
        assert np.shares_memory(other.rows(0, first), values)


@pytest.mark.parametrize("filed", [False, True])
@pytest.mark.parametrize(("layers", "directions"), [(1, 1), (2, 2)])
def test_a_run_with_edits_shares_what_they_can_not_reach(
    layers: int, directions: int, filed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if filed:
        monkeypatch.setattr(storage, "IN_MEMORY", 0)
    network = model(6, 8, layers, directions)
    plain = trace(network, text_for(network, 200))
    taken: list[int] = []
    real = storage.zeros
    monkeypatch.setattr(
        storage, "zeros", lambda rows, width: taken.append(sum(rows)) or real(rows, width)
    )
    edited = plain.edited(plain.parse_edits("z = 1 at 150"))
    assert sum(taken) == (51 if layers == 1 else 51 + 0 + 51 + 200)
    edited.finish()
    assert np.shares_memory(edited.states(0, "forward", 0, 149), plain.states())
    assert not np.shares_memory(edited.states(0, "forward", 149, 200), plain.states())
    if directions == 2:
        assert np.shares_memory(edited.states(0, "reverse"), plain.states(0, "reverse"))
    again = Trace(network, text_for(network, 200))
    again = again.edited(again.parse_edits("z = 1 at 150")).finish()  # of nothing recorded yet
    for place in network.places:
        close(edited.states(*place), again.states(*place))
        close(edited.all_states(*place), again.all_states(*place))
