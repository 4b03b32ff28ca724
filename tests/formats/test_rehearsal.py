"""What a reader in C may do to its process: hang, grow, crash. The program's own goes on."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from gru_debugger import load_model
from gru_debugger.errors import ModelError
from gru_debugger.formats import rehearsal

# "hang" is a Keras weights file in which random bytes were changed: reading the text of one of its
# attributes does not come to an end.
HANG = Path(__file__).parent / "files" / "hang.h5.gz"

READERS = {
    "well": "pass",
    "refusing": "from gru_debugger.errors import ModelError; raise ModelError('no')",
    "circling": "while True: pass",
    "growing": "bytearray(16 << 30)",
    "crashing": "import faulthandler; faulthandler._sigsegv()",
    "failing": "raise RuntimeError('a fault of its own')",
}


@pytest.fixture
def readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, body in READERS.items():
        source = f"def parse(data, path):\n    assert data == b'bytes'\n    {body}\n"
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", ["well", "refusing"])
def test_what_comes_back_is_read(readers: Path, name: str) -> None:
    rehearsal.rehearse(name, b"bytes", Path("a.h5"), "a file")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("circling", "(reading it does not come to an end)"),
        ("growing", "(it needs too much memory)"),
        ("crashing", "cut short or damaged ("),
        ("failing", "(RuntimeError: a fault of its own)"),
    ],
)
def test_what_does_not_come_back_is_told(
    readers: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    if name == "circling":
        monkeypatch.setattr(rehearsal, "SECONDS", 3.0)
    with pytest.raises(ModelError) as told:
        rehearsal.rehearse(name, b"bytes", Path("a.h5"), "a file")
    assert str(told.value).startswith("a.h5: a file that is cut short or damaged (")
    assert words in str(told.value)
    assert "\n" not in str(told.value)


def test_a_damaged_file_that_would_never_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "SECONDS", 4.0)
    file = tmp_path / "hang.h5"
    file.write_bytes(gzip.decompress(HANG.read_bytes()))
    with pytest.raises(ModelError, match="does not come to an end"):
        load_model(file)
