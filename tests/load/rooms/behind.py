"""Runs a server whose packages lie outside: python -m tests.load.rooms.behind DIRECTORY MODULE …

The directory comes last on the path: what the site has itself is what the site runs on.
"""

from __future__ import annotations

import runpy
import sys


def main() -> None:
    """The module as if it had been started by its name."""
    directory, module, *arguments = sys.argv[1:]
    sys.path.append(directory)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
