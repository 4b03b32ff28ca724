"""What lets pyqtgraph's items live in a scene of pixels, without a ViewBox."""

from __future__ import annotations


class InPixels:
    """Mixed in before a pyqtgraph item: it never looks for a view, for none rescales it.

    Without it every new height walks the scene for a ViewBox that isn't there.
    """

    def parentChanged(self) -> None:
        pass

    def viewTransformChanged(self) -> None:
        pass

    def informViewBoundsChanged(self) -> None:
        pass
