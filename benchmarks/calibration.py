"""Do the intervals cover and do the verdicts err as often as they say? `make calibration` (10 minutes at full size).

Every estimator is run on simulated athletes whose truth is known, and held against the acceptance table of the methods
handbook (I2). A rate is printed with its Monte-Carlo standard error. `--share 0.05` runs a twentieth of the athletes;
the tests do the same with a seed and allow three standard errors.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Mapping

from calibration_change import CHANGE
from calibration_fatigue import FATIGUE
from calibration_finish import FINISH
from calibration_load import LOAD
from calibration_monitor import MONITOR
from calibration_retests import RETESTS
from calibration_rows import Row
from calibration_squads import SQUADS
from calibration_strength import STRENGTH
from calibration_transfer import TRANSFER

SCENARIOS: Mapping[str, Callable[[float], Iterable[Row]]] = {
    **CHANGE, **STRENGTH, **RETESTS, **LOAD, **FATIGUE, **MONITOR, **SQUADS, **TRANSFER, **FINISH,
}  # fmt: skip


def main() -> int:
    """Print the table; the exit code is 1 where a requirement is missed by more than three standard errors."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=float, default=1.0, help="share of the full number of simulated athletes")
    parser.add_argument("--only", default="", help="part of the name of the scenarios to run")
    given = parser.parse_args()
    missed = 0
    print(f"{'scenario':22} {'property':62} {'rate':>7} {'MC SE':>6} {'n':>6}  required")
    for name, scenario in SCENARIOS.items():
        if given.only not in name:
            continue
        start = time.perf_counter()
        for row in scenario(given.share):
            missed += not row.acceptable
            print(f"{name:22} {row}")
        print(f"{name:22} {time.perf_counter() - start:.1f} s")
    print(f"{missed} requirements missed beyond chance")
    return int(missed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
