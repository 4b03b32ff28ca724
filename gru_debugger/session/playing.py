"""Playing: one step after another, or one computation, so many a second."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.session.moving import Moving

SPEEDS = (1, 2, 5, 10, 20, 50)  # characters a second, or computations


class Playing(Moving):
    """To the end of the text, or until somebody pauses."""

    playing_changed = Signal()  # or the speed

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.speed = 5
        self.by_computations = False
        self._player = QTimer(self)
        self._player.timeout.connect(self._play_on)

    @property
    def playing(self) -> bool:
        return self._player.isActive()

    def toggle_playing(self) -> None:
        if self.playing:
            self.pause()
        elif self._can_play_on():
            self._player.start(1000 // self.speed)
            self.playing_changed.emit()

    def pause(self) -> None:
        if self.playing:
            self._player.stop()
            self.playing_changed.emit()

    def _play_on(self) -> None:
        if self.by_computations:
            self.next_computation()
        else:
            self.step_forward()
        if not self._can_play_on():
            self.pause()

    def _can_play_on(self) -> bool:
        return self.can_compute_forward() if self.by_computations else self.can_step_forward()

    def play_by(self, computations: bool, speed: int) -> None:
        """Each computation is to be seen, or each finished step, so many a second."""
        self.by_computations = computations
        self.set_speed(speed)

    def set_speed(self, a_second: int) -> None:
        self.speed = a_second
        if self.playing:
            self._player.setInterval(1000 // a_second)
        self.playing_changed.emit()

    def change_speed(self, by: int) -> None:
        """To the next faster or slower of `SPEEDS`."""
        at = SPEEDS.index(self.speed) + by
        self.set_speed(SPEEDS[min(max(0, at), len(SPEEDS) - 1)])
