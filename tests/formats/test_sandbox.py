"""What a file that took the reading child over could do: nothing, where Linux has what it takes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from readers import begin_with

from gru_debugger import sandbox
from gru_debugger.formats.child import isolation

pytestmark = [
    pytest.mark.child,
    pytest.mark.skipif(sys.platform != "linux", reason="Linux' own"),
]

# In the reader's place: tries each line, and tells in the metadata which went through.
READER = """
import ctypes, json, os, socket, subprocess, threading
from pathlib import Path
from gru_debugger.formats.contents import Contents
NAME = "a test's"

def c(function, *arguments):
    C = ctypes.CDLL(None, use_errno=True)
    if getattr(C, function)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), function)

def connect(family, address):
    with socket.socket(family) as made:
        made.settimeout(1)
        made.connect(address)

def send_by_pipe(victim):
    import fcntl
    read, write = os.pipe()
    fcntl.fcntl(read, fcntl.F_SETOWN, victim)

def read(data, path):
    given = json.loads(data)
    done = {}
    for name, code in given["attempts"].items():
        try:
            exec(code, {**globals(), **given, "path": path, "here": path.parent})
            done[name] = "done"
        except BaseException as fault:
            done[name] = repr(fault)
    return Contents({}, {name: words[:90] for name, words in done.items()})
"""

NETWORK = {
    "tcp": "connect(socket.AF_INET, ('127.0.0.1', port))",
    "udp": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
    "the display": "connect(socket.AF_UNIX, display)",
    "an abstract socket": "connect(socket.AF_UNIX, '\\0' + abstract)",
    "a pair of sockets": "socket.socketpair()",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
}
READING = {
    "the secret beside it": "(here / 'secret').read_text()",
    "another folder": "os.listdir('/etc')",
    "a file of the system": "Path('/etc/passwd').read_text()",
    "its own environment": "Path('/proc/self/environ').read_bytes()",
    "the parent's environment": "Path(f'/proc/{os.getppid()}/environ').read_bytes()",
    "the parent's memory": "open(f'/proc/{os.getppid()}/mem', 'rb')",
}
WRITING = {
    "the file": "open(path, 'ab')",
    "the file, by its flags": "os.open(path, os.O_RDWR)",
    "emptying": "os.truncate(here / 'secret', 0)",
    "emptying by opening": "os.open(here / 'secret', os.O_RDONLY | os.O_TRUNC)",
    "a new file": "(here / 'canary').touch()",
    "an unnamed file": "os.open(here, os.O_TMPFILE | os.O_RDWR)",
    "a folder": "os.mkdir(here / 'canary')",
    "a link": "os.symlink('x', here / 'canary')",
    "a second name": "os.link(here / 'secret', here / 'canary')",
    "another name": "os.rename(here / 'secret', here / 'canary')",
    "deleting": "os.unlink(here / 'secret')",
    "permissions": "os.chmod(here / 'secret', 0o777)",
    "times": "os.utime(here / 'secret', (1, 1))",
    "an attribute": "os.setxattr(here / 'secret', 'user.x', b'1')",
    "the parent's memory": "open(f'/proc/{os.getppid()}/mem', 'r+b')",
}
PROCESSES = {
    "fork": "os.fork() or os._exit(0)",
    "a program": "subprocess.run(['/bin/true'])",
    "a thread": "threading.Thread(target=print).start()",
    "exec": "os.execv('/bin/sh', ['/bin/sh', '-c', ''])",
    "a signal": "os.kill(victim, 0)",
    "a signal with a value": "c('sigqueue', victim, 0, None)",
    "signals by a pipe": "send_by_pipe(victim)",
    "a handle": "os.pidfd_open(victim)",
    "ptrace": "c('ptrace', 0x4206, victim, None, None)",  # SEIZE
    "its memory": "c('process_vm_readv', victim, None, 0, None, 0, 0)",
    "its limits": "c('prlimit', victim, 7, None, ctypes.create_string_buffer(16))",
    "its priority": "os.setpriority(os.PRIO_PROCESS, victim, 5)",
    "a thread's end": "c('tgkill', victim, victim, 0)",
    "its end": "os.kill(victim, 9)",
}
KERNEL = {
    "memory as a file": "os.memfd_create('x')",
    "staying": "c('prctl', 1, 0, 0, 0, 0)",  # when the parent ends
    "privileges": "c('prctl', 4, 1, 0, 0, 0)",
    "another user": "os.setuid(os.getuid())",
    "a terminal": "os.openpty()",
    "changing the folder": "os.chdir('/')",
    "watching": "c('inotify_init')",
    "a namespace": "c('unshare', 0x04000000)",  # UTS: that of users asks for a single thread
}
EVERYTHING = {"network": NETWORK, "reading": READING, "writing": WRITING, "processes": PROCESSES,
              "kernel": KERNEL}  # fmt: skip

WITHOUT_FILTER = "from gru_debugger import sandbox; sandbox._has_filters = lambda: False"
WITHOUT_LANDLOCK = "from gru_debugger import sandbox; sandbox.landlock_version = lambda: 0"


@pytest.fixture
def victim() -> Iterator[int]:
    """Another process of the same user."""
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process.pid
        process.kill()


@pytest.fixture
def given(tmp_path: Path, victim: int) -> Iterator[dict[str, object]]:
    """What there is to reach."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "secret").write_text("mine")
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "hostile_reader.py").write_text(READER)
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as display, \
            socket.socket(socket.AF_UNIX) as abstract:  # fmt: skip
        tcp.bind(("127.0.0.1", 0))
        display.bind(str(tmp_path / "X0"))
        abstract.bind(f"\0{tmp_path}")
        for each in (tcp, display, abstract):
            each.listen()
        yield {"port": tcp.getsockname()[1], "display": str(tmp_path / "X0"),
               "abstract": str(tmp_path), "victim": victim}  # fmt: skip


def attempt(
    kinds: list[str], given: dict[str, object], tmp_path: Path, patch: pytest.MonkeyPatch,
    first: str = "",
) -> dict[str, str]:  # fmt: skip
    begin_with(first, tmp_path / "modules", patch)
    attempts = {f"{kind}: {name}": EVERYTHING[kind][name]
                for kind in kinds for name in EVERYTHING[kind]}  # fmt: skip
    path = tmp_path / "models" / "file.bin"
    path.write_text(json.dumps({**given, "attempts": attempts}))
    before = path.read_bytes()
    answer = isolation.read(path, reader="hostile_reader")
    assert path.read_bytes() == before
    assert set(answer.contents.metadata) == set(attempts)
    return answer.contents.metadata


def done(told: dict[str, str]) -> list[str]:
    return [name for name, words in told.items() if words == "done"]


def unharmed(tmp_path: Path, victim: int) -> None:
    assert sorted(p.name for p in (tmp_path / "models").iterdir()) == ["file.bin", "secret"]
    assert (tmp_path / "models" / "secret").read_text() == "mine"
    os.kill(victim, 0)
    assert Path(f"/proc/{victim}/stat").read_text().split()[2] in "RS", "neither ended nor stopped"


@pytest.mark.skipif(not sandbox.landlock_version(), reason="this kernel has no Landlock")
@pytest.mark.skipif(not sandbox._has_filters(), reason="no seccomp here")
def test_nothing_is_possible(
    given: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, victim: int
) -> None:
    told = attempt([*EVERYTHING], given, tmp_path, monkeypatch)
    assert done(told) == []
    unharmed(tmp_path, victim)


@pytest.mark.skipif(not sandbox._has_filters(), reason="no seccomp here")
def test_without_landlock(
    given: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, victim: int
) -> None:
    """Reading alone is possible, and there is nowhere to bring what was read."""
    told = attempt([*EVERYTHING], given, tmp_path, monkeypatch, WITHOUT_LANDLOCK)
    assert {name.partition(":")[0] for name in done(told)} == {"reading"}
    unharmed(tmp_path, victim)


@pytest.mark.skipif(sandbox.landlock_version() < 6, reason="this kernel has no Landlock, or an old")
def test_without_the_filter(
    given: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, victim: int
) -> None:
    kinds = ["network", "reading", "writing"]
    told = attempt(kinds, given, tmp_path, monkeypatch, WITHOUT_FILTER)
    # Sockets that have a file, or none, and what only a file's owner is asked for.
    beyond = {"network: udp", "network: the display", "network: a pair of sockets",
              "network: netlink", "writing: permissions", "writing: times",
              "writing: an attribute"}  # fmt: skip
    assert set(done(told)) <= beyond
    assert sorted(p.name for p in (tmp_path / "models").iterdir()) == ["file.bin", "secret"]


def test_without_either_all_of_it_would_be_possible(
    given: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the attempts are real ones; all but those that its limits, the same as ever, forbid."""
    monkeypatch.delitem(PROCESSES, "exec")  # there would be no answer
    kinds = ["network", "reading", "processes", "kernel"]
    told = attempt(kinds, given, tmp_path, monkeypatch, f"{WITHOUT_FILTER}; {WITHOUT_LANDLOCK}")
    if os.getuid():
        assert len(done(told)) > 0.6 * len(told), told
    else:
        assert done(told) == [*told], told


def test_it_begins_before_the_file_is_looked_at(
    given: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which format it is says its content too."""
    first = (
        "import socket; from gru_debugger.formats.child import worker; read = worker.read_bytes\n"
        "def checked(*given, **more):\n"
        "    try: socket.socket()\n"
        "    except OSError: return read(*given, **more)\n"
        "worker.read_bytes = checked"
    )
    attempt(["network"], given, tmp_path, monkeypatch, first)


def test_the_child_is_one_thread(
    given: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Landlock binds a thread and those it starts; so there must be no other before."""
    first = (
        "import os; from gru_debugger import sandbox; enclose = sandbox.enclose\n"
        "def checked(readable):\n"
        "    assert len(os.listdir('/proc/self/task')) == 1\n"
        "    enclose(readable)\n"
        "sandbox.enclose = checked"
    )
    attempt(["reading"], given, tmp_path, monkeypatch, first)


def test_other_files_of_the_model_are_readable_and_no_more(
    given: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = tmp_path / "modules" / "hostile_reader.py"
    names = "def beside(data, path): return [path.parent / 'secret']"
    reader.write_text(f"{READER}\n{names}")
    (tmp_path / "models" / "other").write_text("mine")
    monkeypatch.setitem(READING, "another beside it", "(here / 'other').read_text()")
    told = attempt(["reading", "writing"], given, tmp_path, monkeypatch)
    assert done(told) == ["reading: the secret beside it"]


# Its end -----------------------------------------------------------------------------------

READS = """
import sys
from pathlib import Path
from gru_debugger.formats.child import isolation
isolation._WORKER = "worker_of_a_test"
from gru_debugger import children
places = [*children.places(), sys.argv[1]]
children.places = lambda: places
isolation.read(Path(sys.argv[2]))
"""


def test_the_child_ends_with_a_program_that_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    begin_with(f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid()));\n"
               "from gru_debugger.formats.child import worker\n"
               "worker.read = lambda *_: time.sleep(60)", tmp_path, monkeypatch)  # fmt: skip
    file = tmp_path / "file.bin"
    file.write_text("x")
    with subprocess.Popen([sys.executable, "-c", READS, tmp_path, file]) as program:
        number = wait_for_number(told)
        program.kill()
    wait_until_gone(number)


def wait_for_number(file: Path) -> int:
    deadline = time.monotonic() + 20
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < deadline, "no child"
        time.sleep(0.02)
    time.sleep(0.3)  # it has come to where it waits
    return int(file.read_text())


def wait_until_gone(number: int) -> None:
    deadline = time.monotonic() + 5
    while Path(f"/proc/{number}").exists():
        assert time.monotonic() < deadline, "the child goes on"
        time.sleep(0.02)


# Where there is no Landlock ----------------------------------------------------------------


def dumpable() -> int:
    return sandbox._call("prctl", 3, 0, 0, 0, 0)


def test_the_program_is_hidden_only_meanwhile_and_only_without_landlock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for version, within in ((0, 0), (7, 1)):
        monkeypatch.setattr(sandbox, "landlock_version", lambda version=version: version)
        with sandbox.hidden():
            with sandbox.hidden():
                assert dumpable() == within
            assert dumpable() == within, "the outer reading goes on"
        assert dumpable() == 1


def test_a_kernel_with_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing fails; `in_force` says so."""
    monkeypatch.setattr(sandbox, "_call", lambda *_: -1)
    monkeypatch.setattr(sandbox, "landlock_version", lambda: 0)
    sandbox.confine()
    sandbox.enclose(["/"])
    with sandbox.hidden():
        pass
    assert [words[:11] for words in sandbox.in_force()[-2:]] == ["no seccomp ", "no Landlock"]


@pytest.mark.parametrize("machine", ["riscv64", "i686"])
def test_a_processor_that_is_not_known(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_machine", lambda: machine)
    assert "seccomp" not in sandbox.in_force()
