"""``python -m gru_debugger``."""

import sys

if __name__ == "__main__":
    # `-m` has put the current folder first, where a file called torch.py may lie beside a model.
    # Until here nothing but what is built in is imported.
    if not sys.flags.safe_path:
        del sys.path[0]
    from gru_debugger.cli import main

    raise SystemExit(main())
