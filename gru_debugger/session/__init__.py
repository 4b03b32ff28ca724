"""The window's state, one idea a file; views read it, and only here does it change."""
