"""The numbers. numpy only: no screen, no files, no torch."""
