"""Formats of a pane's numbers, a file a step: a module's name is the file's suffix.

Each has ``render(numbers) -> bytes`` of `pane_numbers.Numbers`: the tables that the Numbers dock
has.
"""
