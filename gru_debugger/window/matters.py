"""The process that tries each unit's silence, while the overview is seen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from gru_debugger.session.session import Session
from gru_debugger.session.whole_run import Losses

if TYPE_CHECKING:
    from gru_debugger.window.child import Child, Outcome


class Matters(QObject):
    """One at a time: what is wanted of another run ends it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._process: Child | None = None
        self._of: Losses | None = None
        session.whole_run.losses_wanted.connect(self._start)

    def _start(self) -> None:
        from gru_debugger import children
        from gru_debugger.formats.job_files import hand_over, hand_over_model
        from gru_debugger.window.child import Child

        run = self._session.whole_run
        losses, survey = run.losses, run.survey
        if losses is None or survey is None or losses is self._of:
            return
        self.stop()
        self._of = losses
        self._process = process = Child(self)
        process.told.connect(partial(self._heard, losses))
        process.ended.connect(partial(self._ended, losses))
        layer, direction = survey.place
        words = [
            hand_over_model(process.folder, survey.trace.model),
            *hand_over(process.folder, survey.trace.run),
            "--layer", str(layer), "--direction", direction,
        ]  # fmt: skip
        module = "gru_debugger.cli.matters"
        process.begin(children.command(module, *words, folder=process.folder, tells=True))

    def _heard(self, losses: Losses, told: dict[str, Any]) -> None:
        if "lost" in told:
            self._session.whole_run.take(losses, told["lost"])

    def _ended(self, losses: Losses, outcome: Outcome) -> None:
        self._process = self._of = None
        found = outcome.answer
        if isinstance(found, list):
            self._session.whole_run.take(losses, found)
        else:
            why = outcome.why or f"status {outcome.status}"
            self._session.whole_run.take(losses, [], f"it could not be tried: {why}")

    def stop(self) -> None:
        """Its answer is no longer wanted."""
        process, self._process, self._of = self._process, None, None
        if process is not None:
            process.drop()
