"""The table of panes: what each is called, where the window puts it, and what makes it.

No Qt here: the command line names panes without it, and a pane's module is imported when the pane
is made first.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from gru_debugger.charts.theme import Theme
    from gru_debugger.panes.pane import Pane
    from gru_debugger.session.session import Session

Area = Literal["none", "centre", "top", "bottom", "left", "right"]
Start = Literal["open", "closed", "tabbed"]
Pixels = tuple[int, int]  # in a window that is high enough, and in a low one


@dataclass(frozen=True)
class PaneSpec:
    """A row of the table.

    `name` is the export's. `factory` is ``module:callable``; it takes a session and a theme and
    makes a `Pane`, or a QWidget, of which there are no pictures: its `size` is None. `size` is the
    picture's in pixels. `area` is where the window puts it (one of those in the centre is shown),
    with `neighbour` (the name of a pane before it in the table) below or right of that one,
    `stacked`: below it in any area; `start` is how it is at first, `tabbed` being behind its
    neighbour; what is closed shares its place when it is opened. `deep` is how far it reaches into
    the window, `long` what it takes of its area beside its neighbour.
    """

    name: str
    title: str
    factory: str
    size: tuple[int, int] | None
    area: Area = "none"
    neighbour: str = ""
    start: Start = "open"
    deep: Pixels | None = None
    stacked: bool = False
    long: Pixels | None = None

    def make(self, session: Session, theme: Theme) -> Any:
        """A new one: a `Pane`, or a QWidget."""
        module, _, name = self.factory.partition(":")
        return getattr(importlib.import_module(module), name)(session, theme)


def _column(name: str, title: str, size: tuple[int, int], area: Area = "none") -> PaneSpec:
    return PaneSpec(name, title, f"gru_debugger.panes.cell:{name.title()}Pane", size, area)


PANES = (
    PaneSpec("strip", "Text", "gru_debugger.panes.strip:StripPane", (1600, 156), "top",
             deep=(170, 126)),
    _column("cell", "Cell", (1260, 770), "centre"),
    PaneSpec("calculation", "Calculation", "gru_debugger.panes.calculation:CalculationPane",
             (1260, 770), "centre"),
    PaneSpec("overview", "Overview", "gru_debugger.panes.whole_run.pane:WholeRunPane",
             (1260, 770), "centre"),
    _column("reset", "Reset gate", (440, 600)),
    _column("update", "Update gate", (440, 600)),
    _column("candidate", "Candidate", (440, 600)),
    _column("product", "Product with the reset gate", (440, 330)),
    _column("blend", "Blend", (1260, 200)),
    # In a low window: all equations in sight.
    PaneSpec("unit", "Unit", "gru_debugger.panes.unit:UnitPane", (340, 600), "right",
             deep=(340, 310), long=(537, 554)),
    PaneSpec("prediction", "Next character", "gru_debugger.panes.prediction:PredictionPane",
             (340, 200), "right", "unit", long=(200, 183)),
    PaneSpec("ledger", "Row by hand", "gru_debugger.panes.row_by_hand:RowByHandPane",
             (380, 500), "right", "unit", start="closed", deep=(390, 390)),
    PaneSpec("curves", "Curves", "gru_debugger.panes.curves:CurvesPane", (340, 640), "right",
             "unit", start="closed", deep=(340, 310)),
    PaneSpec("memory", "Memory", "gru_debugger.panes.memory:MemoryPane", (640, 640), "left",
             start="closed", deep=(430, 400)),
    PaneSpec("influence", "Influence", "gru_debugger.panes.influence:InfluencePane", (1600, 356),
             "top", "strip", start="closed", deep=(310, 206), stacked=True),
    PaneSpec("gradients", "Influence in words", "gru_debugger.panes.gradients:GradientsPane",
             (340, 320), "right", "unit", start="closed"),
)  # fmt: skip


def pane_specs() -> dict[str, PaneSpec]:
    """All panes by name."""
    return {spec.name: spec for spec in PANES}


def centre_specs() -> list[PaneSpec]:
    """Those that share the window's centre; the first is shown first."""
    return [spec for spec in PANES if spec.area == "centre"]


def make_pane(name: str, session: Session, theme: Theme) -> Pane:
    """A new pane, of those that are pictures."""
    pane: Pane = pane_specs()[name].make(session, theme)
    return pane
