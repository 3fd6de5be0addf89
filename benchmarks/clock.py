"""The clock of the benchmarks: CPU seconds of a call."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def cpu_s(function: Callable[[], Result], runs: int = 3) -> tuple[float, Result]:
    """Least CPU seconds of a call, and what it gave."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        found = function()
        times.append(time.process_time() - start)
    return min(times), found
