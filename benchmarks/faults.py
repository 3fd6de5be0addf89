"""Kill an importing process a hundred times at seeded moments; print what was acknowledged, lost, and seen half."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from test_faults import kill_while_importing


def main() -> int:
    """Run the kills and print one line; exit code 1 where anything was lost or half."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20260302)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        done, lost, half = kill_while_importing(Path(folder), asked.rounds, asked.seed)
    print(f"{asked.rounds} kills: {done} imports acknowledged, {lost} lost, {half} seen half")
    return 1 if lost or half else 0


if __name__ == "__main__":
    raise SystemExit(main())
