"""Thin wrappers on pyqtgraph and QPainter: bars, heat maps, mathematics, colours."""
