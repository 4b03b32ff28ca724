"""CONTRIBUTING's recipes: one file more in a copy of the program, and it is offered everywhere.

What runs is the copy itself, its child processes too.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from samples import model, save

import gru_debugger
from gru_debugger import formats
from gru_debugger.formats import safetensors
from gru_debugger.paths import resource

PACKAGE = Path(gru_debugger.__file__).parent
README = (PACKAGE.parent / "README.md").read_text("utf-8")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The folder that holds the copy."""
    folder = tmp_path / "program"
    shutil.copytree(PACKAGE, folder / "gru_debugger")
    (folder / "resources").symlink_to(resource("."))
    return folder


def run(program: Path, code: str, *words: str, status: int = 0) -> str:
    """What Python code prints that has the copy for its `gru_debugger`."""
    start = f"import sys; sys.path.insert(0, {str(program)!r})\n"
    done = subprocess.run(
        [sys.executable, "-P", "-c", start + code, *words], cwd=program.parent,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    return done.stdout or done.stderr


def call(program: Path, *words: str, status: int = 0) -> str:
    code = "from gru_debugger.cli import main; sys.exit(main(sys.argv[1:]))"
    return run(program, code, *words, status=status)


def in_window(program: Path, code: str) -> str:
    """What code prints that has the `window` on a model and a text."""
    start = (
        "from PySide6.QtCore import QTimer\n"
        "from gru_debugger import app, main_window\n"
        "from gru_debugger.window.start_request import Request\n"
        f"code = {code!r}\n"
        "def drive(window):\n"
        "    try:\n"
        "        exec(code, {'window': window})\n"
        "    finally:\n"
        "        window.close()\n"
        "def shown(window, event):\n"
        "    QTimer.singleShot(0, lambda: drive(window))\n"
        "main_window.MainWindow.showEvent = shown\n"
        "app.run(Request(path='m.safetensors'))\n"
    )
    return run(program, start)


def offered(program: Path, ask: str) -> list[str]:
    """The kinds of file in the dialog that `ask` opens."""
    code = (
        "from PySide6.QtWidgets import QFileDialog\n"
        "QFileDialog.exec = lambda dialog: print(*dialog.nameFilters(), sep=chr(10)) or 0\n"
        f"window.{ask}()\n"
    )
    return in_window(program, code).splitlines()


MODEL_FORMAT = '''
"""A toy: a word, then a safetensors file."""
from gru_debugger.formats import safetensors

NAME = "Toy"
SUFFIXES = (".toy", ".toy2")


def claims(data):
    return data.startswith(b"TOY!")


def read(data, path):
    return safetensors.read(data[4:], path)
'''


def test_a_model_format_is_a_file(program: Path, tmp_path: Path) -> None:
    path = save(model(), tmp_path / "m.safetensors")
    (tmp_path / "m.toy").write_bytes(b"TOY!" + path.read_bytes())
    assert "not a model file" in call(program, "info", "m.toy", status=1)
    (program / "gru_debugger/formats/toy.py").write_text(MODEL_FORMAT)
    assert re.search(r"^framework +Toy$", call(program, "info", "m.toy"), re.M)
    models, everything = offered(program, "files.ask_model")
    assert models.startswith("Models (*.")
    assert " *.toy *.toy2" in models
    assert everything == "All files (*)"


MODEL_WRITER = '''
"""A toy."""
from gru_debugger.formats import safetensors


def write(model, metadata):
    return b"TOY!" + safetensors.dump(model, metadata)
'''


def test_a_written_model_is_a_file(program: Path, tmp_path: Path) -> None:
    save(model(), tmp_path / "m.safetensors")
    call(program, "convert", "m.safetensors", "-o", "out.toy", status=2)
    (program / "gru_debugger/conversion/toy.py").write_text(MODEL_WRITER)
    assert "|OUT.toy" in call(program, "convert", "--help")
    call(program, "convert", "m.safetensors", "-o", "out.toy")
    assert (tmp_path / "out.toy").read_bytes().startswith(b"TOY!")
    assert offered(program, "saver.ask")[-1] == ".toy (*.toy)"
    (program / "gru_debugger/formats/toy.py").write_text(MODEL_FORMAT)
    assert offered(program, "saver.ask")[-1] == "Toy (*.toy)"
    assert "Toy" in call(program, "info", "out.toy")


PICTURE = '''
"""A toy."""


def render(size, scale, title, paint):
    return f"{size.width() * scale} {title}".encode()
'''


def test_a_picture_s_format_is_a_file(program: Path, tmp_path: Path) -> None:
    save(model(), tmp_path / "m.safetensors")
    words = ["export", "m.safetensors", "--text", "abc", "--steps", "2", "-o", "out"]
    call(program, *words, "--format", "toy", status=2)
    (program / "gru_debugger/exports/pictures/toy.py").write_text(PICTURE)
    assert "toy" in call(program, "export", "--help")
    call(program, *words, "--format", "toy", "--scale", "2")
    assert (tmp_path / "out/m-step-0002.toy").read_text("utf-8").startswith("3200 ")
    code = (
        "from PySide6.QtWidgets import QApplication, QWidget\n"
        "from gru_debugger.window.export_dialog import ExportDialog\n"
        "application, parent = QApplication([]), QWidget()\n"
        "dialog = ExportDialog(parent, [('window', 'All')], 1, 3)\n"
        "print([box.text() for box in dialog.formats.values()])\n"
    )
    assert "TOY" in run(program, code)


TABLE = '''
"""A toy."""


def render(numbers):
    return " ".join(title for _, title, _ in numbers.tables()).encode()
'''


def test_a_format_of_numbers_is_a_file(program: Path, tmp_path: Path) -> None:
    save(model(), tmp_path / "m.safetensors")
    (program / "gru_debugger/exports/tables/toy.py").write_text(TABLE)
    words = ["--text", "abcde", "--steps", "2", "--pane", "reset", "--format", "toy", "-o", "out"]
    call(program, "export", "m.safetensors", *words)
    assert (tmp_path / "out/m-step-0002.toy").read_text() == "values W_ir W_hr"


RANGE = '''
"""A toy."""


def check(job):
    pass


def write(film, out):
    for step in film.steps():
        out.write(f"{step} {film.job.model.hidden_size}\\n".encode())
'''


def test_a_format_of_all_steps_is_a_file(program: Path, tmp_path: Path) -> None:
    save(model(), tmp_path / "m.safetensors")
    words = ["export", "m.safetensors", "--text", "abcde", "--steps", "2-4", "-o", "out"]
    (program / "gru_debugger/exports/ranges/toy.py").write_text(RANGE)
    help_ = " ".join(call(program, "export", "--help").split())
    assert re.search(r"for all steps: [a-z, ]*html, toy", help_)
    call(program, *words, "--format", "toy")
    (written,) = (tmp_path / "out").iterdir()
    assert written.name == "m-steps-0002-0004.toy"
    assert written.read_text() == "2 16\n3 16\n4 16\n"


RECORDING = '''
"""A toy."""
BYTES = 9


def write(stretch, out):
    for step, quantities in stretch.steps():
        out.write(f"{step} {len(quantities)}\\n".encode())
'''


def test_a_recording_s_format_is_a_file(program: Path, tmp_path: Path) -> None:
    save(model(), tmp_path / "m.safetensors")
    words = ["trace", "m.safetensors", "--text", "abcde", "--steps", "2-4", "-o", "out.toy"]
    call(program, *words, status=2)
    (program / "gru_debugger/exports/recordings/toy.py").write_text(RECORDING)
    assert "|OUT.toy" in call(program, "trace", "--help")
    call(program, *words)
    assert [line.split()[0] for line in (tmp_path / "out.toy").read_text().splitlines()] == [
        "2", "3", "4"
    ]  # fmt: skip


def add_row(file: Path, before: str, row: str) -> None:
    """As a newcomer types it, above the row that begins so."""
    text = file.read_text("utf-8")
    assert text.count(f"\n    {before}") == 1
    file.write_text(text.replace(f"\n    {before}", f"\n    {row}\n    {before}"), "utf-8")


def test_an_action_is_a_row(program: Path, tmp_path: Path) -> None:
    save(model(), tmp_path / "m.safetensors")
    row = (
        'Action("toy", "A toy…", ("Ctrl+Alt+Y",), "Help", lambda w: print("played"), '
        "needs.NOTHING),"
    )
    add_row(program / "gru_debugger/actions.py", 'Action("about"', row)
    code = (
        "action = window.actions_by_name['toy']\n"
        "action.trigger()\n"
        "print(action.shortcut().toString(), action.toolTip())\n"
        "print(*[a.text() for m in window.menuBar().actions() for a in m.menu().actions()])\n"
        "from gru_debugger.actions import shortcuts_table\n"
        "print(shortcuts_table())\n"
    )
    played, key, menus, table = in_window(program, code).splitlines()
    assert (played, key) == ("played", "Ctrl+Alt+Y A toy  (Ctrl+Alt+Y)")
    assert " A toy… About GRU Debugger" in menus
    assert "('A toy', 'Ctrl+Alt+Y')" in table


COMMAND = '''
"""A toy."""
from gru_debugger import terminal

DESCRIPTION = "Plays."


def add_arguments(parser):
    parser.add_argument("--often", type=int, default=1)


def run(arguments, parser):
    terminal.show(*["played"] * arguments.often)
    return 0
'''


def test_a_command_is_a_file_and_its_name(program: Path) -> None:
    (program / "gru_debugger/cli/toy.py").write_text(COMMAND)
    add_row(program / "gru_debugger/cli/__init__.py", '"info":', '"toy": "play",')
    assert re.search(r"^  toy +play$", call(program, "--help"), re.M)
    assert call(program, "toy", "--often", "2") == "played\nplayed\n"
    assert "Plays." in call(program, "toy", "--help")


def test_an_activation_is_a_row_here_and_one_in_the_check(program: Path, tmp_path: Path) -> None:
    functions = {"gate": "toy", "candidate": "tanh"}
    metadata = {"activations": json.dumps(functions)}
    (tmp_path / "m.safetensors").write_bytes(safetensors.dump(model(), metadata))
    refused = call(program, "info", "m.safetensors", status=1)
    assert "toy" in refused
    row = '"toy": _Function("toy", "a in its half", lambda a, b: (lambda x: x / 2, -9, 9)),'
    add_row(program / "gru_debugger/core/activations.py", '"softsign": _F', row)
    row = '"toy": lambda a: a / 2,'
    add_row(program / "gru_debugger/parity_check.py", '"softsign": f', row)
    assert "toy" in call(program, "info", "m.safetensors")
    code = (
        "from gru_debugger import load_model, parity_check, trace\n"
        "recorded = trace(load_model('m.safetensors'), 'abcabc')\n"
        "from gru_debugger import parity\n"
        "from pathlib import Path\n"
        "Path('job').mkdir()\n"
        "parity.write_job(Path('job'), recorded)\n"
        "print(parity_check.check(parity_check.Job.read(Path('job'))).ok)\n"
    )
    assert run(program, code) == "True\n"


@pytest.mark.parametrize("suffix", formats.suffixes())
def test_readme_names_what_model_files_end_in(suffix: str) -> None:
    table = README.partition("| format | what |")[2].partition("\n\n")[0]
    assert f"`{suffix}`" in table


def insert(program: Path, file: str, before: str, text: str) -> None:
    """Put a row into a table of the copy."""
    replace(program, file, before, text + before)


def replace(program: Path, file: str, old: str, new: str) -> None:
    path = program / "gru_debugger" / file
    source = path.read_text("utf-8")
    assert source.count(old) == 1, old
    path.write_text(source.replace(old, new), "utf-8")


PANE = '''
"""A toy."""
from gru_debugger.panes.pane import Pane


class ToyPane(Pane):
    def words(self):
        return f"Position {self.session.position}."

    def numbers(self):
        return {}
'''


def test_a_pane_is_a_file_and_a_row(program: Path, tmp_path: Path) -> None:
    save(model(), tmp_path / "m.safetensors")
    words = ["export", "m.safetensors", "--text", "abc", "--steps", "2", "-o", "out"]
    call(program, *words, "--pane", "toy", status=2)
    (program / "gru_debugger/panes/toy.py").write_text(PANE)
    row = (
        '    PaneSpec("toy", "Toy", "gru_debugger.panes.toy:ToyPane", (300, 200), "bottom",\n'
        '             start="closed"),\n'
    )
    insert(program, "panes/registry.py", ")  # fmt: skip\n\n\ndef pane_specs", row)
    shown = " ".join(call(program, "export", "--help").split())
    assert re.search(r"--pane NAME one of window, [\w, ]+, toy \(default", shown)
    call(program, *words, "--pane", "toy")
    assert (tmp_path / "out/m-step-0002.png").exists()
    code = (
        "print(window.docks['toy'].isVisible(), window.docks.toggles['toy'].text())\n"
        "window.docks.toggles['toy'].trigger()\n"
        "window.session.go_to(2)\n"
        "print(window.docks['toy'].isVisible(), window.views['toy'].in_words())\n"
    )
    assert in_window(program, code).splitlines() == [
        "False Show the pane: Toy", "True Position 2."
    ]  # fmt: skip


GATES = "\nGATES = ("


def test_a_row_of_one_column_is_a_slot_and_a_row(program: Path, tmp_path: Path) -> None:
    save(model(), tmp_path / "m.safetensors")
    slot = 'Slot("sum of n", fold="sums"), '
    replace(program, "panes/cell.py", GATES, GATES + slot)
    row = 'SignedRow(pane, Slot("sum of n", fold="sums"), "sum_n", operator="="), '
    insert(program, "panes/cell.py", 'CandidateRow(pane, RESULT, "n")', row)
    code = (
        "from gru_debugger.panes.registry import make_pane\n"
        "pane = make_pane('cell', window.session, window.theme)\n"
        "pane.resize(1260, 770)\n"
        "print([row.quantity for row in pane.shown_rows() if row.slot.name == 'sum of n'])\n"
        "print('sum_n' in pane.tables()['values']().columns, pane.rect_of('sum_n', 3) is None)\n"
    )
    assert in_window(program, code).splitlines() == ["['sum_n']", "True False"]
    words = ["export", "m.safetensors", "--text", "abc", "--steps", "2", "-o", "out"]
    call(program, *words, "--pane", "candidate")
    assert (tmp_path / "out/m-step-0002.png").exists()


QUANTITY = (
    '    Quantity("toy", "a toy", "blend", "state", "f_t", "f^{⟨t⟩}",\n'
    '             "h_prev − keep"),\n'
)


def test_a_quantity_with_a_row_is_told_beside_its_equation(program: Path, tmp_path: Path) -> None:
    save(model(), tmp_path / "m.safetensors")
    insert(program, "core/cell.py", '"take": step.take', '"toy": h_prev[..., own] - step.keep, ')
    insert(program, "core/cell.py", '    Quantity("h", "new state"', QUANTITY)
    replace(program, "panes/cell.py", GATES, GATES + 'Slot("toy", fold="sums"), ')
    row = 'SignedRow(pane, Slot("toy", fold="sums"), "toy"), '
    insert(program, "panes/cell.py", 'CandidateRow(pane, RESULT, "n")', row)
    code = (
        "from gru_debugger.panes.registry import make_pane\n"
        "pane = make_pane('cell', window.session, window.theme)\n"
        "pane.resize(1260, 770)\n"
        "print(pane.rect_of('toy', 3) is None)\n"
        "print('toy' in pane.tables()['values']().columns)\n"
    )
    assert in_window(program, code).split() == ["False", "True"]
    words = ["m.safetensors", "--text", "abcab"]
    condition = "max(abs(toy - (1 - z) * h_prev)) < 1e-6"
    found = call(program, "find", *words, "--where", condition)
    assert len(found.splitlines()) >= 5
    call(program, "trace", *words, "-o", "out.csv")
    assert ",toy," in (tmp_path / "out.csv").read_text("utf-8")
