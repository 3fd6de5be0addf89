"""What an adapter of a peer's case gives back, and when it agrees."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Compared:
    """One output of a peer beside ours: numbers (or arrays of them) within `rel * |expected| + abs_`, text exactly."""

    what: str
    expected: Any
    found: Any
    rel: float = 0.0
    abs_: float = 0.0

    def difference(self) -> str | None:
        """Where the two differ by more than is fair, in words; None where they agree."""
        if isinstance(self.expected, str | bool) or self.expected is None:
            return None if self.expected == self.found else f"{self.what}: peer {self.expected!r}, ours {self.found!r}"
        want, got = (np.asarray(_numbers(v), dtype=float) for v in (self.expected, self.found))
        if want.shape != got.shape:
            return f"{self.what}: peer gives {want.shape} numbers, ours {got.shape}"
        agree = (np.isnan(want) & np.isnan(got)) | (np.abs(got - want) <= self.rel * np.abs(want) + self.abs_)
        if bool(agree.all()):
            return None
        worst = int(np.argmin(agree))
        return f"{self.what}[{worst}]: peer {want.flat[worst]!r}, ours {got.flat[worst]!r}"


Adapter = Callable[[Mapping[str, Any]], list[Compared]]


def _numbers(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_numbers(v) for v in value]
    if value is None or value in ("NA", "NaN"):
        return math.nan
    return math.inf if value == "Inf" else value
