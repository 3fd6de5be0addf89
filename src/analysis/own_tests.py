"""Re-tests of your own, defined in `tests.toml` beside the logbook: sheets may use them, verdicts know their error."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analysis.tables import TESTS

FILE: Final = "tests.toml"
DIRECTIONS: Final = ("higher_better", "lower_better")
NEEDS: Final = ("side", "load_kg", "distance_m", "cap_s", "protocol", "device")
EXAMPLE: Final = """\
# Re-tests of your own. Keep this file as tests.toml beside the logbook, or name it: stridelift import --tests FILE
# A re-test sheet then takes the name in brackets in its column "test"; the metric retest_custom judges the change.
# The numbers are examples: replace them by your own.

[tests.wall_sit]
label = "Wall sit"               # the name on pages
measure = "time_s"               # what the column "measure" of the sheet says; its unit ends the name
direction = "higher_better"      # or "lower_better"
typical_error_percent = 9.0      # how far two sessions lie apart by themselves (the typical error, in %) ...
swc_percent = 10.0               # ... and the smallest change that matters, in %

[tests.sit_and_reach]
label = "Sit and reach"
measure = "reach_cm"             # may be zero or negative: then the error is needed in the unit of the measure
direction = "higher_better"
typical_error = 1.4              # in cm; the change is then told in cm, too
swc = 2.0
trials = 3                       # the error is that of a mean of 3 trials; without this line that of any session

[tests.heel_raise_load]
measure = "load_kg"
direction = "higher_better"
needs = ["side", "protocol"]     # columns that a row of this test cannot leave empty
"""
_LARGEST: Final = 1e9
_SLUG: Final = re.compile(r"[a-z][a-z0-9_]{0,79}")
_UNITS: Final = {
    "m_s": "m/s", "n_m": "N m", "n_kg": "N/kg", "w_kg": "W/kg", "s": "s", "ms": "ms", "m": "m", "cm": "cm",
    "mm": "mm", "km": "km", "kg": "kg", "n": "N", "w": "W", "j": "J", "bpm": "bpm", "deg": "°", "reps": "reps",
}  # fmt: skip
_NUMBERS: Final = ("typical_error", "typical_error_percent", "swc", "swc_percent", "trials")
_KNOWN: Final = ("measure", "direction", *_NUMBERS, "label", "needs")


class OwnTestsProblem(ValueError):
    """A `tests.toml` that cannot be used; the text says where and why."""


@dataclass(frozen=True)
class OwnTest:
    """A test of your own. Its error and its smallest worthwhile change (SWC) are in per cent or in the measure's unit.

    `trials` says of how many trials the error is the mean's; without it the error is that of a session as it is done.

    >>> OwnTest("wall_sit", "time_s", "higher_better", typical_error_percent=9).unit
    's'
    """

    slug: str
    measure: str
    direction: str
    typical_error: float | None = None
    typical_error_percent: float | None = None
    swc: float | None = None
    swc_percent: float | None = None
    trials: float | None = None
    label: str = ""
    needs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if wrong := _wrong(self):
            raise OwnTestsProblem(f"test {self.slug!r}: {'; '.join(wrong)}")

    @property
    def name(self) -> str:
        """The name on pages."""
        return self.label or self.slug.replace("_", " ").capitalize()

    @property
    def unit(self) -> str:
        """The unit that ends the measure's name."""
        return unit_of(self.measure)

    @property
    def lower_is_better(self) -> bool:
        """Whether a smaller score is the better one."""
        return self.direction == "lower_better"


def unit_of(measure: str) -> str:
    """The unit that ends the name of a measure, empty where it is none that is known.

    >>> unit_of("contact_time_s"), unit_of("mean_velocity_m_s"), unit_of("rsi")
    ('s', 'm/s', '')
    """
    return next((unit for end, unit in _UNITS.items() if measure == end or measure.endswith(f"_{end}")), "")


def beside(logbook: str | Path) -> dict[str, OwnTest]:
    """The tests of the `tests.toml` that lies beside a logbook, none where there is no such file."""
    file = Path(logbook).with_name(FILE)
    return load(file) if file.exists() else {}


def load(file: str | Path) -> dict[str, OwnTest]:
    """The tests that a file defines, by name. Raises OwnTestsProblem where it is not exactly as it should be.

    >>> load("no-such-tests.toml")
    Traceback (most recent call last):
    analysis.own_tests.OwnTestsProblem: no-such-tests.toml cannot be read: No such file or directory
    """
    path = Path(file)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise OwnTestsProblem(f"{path.name} cannot be read: {why}") from error
    return parse(text, path.name)


def parse(text: str, file: str = FILE) -> dict[str, OwnTest]:
    """The tests that a TOML text defines, by name.

    >>> list(parse(EXAMPLE))
    ['wall_sit', 'sit_and_reach', 'heel_raise_load']
    """
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise OwnTestsProblem(f"{file} is no TOML: {error}") from error
    tests = content.pop("tests", {})
    if content:
        raise OwnTestsProblem(f"{file} has {_listed(content)} outside of [tests.NAME]")
    if not isinstance(tests, dict) or not all(isinstance(told, dict) for told in tests.values()):
        raise OwnTestsProblem(f"{file}: a test is a section such as [tests.wall_sit]")
    return {slug: _test(slug, told, file) for slug, told in tests.items()}


def _test(slug: str, told: Mapping[str, Any], file: str) -> OwnTest:
    where = f"{file}, [tests.{slug}]"
    if unknown := [key for key in told if key not in _KNOWN]:
        raise OwnTestsProblem(f"{where}: unknown key {_listed(unknown)}; the keys are: {', '.join(_KNOWN)}")
    if missing := [key for key in ("measure", "direction") if key not in told]:
        raise OwnTestsProblem(f"{where}: {_listed(missing)} is missing")
    needs = told.get("needs", [])
    if not isinstance(needs, list):
        raise OwnTestsProblem(f"{where}: needs {needs!r} is no list such as {list(NEEDS[:2])}")
    try:
        return OwnTest(**{**told, "slug": slug, "needs": tuple(needs)})
    except OwnTestsProblem as error:
        raise OwnTestsProblem(f"{file}, {error}") from error


def _wrong(test: OwnTest) -> list[str]:
    """All that is wrong with a definition, in words."""
    wrong = []
    if not _slug(test.slug):
        wrong.append("a name is made of a-z, 0-9 and _ and begins with a letter")
    if test.slug in TESTS:
        wrong.append("is built in and cannot be defined anew")
    if not _slug(test.measure):
        wrong.append(f"measure {test.measure!r} is made of a-z, 0-9 and _, such as time_s")
    if test.direction not in DIRECTIONS:
        wrong.append(f"direction {test.direction!r} is not one of {', '.join(DIRECTIONS)}")
    for key in _NUMBERS:
        value = getattr(test, key)
        if value is not None and not _above_zero(value):
            wrong.append(f"{key} {value!r} is no number above 0")
    wrong += [
        f"{one} and {other} say the same twice: keep one"
        for one, other in (("typical_error", "typical_error_percent"), ("swc", "swc_percent"))
        if getattr(test, one) is not None and getattr(test, other) is not None
    ]
    if not isinstance(test.label, str) or len(test.label) > 80 or test.label != " ".join(test.label.split()):
        wrong.append(f"label {test.label!r} is no line of at most 80 characters")
    if odd := [need for need in test.needs if need not in NEEDS]:
        wrong.append(f"needs {_listed(odd)}: only {', '.join(NEEDS)} can be needed")
    return wrong


def _slug(text: object) -> bool:
    return isinstance(text, str) and _SLUG.fullmatch(text) is not None


def _above_zero(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _LARGEST


def _listed(names: Any) -> str:
    return ", ".join(repr(name) for name in names)
