"""Giving and correcting the symbols of a model: a dialog, and what it is made of."""
