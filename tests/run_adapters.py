"""Adapters of the handbook for tests/method_adapters.py: names, units and missing inputs only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from analysis.stats import critical_speed, trimp, zones


def _zone_time(given: dict[str, Any]) -> dict[str, Any]:
    options = {} if given.get("max_gap") is None else {"max_gap_s": given["max_gap"]}
    hr = given.get("speed") is None and given.get("hr") is not None
    values, limit = (given.get("hr"), given.get("hmax")) if hr else (given.get("speed"), given.get("cs"))
    scale = zones.HR_ZONES if hr else zones.SPEED_ZONES
    return asdict(zones.zone_time(given.get("time_s"), values, limit, scale=scale, **options))


def _banister(given: dict[str, Any]) -> dict[str, Any]:
    rest, top, sex = given.get("rest"), given.get("hmax"), given.get("sex")
    return asdict(trimp.banister(given.get("minutes"), given.get("hr"), hr_rest_bpm=rest, hr_max_bpm=top, sex=sex))


ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "C7.zone_time": _zone_time,
    "C8.trimp_banister": _banister,
    "C9.edwards": lambda given: asdict(
        trimp.edwards(given.get("minutes"), given.get("hr"), hr_max_bpm=given.get("hmax"))
    ),
    "C10.critical_speed": lambda given: asdict(critical_speed.critical_speed(given.get("dist"), given.get("time"))),
    "C10.cs_load": lambda given: asdict(
        critical_speed.cs_load(given.get("minutes"), given.get("speed"), given.get("cs"))
    ),
}
