"""Writing all or nothing: what is in the folder before, during and after."""

from __future__ import annotations

import ast
import os
import stat
import sys
import threading
from pathlib import Path
from typing import IO

import pytest

from gru_debugger import output
from gru_debugger.errors import ExistingFileError, OutputError

PACKAGE = Path(output.__file__).parent
posix = pytest.mark.skipif(os.name != "posix", reason="links and pipes of Unix")


@pytest.fixture(params=["unnamed", "named"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to have a temporary file, whatever this system has."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    elif not hasattr(os, "O_TMPFILE"):
        pytest.skip("this system has no files without a name")
    return str(request.param)


def test_it_comes_whole(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "out.bin"
    with output.writing(path) as file:
        file.write(b"one, ")
        assert len(list(tmp_path.iterdir())) == (kind == "named")
        file.write(b"two")
    assert path.read_bytes() == b"one, two"
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_permissions_are_as_for_any_new_file(kind: str, tmp_path: Path) -> None:
    output.write_bytes(tmp_path / "out.bin", b"1")
    (tmp_path / "plain").touch()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_what_is_there_stays_without_force(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "out.bin"
    with (
        pytest.raises(ExistingFileError, match="is there already; add --force"),
        output.writing(path) as file,
    ):
        file.write(path.write_bytes(b"another's, meanwhile").to_bytes())
    assert path.read_bytes() == b"another's, meanwhile"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ExistingFileError), output.writing(path):
        raise AssertionError("told before the work")
    with pytest.raises(ExistingFileError):
        output.check(path)


@posix
def test_force_replaces_it_and_keeps_its_permissions(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "out.bin"
    path.write_bytes(b"old")
    path.chmod(0o640)
    with output.writing(path, force=True) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("fault", [OSError(28, ""), KeyboardInterrupt(), ValueError()])
def test_a_fault_leaves_nothing(kind: str, fault: BaseException, tmp_path: Path) -> None:
    expected = OutputError if isinstance(fault, OSError) else type(fault)

    def fail(file: IO[bytes]) -> None:
        file.write(b"half")
        raise fault

    with pytest.raises(expected), output.writing(tmp_path / "out.bin", force=True) as file:
        fail(file)
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_what_it_leads_to_is_written(
    kind: str, there: bool, tmp_path: Path
) -> None:
    (tmp_path / "far").mkdir()
    link, target = tmp_path / "out.bin", tmp_path / "far" / "target.bin"
    link.symlink_to(target)
    if there:
        target.write_bytes(b"old")
        with pytest.raises(ExistingFileError):
            output.write_bytes(link, b"new")
    output.write_bytes(link, b"new", force=there)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert len(list(tmp_path.rglob("*"))) == 3


@posix
def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    output.check(pipe)
    output.write_bytes(pipe, b"through")
    reader.join(10)
    assert got == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux' own")
def test_a_device_is_written_to() -> None:
    with pytest.raises(OutputError, match="/dev/full: the disk is full"):
        output.write_bytes(Path("/dev/full"), b"1")
    output.write_bytes(Path("/dev/null"), b"1")


def test_told_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="the folder does not exist"):
        output.check(tmp_path / "none" / "out.bin")
    with pytest.raises(OutputError, match="this is a folder; name a file"):
        output.check(tmp_path, force=True)
    output.check(tmp_path / "out.bin")
    assert list(tmp_path.iterdir()) == []


@posix
def test_it_is_on_the_disk_before_it_has_its_name(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced = tmp_path / "out.bin", []
    original = os.fsync

    def fsync(handle: int) -> None:
        synced.append((stat.S_ISDIR(os.fstat(handle).st_mode), path.exists()))
        original(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    output.write_bytes(path, b"1")
    assert synced == [(False, False), (True, True)], "the file, its name, then the folder"


@pytest.mark.parametrize("lacking", [("fchown", "fchmod"), ("fchown",)])
def test_windows_before_and_after_python_3_13(
    lacking: tuple[str, ...], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in lacking:
        monkeypatch.delattr(os, name, raising=False)
    for _ in range(2):
        output.write_bytes(tmp_path / "out.bin", b"1", force=True)


# Files of the process's own: in folders that nobody else looks into, a pipe, a stream, a log,
# a draft, which typing must not wait for.
_PRIVATE = {
    "parity.py", "formats/child/worker.py", "formats/job_files.py", "terminal.py",
    "window/crash_log.py", "window/kept_file.py", "window/exporting.py", "pattern_look.py",
}  # fmt: skip


def test_nothing_else_writes_files() -> None:
    """Every file for the user goes through `output`."""
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and _writes(node)
    }
    assert found - {"output.py"} == _PRIVATE


def _writes(call: ast.Call) -> bool:
    """``open(…, "w")`` and its like; but not `output.write_bytes`, nor an archive's entry."""
    if isinstance(call.func, ast.Name):
        name, of = call.func.id, ""
    else:
        name, of = getattr(call.func, "attr", ""), ast.unparse(getattr(call.func, "value", call))
    modes = [str(a.value) for a in call.args if isinstance(a, ast.Constant)]
    if name in ("open", "fdopen") and of != "archive":
        return any(len(mode) <= 3 and set(mode) & set("wax+") for mode in modes)
    return bool(of) and name in ("write_bytes", "write_text", "mkstemp", "NamedTemporaryFile")
