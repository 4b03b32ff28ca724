"""Scenes of charts: one file a pane."""
