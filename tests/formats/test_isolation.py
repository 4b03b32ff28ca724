"""A stranger's file is read in a child process: what it may do there ends there."""

from __future__ import annotations

import gzip
import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from readers import begin_with
from samples import model, save

import gru_debugger
from gru_debugger import load_model
from gru_debugger.errors import ModelError
from gru_debugger.formats import arrays, formats, ledger, open_file, parse
from gru_debugger.formats.child import answers, isolation
from gru_debugger.formats.contents import Contents, Told
from gru_debugger.formats.ledger import HARMLESS, Operation, Tensor, Where
from gru_debugger.source import Grade, Notice

pytestmark = pytest.mark.child

FILES = Path(__file__).parent / "files"

# A format whose reader does what the file's second line says.
READER = """
import sys, time
from pathlib import Path
import numpy as np
from gru_debugger.errors import ModelError
from gru_debugger.formats.contents import Contents, Told
NAME = "Unknown"
def claims(data): return data.startswith(b"hostile\\n")
def beside(data, path): return [file for file in [path.with_name("more")] if file.exists()]
def read(data, path):
    found = {}
    exec(data.decode(), {**globals(), "hostile": None, "path": path, "found": found})
    return found.get("contents", Contents({}))
"""


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file; the child's package of formats has one reader more, which runs what is in it."""
    folder = tmp_path / "formats"
    folder.mkdir()
    (folder / "a_hostile_format.py").write_text(READER)
    add = f"import gru_debugger.formats; gru_debugger.formats.__path__.insert(0, {str(folder)!r})"
    begin_with(add, tmp_path, monkeypatch)
    return tmp_path / "file.bin"


def refusal(path: Path, lines: str) -> str:
    """What is said of a file whose reader runs `lines`."""
    path.write_text(f"hostile\n{lines}\n")
    before = children()
    with pytest.raises(ModelError) as told:
        open_file(path)
    assert children() == before
    words = str(told.value)
    assert words.startswith(str(path))
    assert words.endswith("copy or save it again.")
    assert "\n" not in words
    return words


def children() -> set[str]:
    """Processes that this one started, the dead that were not fetched too."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


# What a reader may do ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("bytearray(1 << 30)", "(it needs too much memory)"),
        ("kept = [bytearray(1 << 20) for _ in range(1000)]", "(it needs too much memory)"),
        ("try: bytearray(1 << 30)\nexcept MemoryError: raise ModelError('cut')", "too much memory"),
        ("import ctypes; ctypes.string_at(0)", "(reading it broke off with SIGSEGV)"),
        ("import os; os.abort()", "(reading it broke off with SIGABRT)"),
        ("import os; os._exit(0)", "(reading it broke off)"),
        ("import os; os._exit(3)", "(reading it broke off)"),
        ("raise RuntimeError('a fault\\nof its own')", "(RuntimeError: a fault of its own)"),
        ("raise SystemExit(0)", "(reading it broke off)"),
        ("def f(): f()\nf()", "(RecursionError"),
        ("open(path, 'ab').write(b'more' * 10000)", "(PermissionError: [Errno 13]"),
        ("(path.parent / 'canary').write_text('x')", "(PermissionError: [Errno 13]"),
        ("import numpy; found['contents'] = Contents({'a': np.broadcast_to(np.float32(0),"
         " (1 << 30,))})", "far larger than the file"),
        ("found['contents'] = Contents({f'{i:0200}': np.zeros(1) for i in range(40000)})",
         "(it names too many tensors)"),
        ("found['contents'] = Contents({}, told={'gru.': Told(reset=object())})", "(TypeError"),
        ("found['contents'] = Contents({}, told={'gru.': Told(reset=3)})", "(reading it broke off"),
    ],
)  # fmt: skip
def test_what_a_reader_does_ends_with_the_child(hostile: Path, lines: str, words: str) -> None:
    refused = refusal(hostile, lines)
    assert words in refused
    assert ": an Unknown file that is cut short or damaged (" in refused
    assert not [f for f in hostile.parent.iterdir() if f.name == "canary" and f.stat().st_size]


@pytest.mark.parametrize(
    "lines", ["while True: pass", "time.sleep(60)", "print('x' * 100, flush=True); time.sleep(60)"]
)
def test_what_does_not_end_is_ended(
    hostile: Path, lines: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolation, "PATIENCE", 1.0)
    start = time.monotonic()
    assert "(reading it does not come to an end)" in refusal(hostile, lines)
    assert time.monotonic() - start < 30


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (signal.SIGKILL, "reading it was ended from outside (SIGKILL), by somebody or by a system "
                         "without memory left; close other programs and open it again."),
        (signal.SIGTERM, "reading it was ended from outside (SIGTERM); see what ends programs "
                         "here and open it again."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("known", [True, False], ids=["later", "at once"])
def test_a_child_that_is_killed_does_not_blame_the_file(
    by: int, words: str, known: bool, hostile: Path
) -> None:
    hostile.write_text("hostile\ntime.sleep(30)")
    before = children()

    def kill(progress: isolation.Progress) -> None:
        if progress.part >= known / 2:
            for child in children() - before:
                os.kill(int(child), by)

    with pytest.raises(ModelError) as told:
        open_file(hostile, kill)
    assert str(told.value) == f"{hostile}: {words}"


def test_a_child_that_stops_talking_was_not_ended_from_outside(hostile: Path) -> None:
    """What ends it then is this program."""
    assert "(reading it broke off)" in refusal(
        hostile, "import os\nfor n in range(3, 9):\n try: os.close(n)\n except OSError: pass\n"
                 "os.close(1); os.close(2); time.sleep(30)"
    )  # fmt: skip


def test_what_a_file_is_called() -> None:
    names = {reader.NAME: isolation.called(reader.NAME) for reader in (*formats(), arrays)}
    assert names["ONNX"] == "an ONNX file"
    assert names["Equinox"] == "an Equinox file"
    assert names["rows of numbers"] == "a file of rows of numbers"
    assert isolation.called("") == "a file"
    others = set(names) - {"ONNX", "Equinox", "rows of numbers"}
    assert all(names[name] == f"a {name} file" for name in others)


def test_the_child_ends_by_itself_where_nobody_ends_it(hostile: Path) -> None:
    """Its own limits of time, should the program be gone."""
    hostile.write_text(
        "hostile\nimport resource, signal; found['contents'] = Contents({}, {"
        "'cpu': str(resource.getrlimit(resource.RLIMIT_CPU)[0]), 'alarm': str(signal.alarm(0)),"
        "'processes': str(resource.getrlimit(resource.RLIMIT_NPROC)[1]),"
        "'core': str(resource.getrlimit(resource.RLIMIT_CORE)[1])})"
    )
    said = open_file(hostile).contents.metadata
    assert (said["processes"], said["core"], said["alarm"]) == ("0", "0", "11")
    assert 10 < int(said["cpu"]) < 14


def test_a_damaged_file_that_would_never_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Keras file whose bytes were changed; in the HDF5 library, in C, reading goes in circles."""
    monkeypatch.setattr(isolation, "PATIENCE", 3.0)
    file = tmp_path / "hang.h5"
    file.write_bytes(gzip.decompress((FILES / "hang.h5.gz").read_bytes()))
    with pytest.raises(ModelError, match=r"a Keras file .* does not come to an end"):
        load_model(file)


def test_error_messages_come_through(hostile: Path) -> None:
    hostile.write_text("hostile\nraise ModelError(f'{path}: words \\x1b[31m “of” its own.')")
    with pytest.raises(ModelError) as told:
        open_file(hostile)
    assert str(told.value) == f"{hostile}: words ·[31m “of” its own."


def test_memory_grows_with_the_file(hostile: Path) -> None:
    """Five times the file, which is what the widest reader needs, and no more for a small one."""
    lines = "size = len(open(path, 'rb').read()); kept = bytearray(int({}))"
    hostile.write_text("hostile\n" + lines.format("4.5 * size") + "\n#" + "x" * (40 << 20))
    open_file(hostile)
    refusal(hostile, lines.format("9 * size") + "\n#" + "x" * (40 << 20))
    refusal(hostile, lines.format("100 << 20"))
    hostile.with_name("more").write_bytes(bytes(40 << 20))  # and with the others that it names
    hostile.write_text("hostile\n" + lines.format("180 << 20"))
    seen: list[int] = []
    open_file(hostile, lambda progress: seen.append(progress.size))
    assert seen[-1] > 40 << 20


# What it answers ---------------------------------------------------------------------------

ONE = Notice("inside", "Relu", "before the GRU", "one")
OPERATION = Operation("Relu", "/relu", "before the GRU", grade="note", count=3)
CONTENTS = Contents(
    {
        "a": np.arange(6, dtype=">f4").reshape(2, 3),
        "turned": np.arange(6.0).reshape(2, 3).T,
        "number": np.float16(3)[...],
        "none": np.zeros((0, 3), bool),
        "steps": np.arange(6)[::-2],
    },
    metadata={"reset": "before", "vocabulary": "é\ud800\n"},
    extras={
        "chars": ["a", "é", "\n"],
        "ix_to_char": {0: "a", 1: "b"},
        "sizes": {"n_hidden": 16, "rate": 1e-3, "none": None, "yes": True},
    },
    dtypes={"a": "bfloat16"},
    notices=(ONE,), operations=(OPERATION,), classes={"": "Net"},
    stored=(Tensor("a", (2,), "int8", "before the GRU", "copy", taken_as=("b", "c")),),
    told={"gru.": Told("before", "embed", None, np.ones((1, 2)), (ONE,), (OPERATION,), None, "no")},
)


def sent(contents: Contents, size: int = 1000) -> bytes:
    answer = answers.Answer("PyTorch", "0" * 64, copy(contents))
    return b"".join(answers.encode(answer, size))


def received(data: bytes, size: int = 1000) -> answers.Answer:
    stream = io.BytesIO(data)
    return answers.decode(answers.read_frame(stream), stream, size, lambda part: None)


def assert_equal(a: Any, b: Any) -> None:
    if isinstance(a, np.ndarray):
        np.testing.assert_array_equal(a, b, strict=True)
    elif isinstance(a, (Contents, Told)):
        assert_equal(vars(a), vars(b))
    elif isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            assert_equal(a[key], b[key])
    else:
        assert a == b
        assert type(a) is type(b)


def test_an_answer_arrives_as_it_was_sent() -> None:
    answer = received(sent(CONTENTS))
    assert (answer.framework, answer.sha256) == ("PyTorch", "0" * 64)
    assert_equal(answer.contents, CONTENTS)


def test_of_endless_warnings_a_few_arrive() -> None:
    grades: list[Grade] = ["beside"] * 400 + ["inside"] * 100
    long = "x" * 5000
    endless = tuple(Notice(grade, long, long, f"{i} {long}") for i, grade in enumerate(grades))
    told = {"gru.": Told(notices=endless, between=long, refusal=long)}
    contents = received(sent(Contents({}, told=told, notices=endless))).contents
    for notices in (contents.notices, contents.told["gru."].notices):
        assert len(notices) == 64
        assert max(len(word) for n in notices for word in (n.what, n.where, n.in_words)) == 1000
        assert notices[-1].in_words == "and 437 more warnings"
        assert {n.grade for n in notices[:-1]} == {"beside"}
        assert notices[-1].grade == "inside"  # the gravest of those that did not arrive
    assert len(contents.told["gru."].between or "") == 1000
    assert len(contents.told["gru."].refusal or "") == 1000


def test_of_endless_entries_those_that_matter_arrive() -> None:
    fine = [Operation("Reshape", f"r{i}", "before the GRU", "shape") for i in range(9000)]
    bad = [Operation("Relu", f"b{i} {'x' * 5000}", "before the GRU") for i in range(3000)]
    told = {"gru.": Told(operations=(*fine, *bad))}
    entries = [Tensor(f"t{i}", (3,), "int8") for i in range(9000)]
    contents = received(sent(Contents({}, told=told, stored=tuple(entries)))).contents
    found = contents.told["gru."].operations
    assert len(found) == 2002
    assert all(o.verdict == "told" and len(o.name) == 200 for o in found[:2000])
    assert [(o.verdict, o.count) for o in found[2000:]] == [("shape", 9000), ("told", 1000)]
    assert contents.stored[-1].name == "7,000 more"


def test_an_endless_name_is_refused() -> None:
    contents = Contents({"x" * 5000: np.zeros(1)})
    with pytest.raises(ValueError, match="the name of a tensor has more than 1,000 characters"):
        sent(contents)


def test_an_array_stands_for_one_tensor() -> None:
    stream = io.BytesIO(sent(Contents({"a": np.zeros(2), "b": np.ones(2)})))
    header = answers.read_frame(stream)
    header["contents"]["tensors"]["pairs"][1][1] = 0
    with pytest.raises(answers.BrokenAnswer, match="an array is there twice"):
        received(answers.frame(header) + stream.read())


def test_of_extras_only_what_is_plain() -> None:
    circle: list[Any] = []
    circle.append(circle)
    bush: list[Any] = ["x"]
    for _ in range(40):
        bush = [bush, bush]
    extras = {
        "chars": ["a", object(), "c"], "object": object(), "circle": circle, "bush": bush,
        "long": list(range(1 << 20)), "text": "x" * (3 << 20), "number": 1 << 100_000,
        "keys": {("a", 1): 2, "b": 3}, "last": "kept",
    }  # fmt: skip
    start = time.process_time()
    found = received(sent(Contents({}, extras=extras))).contents.extras
    assert time.process_time() - start < 2
    assert {"object", "long", "text", "number"} & found.keys() == set()
    assert found["chars"] == ["a", None, "c"]
    assert found["keys"] == {"b": 3}
    assert found["last"] == "kept"


@given(st.data())
def test_a_lie_is_found_out(data: st.DataObject) -> None:
    """Bytes changed, cut, added: an answer of the right types, or `BrokenAnswer`."""
    good = bytearray(sent(CONTENTS))
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(good) - 1), st.integers(0, 255)), max_size=3)
    ):
        good[place] = byte
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(good))))
    check(bytes(good[:cut]) + data.draw(st.binary(max_size=3)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
    | st.sampled_from(["told", "dropout", "unknown", "inside", "<f4", "0" * 64])
    | st.sampled_from([1 << 62, -1, 2**31, 10**4000]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["pairs", "tensors", "reset", "h0"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(value=JSON, place=st.integers(0, 10**6))
def test_any_value_in_any_place(value: Any, place: int) -> None:
    data = sent(CONTENTS)
    header = answers.read_frame(stream := io.BytesIO(data))
    holders: list[tuple[Any, Any]] = []
    queue: list[Any] = [header]
    for item in queue:
        keys = item if isinstance(item, dict) else range(len(item))
        holders += [(item, key) for key in keys]
        queue += [item[key] for key in keys if isinstance(item[key], (dict, list))]
    holder, key = holders[place % len(holders)]
    holder[key] = value
    check(answers.frame(header) + stream.read())


def check(data: bytes) -> None:
    try:
        answer = received(data)
    except answers.BrokenAnswer:
        return
    contents = answer.contents
    assert all(type(a) is np.ndarray and a.dtype.kind in "fiub" for a in contents.tensors.values())
    for words in (contents.metadata, contents.dtypes):
        assert all(type(k) is type(v) is str for k, v in words.items())
    assert all(type(told.reset) is str and type(told.notices) is tuple
               for told in contents.told.values())  # fmt: skip
    assert all(type(key) is str for key in contents.extras)
    assert all(notice.grade in get_args(Grade) for notice in contents.notices)
    known = {"computed", "told", *HARMLESS}
    for entry in (*contents.stored, *contents.operations):
        assert entry.verdict in known
        assert entry.where in get_args(Where)
        assert 0 < entry.count < 1 << 63
    assert all(0 <= size < 1 << 63 for tensor in contents.stored for size in tensor.shape)
    ledger.notices([*contents.stored, *contents.operations], True)
    assert len(answer.sha256) == 64


@pytest.mark.parametrize(
    "arrays",
    [[["<f4", [1 << 40]]], [["<f4", [1 << 20] * 12]], [["|O", [1]]], [["<f4", [-1, -1]]],
     [["<f4", [0, 1 << 61, 1 << 61]]], [["<f4", [True]]], [["<f4", [1.0]]], [["<M8[s]", [1]]],
     [[["<f4"], [1]]], [["<f4"]], 3, [["<f4", 3]], [["<f4", [8 << 20]]] * 2],
)  # fmt: skip
def test_arrays_that_are_none(arrays: Any) -> None:
    packed = {f: {"pairs": []} for f in ("tensors", "metadata", "extras", "dtypes", "told")}
    header = {"framework": "", "sha256": "0" * 64, "contents": packed, "arrays": arrays}
    with pytest.raises(answers.BrokenAnswer):
        received(answers.frame(header))


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff" * 8, (7 << 20).to_bytes(8, "little"), (4).to_bytes(8, "little") + b"null",
     (2).to_bytes(8, "little") + b"\xff\xff", (9).to_bytes(8, "little") + b"{}",
     (1 << 20).to_bytes(8, "little") + b"[" * (1 << 20)],
)  # fmt: skip
def test_frames_that_are_none(data: bytes) -> None:
    with pytest.raises(answers.BrokenAnswer):
        answers.read_frame(io.BytesIO(data))


@pytest.mark.parametrize(
    "bytes_sent",
    ["b'nonsense' * 1000", "bytes(8)", "answers.frame({})", "answers.frame({'read': 'x'})",
     "answers.frame({'contents': 3})", "answers.frame({'error': 3}) * 2",
     "answers.frame({'read': 1e999}) * 1000"],
)  # fmt: skip
def test_a_child_in_another_s_hands(hostile: Path, bytes_sent: str) -> None:
    hostile.write_text(
        "hostile\nimport os\nfrom gru_debugger.formats.child import answers\n"
        f"for n in range(3, 9):\n try: os.write(n, {bytes_sent})\n except OSError: pass\n"
        "os._exit(0)"
    )
    with pytest.raises(ModelError) as told:
        open_file(hostile)
    assert str(told.value).startswith(str(hostile))


def test_how_far_it_says_it_is_can_be_shown(hostile: Path) -> None:
    hostile.write_text(
        "hostile\nimport os, time\nfrom gru_debugger.formats.child import answers\n"
        "for n in range(3, 9):\n try: os.write(n, answers.frame({'read': float('nan')}))\n"
        " except OSError: pass\n"
        "time.sleep(0.5)\nos._exit(0)"
    )
    with pytest.raises(ModelError, match="cut short or damaged"):
        open_file(hostile, lambda progress: round(progress.part * progress.size))


def test_how_large_it_is_can_be_said_once(hostile: Path) -> None:
    """Before a reader has anything to say: it bounds the rest."""
    hostile.write_text(
        "hostile\nimport os, time\nfrom gru_debugger.formats.child import answers\n"
        "for n in range(3, 9):\n"
        " try: os.write(n, answers.frame({'framework': 'x', 'size': 1 << 31}))\n"
        " except OSError: pass\n"
        "time.sleep(0.3)\nos._exit(0)"
    )
    seen: list[int] = []
    with pytest.raises(ModelError, match="an Unknown file that is cut short or damaged"):
        open_file(hostile, lambda progress: seen.append(progress.size))
    assert set(seen) == {hostile.stat().st_size}


# Around it ---------------------------------------------------------------------------------


def test_nothing_is_left_over(tmp_path: Path) -> None:
    """Of fifty openings, several at a time, every other one of a bad file."""
    good, bad = save(model(), tmp_path / "good.safetensors"), tmp_path / "bad.pt"
    bad.write_bytes(b"\x80\x02junk")

    def opened(path: Path) -> int:
        try:
            return load_model(path).hidden_size
        except ModelError:
            return 0

    before = children(), descriptors()
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(opened, [good, bad] * 25)) == [16, 0] * 25
    assert (children(), descriptors()) == before


@pytest.mark.parametrize("kind", [RuntimeError, KeyboardInterrupt])
def test_whoever_watches_can_cancel(hostile: Path, kind: type[BaseException]) -> None:
    hostile.write_text("hostile\nwhile True: pass")
    seen: list[isolation.Progress] = []
    before = children(), descriptors()
    during: set[str] = set()

    def watch(progress: isolation.Progress) -> None:
        seen.append(progress)
        during.update(children())
        if progress.part >= 0.5:
            raise kind

    start = time.monotonic()
    with pytest.raises(kind):
        open_file(hostile, watch)
    assert time.monotonic() - start < isolation.PATIENCE, "not ended by its own limit"
    assert during - before[0], "there was a child"
    assert (children(), descriptors()) == before
    assert (seen[-1].name, seen[-1].size, seen[-1].part) == ("file.bin", 24, 0.5)


def test_the_file_is_only_read(tmp_path: Path) -> None:
    path = save(model(), tmp_path / "good.safetensors")
    path.chmod(0o444)
    os.utime(path, ns=(1, 2))
    before = path.read_bytes(), path.stat()
    load_model(path)
    after = path.stat()
    assert path.read_bytes() == before[0]
    assert (after.st_mtime_ns, after.st_mode, after.st_size) == (
        2,
        before[1].st_mode,
        len(before[0]),
    )
    assert list(tmp_path.iterdir()) == [path]


def run(code: str, folder: Path, *options: str, **given: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-c", code], cwd=folder, text=True, capture_output=True,
        timeout=60, **given,
    )  # fmt: skip


OPEN = "import gru_debugger; m = gru_debugger.load_model('good.safetensors'); "


def test_without_a_guard_from_a_relative_path(tmp_path: Path) -> None:
    save(model(), tmp_path / "good.safetensors")
    done = run(f"print('once'); {OPEN} print(m.hidden_size)", tmp_path)
    assert (done.stdout, done.stderr) == ("once\n16\n", "")


def test_modules_of_the_current_folder_are_not_run(tmp_path: Path) -> None:
    """A stranger's folder may hold more than the model."""
    save(model(), tmp_path / "good.safetensors")
    for name in ("json", "numpy", "safetensors", "hashlib", "sitecustomize", "resource"):
        (tmp_path / f"{name}.py").write_text("open('canary', 'w')")
    done = run(f"{OPEN} print(m.hidden_size)", tmp_path, "-P")
    assert (done.stdout, done.stderr) == ("16\n", "")
    assert not (tmp_path / "canary").exists()


def test_with_another_module_path(tmp_path: Path) -> None:
    """The program is found where the caller found it, and so are its libraries."""
    save(model(), tmp_path / "good.safetensors")
    root = Path(gru_debugger.__file__).parents[1]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    code = f"import sys; sys.path.insert(0, {str(root)!r}); {OPEN} print(gru_debugger.__file__)"
    done = run(code, tmp_path, env=environment)
    assert (done.stdout, done.stderr) == (f"{gru_debugger.__file__}\n", "")


def test_with_the_standard_streams_closed(tmp_path: Path) -> None:
    save(model(), tmp_path / "good.safetensors")
    code = f"import os; [os.close(n) for n in (0, 1, 2)]; {OPEN} open('out', 'w').write('done')"
    assert run(code, tmp_path).returncode == 0
    assert (tmp_path / "out").read_text() == "done"


def test_no_interpreter_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(model(), tmp_path / "good.safetensors")
    for executable in (str(tmp_path / "none"), "/bin/false"):
        monkeypatch.setattr(sys, "executable", executable)
        with pytest.raises(ModelError, match="did not start"):
            load_model(path)


def test_each_format_in_the_child_and_here(tmp_path: Path) -> None:
    """What comes from the child is what the reader found."""
    paths = [save(model(), tmp_path / "a.safetensors"), save(model(), tmp_path / "a.pt"),
             FILES / "dynamo.onnx", FILES / "keras2.h5", tmp_path / "a.npz"]  # fmt: skip
    np.savez_compressed(paths[-1], gru_w_ih=np.ones((6, 3)), gru_w_hh=np.ones((6, 2)))
    for path in paths:
        theirs, ours = open_file(path), parse(path)
        assert theirs.source == ours.source
        assert len(ours.contents.tensors) > 1
        for name, array in ours.contents.tensors.items():
            np.testing.assert_array_equal(theirs.contents.tensors[name], array)
        assert_equal(theirs.contents.told, ours.contents.told)
        assert theirs.contents.metadata == ours.contents.metadata
