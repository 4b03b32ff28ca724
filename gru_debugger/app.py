"""Opening the window: the application object, what is shown first, the event loop."""

from __future__ import annotations

import sys

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from gru_debugger import __version__, main_window
from gru_debugger.charts import ink
from gru_debugger.charts.theme import THEMES
from gru_debugger.core.initial import InitialState
from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.formats import ModelFile
from gru_debugger.formats.vocabulary import Given
from gru_debugger.session import Session
from gru_debugger.window import crash, dialogs, style
from gru_debugger.window.choice import ChoiceDialog
from gru_debugger.window.vocabulary_dialog import ask_vocabulary


def start_text(model: Model) -> tuple[str, int, int]:
    """Text, step and unit for a model that is opened without a text."""
    if model.example is not None:
        return model.example.text, model.example.step, model.example.unit
    sentence = "the cat sat on the mat and the hat sat on the cat."
    if model.covers(sentence):
        return sentence, 1, 0
    symbols = model.require_vocabulary()
    single = [s for s in symbols if len(s) == 1 and s.isprintable()]
    return "".join(single[:40]) or symbols[0], 1, 0


def application() -> QApplication:
    """The process's one application object, named, styled and with its fonts."""
    made = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(made, QApplication)
    made.setApplicationName("gru-debugger")
    made.setOrganizationName("gru-debugger")
    made.setApplicationVersion(__version__)
    made.setDesktopFileName("gru-debugger")
    made.setStyle("Fusion")
    ink.load_fonts()
    return made


def ask_gru(file: ModelFile, given: Given) -> Model | None:
    """The model in a file of several GRUs that is opened from the command line."""
    application().setStyleSheet(style.sheet(THEMES["light"]))
    dialog = ChoiceDialog(None, file.source.name, file.grus(given))
    return file.model(given, dialog.choice) if dialogs.ask(dialog) else None


def run(
    model: Model,
    source: str | Rows | None,
    step: int | None,
    h0: InitialState | None = None,
    unknown: bool = False,
) -> int:
    """Open the window; its exit status. Raises GRUDebuggerError before anything is shown."""
    qt = application()
    if model.vocabulary is None and not isinstance(source, Rows):
        qt.setPalette(style.palette(THEMES["light"]))
        qt.setStyleSheet(style.sheet(THEMES["light"]))
        given = ask_vocabulary(None, model, source or "")
        if given is None:
            model.require_vocabulary()
        else:
            model = given
    shown, at, unit = (source, 1, 0) if source is not None else start_text(model)
    trace = Trace(model, shown, h0, unknown)
    if step is not None and step > trace.steps:
        raise InputError(f"--step {step}: the text has steps 1 to {trace.steps}.")
    session = Session()
    window = main_window.MainWindow(session, QSettings())
    session.open(trace, step or at, unit)
    crash.install(window)
    window.show()
    if source is None and model.example is None:
        window.message.notice("The file brings no text along.", "Type one", window.edit_text)
    return qt.exec()
