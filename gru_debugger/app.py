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
from gru_debugger.window import crash, dialogs, rows, style
from gru_debugger.window.choice import ChoiceDialog
from gru_debugger.window.vocabulary_dialog import ask_vocabulary


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


def _completed(model: Model, source: str | Rows | None) -> tuple[Model, str | Rows | None]:
    """With the rows or the vocabulary that a model without one needs, asked for."""
    if model.vocabulary is not None or isinstance(source, Rows):
        return model, source
    if source is not None and model.source.no_text:
        model.require_vocabulary()  # says why no text can be read
    qt = application()
    qt.setPalette(style.palette(THEMES["light"]))
    qt.setStyleSheet(style.sheet(THEMES["light"]))
    answer = rows.ask_input(None, model) if source is None and model.input == "features" else ""
    if answer is None or answer == "rows":
        return model, rows.ask_rows(model, answer is not None)
    given = ask_vocabulary(None, model, source or "")
    if given is None:
        model.require_vocabulary()
    return given or model, source


def run(
    model: Model,
    source: str | Rows | None,
    step: int | None,
    h0: InitialState | None = None,
    unknown: bool = False,
) -> int:
    """Open the window; its exit status. Raises GRUDebuggerError before anything is shown."""
    qt = application()
    model, source = _completed(model, source)
    shown, at, unit = (source, 1, 0) if source is not None else rows.start_text(model)
    trace = Trace(model, shown, h0, unknown)
    if step is not None and step > trace.steps:
        has = "text has" if isinstance(shown, str) else "rows are"
        raise InputError(f"--step {step}: the {has} steps 1 to {trace.steps}.")
    session = Session()
    window = main_window.MainWindow(session, QSettings())
    session.open(trace, step or at, unit)
    crash.install(window)
    window.show()
    if source is None and model.example is None:
        window.message.notice("The file brings no text along.", "Type one", window.edit_text)
    return qt.exec()
