"""Writing all or nothing: a file has its name only once it is whole, and on the disk.

On Linux a file that is being written has no name at all: nothing is left of it, whatever ends the
program. Elsewhere it has a temporary one beside its own. A link is followed; a pipe or a device is
written to as it is.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from gru_debugger.errors import ExistingFileError, OutputError
from gru_debugger.files import reason

_UNKNOWN_TO_IT = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM)


@contextmanager
def writing(path: Path, force: bool = False) -> Iterator[IO[bytes]]:
    """An open file that takes the name `path` when the block ends without an error.

    `force`: in the place of a file that is there. Raises OutputError.
    """
    with _told(path):
        target = _target(path, force)
        if target is None:
            with path.open("wb") as pipe:
                yield pipe
            return
        temporary = _temporary(target.parent)
        try:
            yield temporary.file
            _settle(temporary.file, target)
            temporary.become(target, force)
            _sync_folder(target.parent)
        finally:
            temporary.close()


def write_bytes(path: Path, data: bytes, force: bool = False) -> None:
    with writing(path, force) as file:
        file.write(data)


def check(path: Path, force: bool = False) -> None:
    """Before the work: raises OutputError where `writing` would find now that it can't."""
    with _told(path):
        target = _target(path, force)
        if target is not None:
            _temporary(target.parent).close()


def folder_of(path: Path) -> str | None:
    """Where there is room for `path`: temporary files of its size belong there; None: anywhere."""
    with _told(path):
        target = _target(path, force=True)
    return None if target is None else str(target.parent)


def make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise OutputError(f"{path}: a file of this name is there; name a folder.") from None
    except OSError as fault:
        raise OutputError(f"{path}: {reason(fault, writing=True)}") from None


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # who read it has gone
    except FileExistsError:
        raise ExistingFileError(path) from None
    except OSError as fault:
        raise OutputError(f"{path}: {reason(fault, writing=True)}") from None


def _target(path: Path, force: bool) -> Path | None:
    """The file to be made, at the end of all links; None for a pipe or a device."""
    there = _stat(path)
    if there is not None and stat.S_ISDIR(there.st_mode):
        raise IsADirectoryError(errno.EISDIR, "")
    if there is not None and not stat.S_ISREG(there.st_mode):
        return None
    if there is not None and not force:
        raise FileExistsError(errno.EEXIST, "")
    return Path(os.path.realpath(path))


def _stat(path: Path) -> os.stat_result | None:
    """None where there is nothing, not even at the end of a link."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


# Temporary files ---------------------------------------------------------------------------


class _Unnamed:
    """A file without a name, as Linux has them."""

    def __init__(self, folder: Path) -> None:
        self._handle = os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o666)
        self.file: IO[bytes] = os.fdopen(self._handle, "w+b")
        self._here = f"/proc/self/fd/{self._handle}"
        if not os.path.exists(self._here):
            self.close()
            raise FileNotFoundError(self._here)

    def become(self, target: Path, force: bool) -> None:
        try:
            self._link(target)
        except FileExistsError:
            if not force:
                raise
            name = _free_name(target.parent)
            try:
                self._link(name)
                os.replace(name, target)
            finally:
                name.unlink(missing_ok=True)

    def _link(self, name: Path) -> None:
        # Only where it is given a folder does Python ask for the link in /proc to be followed.
        folder = os.open(name.parent, os.O_PATH)
        try:
            os.link(self._here, name.name, dst_dir_fd=folder, follow_symlinks=True)
        finally:
            os.close(folder)

    def close(self) -> None:
        self.file.close()


class _Named:
    """A file with a name of its own until it takes another's."""

    def __init__(self, folder: Path) -> None:
        self._name = _free_name(folder)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self.file: IO[bytes] = os.fdopen(os.open(self._name, flags, 0o666), "w+b")

    def become(self, target: Path, force: bool) -> None:
        self.file.close()  # Windows renames no open file
        if force:
            os.replace(self._name, target)
        elif os.name == "nt":
            os.rename(self._name, target)  # which refuses there what exists
        else:
            self._link(target)

    def _link(self, target: Path) -> None:
        try:
            os.link(self._name, target)
        except OSError as fault:
            if fault.errno not in _UNKNOWN_TO_IT or os.path.lexists(target):
                raise
            os.replace(self._name, target)  # a file system without links

    def close(self) -> None:
        try:
            self.file.close()
        finally:
            self._name.unlink(missing_ok=True)


def _temporary(folder: Path) -> _Unnamed | _Named:
    if hasattr(os, "O_TMPFILE"):
        with suppress(OSError):  # not on every file system
            return _Unnamed(folder)
    return _Named(folder)


def _free_name(folder: Path) -> Path:
    return folder / f".gru-debugger-{secrets.token_hex(8)}"


def _settle(file: IO[bytes], target: Path) -> None:
    """All on the disk, with owner and permissions of the file that it replaces."""
    file.flush()
    handle, there = file.fileno(), _stat(target)
    if there is not None:
        for name, values in (
            ("fchown", (there.st_uid, there.st_gid)),  # not on Windows
            ("fchmod", (stat.S_IMODE(there.st_mode) & 0o777,)),  # there from Python 3.13
        ):
            with suppress(OSError):
                getattr(os, name, lambda *_: None)(handle, *values)
    try:
        os.fsync(handle)
    except OSError as fault:
        if fault.errno not in _UNKNOWN_TO_IT:
            raise


def _sync_folder(folder: Path) -> None:
    """The name too; best effort, since the file is whole and there."""
    if os.name == "posix":
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
