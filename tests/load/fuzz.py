"""The long form of the fuzzed frames: python -m tests.load.fuzz [frames], a million where nothing is said."""

from __future__ import annotations

import os
import sys

import pytest

TEST = "tests/chat/test_bad_input.py::test_fuzzed_frames_get_a_typed_answer_each_and_write_nothing"


def main(arguments: list[str]) -> int:
    """Runs the one test with so many frames; its exit code."""
    os.environ["FUZZED_FRAMES"] = arguments[0] if arguments else "1000000"
    return pytest.main(["-q", TEST])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
