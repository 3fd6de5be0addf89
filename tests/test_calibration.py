"""The acceptance table of the handbook (I2) on a twentieth of the athletes, seeded: `make calibration` in short."""

from __future__ import annotations

import pytest
from calibration import SCENARIOS
from calibration_rows import Row, share

PART = 0.05


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_meets_what_the_handbook_requires(name: str) -> None:
    rows = list(SCENARIOS[name](PART))
    assert rows
    assert not [str(row) for row in rows if not row.acceptable]


def test_a_missed_requirement_is_seen() -> None:
    assert not Row("coverage", 0.85, 500, least=0.92).acceptable
    assert not share("false verdicts", [True] * 20 + [False] * 80, most=0.055).acceptable
    assert Row("coverage", 0.915, 500, least=0.92).acceptable  # within three standard errors
    assert "MISSED" in str(Row("coverage", 0.85, 500, least=0.92))
    assert "by chance" in str(Row("coverage", 0.915, 500, least=0.92))
