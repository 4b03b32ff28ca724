"""The order in which a view wants the units, found once for each run and layer."""

from __future__ import annotations

from gru_debugger.core.trace import Trace
from gru_debugger.core.unit_order import UnitOrder
from gru_debugger.session.view import View


class UnitOrders:
    """`missing`: what the view asked for last is not recorded yet; until then it is by index."""

    def __init__(self) -> None:
        self.missing = False
        self._found: tuple[object, UnitOrder | None] = (None, None)

    def of(self, trace: Trace, view: View) -> UnitOrder | None:
        """None: by index."""
        if view.order.by == "index":
            self.missing = False
            return None
        place = view.layer, view.direction
        wanted = trace.plain, place, view.order
        if wanted != self._found[0]:
            from gru_debugger.questions.unit_order import units_by

            found = units_by(trace, view.order, place)
            self.missing = found is None
            if found is None:
                return None
            self._found = wanted, found
        return self._found[1]
