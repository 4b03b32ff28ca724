"""The start page: what it shows and does, imported when it is shown first."""
