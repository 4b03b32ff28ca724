"""``python -m gru_debugger``."""

from gru_debugger.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
