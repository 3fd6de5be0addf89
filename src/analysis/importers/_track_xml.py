"""What the XML of recordings (TCX, GPX) has in common: numbers, instants, samples, and the rows of a file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from analysis.importers import _instants, _recording, _source, _sports, _xml
from analysis.importers import _limits as limits
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._recording import SAMPLES, Recording, feet
from analysis.importers._xml import local_name

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SHOWN: Final = 500


@dataclass(frozen=True)
class Elements:
    """The rows of a file that are elements of its XML."""

    elements: Sequence[Element]

    def raw(self, rows: Iterable[int]) -> list[str]:
        """These elements as text: name, attributes, and the beginning of what is in them."""
        return [self._shown(self.elements[row - 1]) for row in rows]

    def _shown(self, element: Element) -> str:
        told = (local_name(element.tag), *(f"{local_name(k)}={v}" for k, v in element.attrib.items()))
        return " ".join(" ".join((*told, *element.itertext())).split())[:_SHOWN]


@dataclass(frozen=True)
class Document:
    """A recording, the rows of its file, and those that went into others or that are no fact."""

    recording: Recording
    rows: Elements
    attached: tuple[int, ...]
    ignored: Mapping[int, str]
    decisions: Mapping[str, str] = field(default_factory=dict)

    def raw(self, athlete: str, vendor: str, variant: str, context: Context) -> Raw:
        """The tables of the document."""
        tables, sessions = _recording.tables(self.recording, athlete, vendor, context)
        return Raw(
            primary=tuple(name for name in ("sessions", "splits") if name in tables),
            variant=variant,
            records=self.rows,
            tables=tables,
            decisions=dict(self.decisions),
            n_read=len(self.rows.elements),
            refused=refusals(),
            ignored=refusals(self.ignored),
            attached=self.attached,
            notices=(*self.recording.notices, *_instants.notice(sessions)),
        )


def rows_of(name: str, root: Element, kinds: frozenset[str]) -> list[Element]:
    """The elements of these kinds, in the order of the file."""
    found = [one for one in root.iter() if isinstance(one.tag, str) and local_name(one.tag) in kinds]
    if len(found) > limits.rows():
        came = f"{name} has {len(found):,} rows"
        raise ImportProblem(came, f"at most {limits.rows():,}", limits.raise_it("ROWS"))
    return found


def outermost(element: Element, name: str) -> list[Element]:
    """The elements of this name below an element, in document order, but none inside another of them."""
    found: list[Element] = []
    waiting = list(element)[::-1]
    while waiting:
        one = waiting.pop()
        if isinstance(one.tag, str) and local_name(one.tag) == name:
            found.append(one)
        else:
            waiting += list(one)[::-1]
    return found


def texts(element: Element) -> dict[str, str]:
    """The texts in an element by local name, at any depth; the first of a name counts, a blank one does not."""
    found: dict[str, str] = {}
    for one in element.iter():
        if one.text and isinstance(one.tag, str) and not one.text.isspace():
            found.setdefault(local_name(one.tag), one.text.strip())
    return found


def number(text: str | None) -> float | None:
    """A finite number; some apps write the decimal comma of their language.

    >>> number("3,5"), number("NaN"), number(None)
    (3.5, None, None)
    """
    try:
        value = float((text or "").replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def first(told: Mapping[str, str], *names: str) -> float | None:
    """The first of these names that is a number."""
    return next((value for name in names if (value := number(told.get(name))) is not None), None)


def offset(text: str | None) -> timedelta | None:
    """The offset that an instant is written with; `Z` and `+00:00` only say that it is UTC.

    >>> offset("2026-03-01T08:30:00+02:00"), offset("2026-03-01T06:30:00Z")
    (datetime.timedelta(seconds=7200), None)
    """
    clock = (text or "").partition("T")[2]
    at = max(clock.find("+"), clock.find("-"))
    return (_instants.offset(clock[at:]) or None) if at > 0 else None


def samples(no: int, start: datetime | None, points: list[tuple[datetime | None, dict[str, float | None]]], sport: str) -> pl.DataFrame:  # fmt: skip  # noqa: E501
    """The samples of a session; its cadence counts both feet where it is a run, and is left out where it is not."""
    rows = [
        [no, (at - start).total_seconds() if at and start else None, *(values.get(name) for name in list(SAMPLES)[2:])]
        for at, values in points
    ]
    frame = pl.DataFrame(rows, schema=SAMPLES, orient="row")
    times = feet(frame["cadence_spm"]) if _sports.kind(sport) == "run" else None
    return frame.with_columns((pl.col("cadence_spm") * pl.lit(times, pl.Float64)).alias("cadence_spm"))


def joined(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """The samples of all sessions."""
    return pl.concat(frames) if frames else pl.DataFrame(schema=SAMPLES)


def weighted(values: Iterable[tuple[float | None, float | None]]) -> float | None:
    """The mean of values, each with its weight; values and weights that are not there do not count.

    >>> weighted([(150.0, 300.0), (160.0, 100.0), (None, 50.0)])
    152.5
    """
    there = [(value, weight) for value, weight in values if value is not None and weight]
    total = sum(weight for _, weight in there)
    return sum(value * weight for value, weight in there) / total if total else None


def summed(values: Iterable[float | None]) -> float | None:
    """The sum of the values that are there, None where none is."""
    there = [value for value in values if value is not None]
    return sum(there) if there else None


def largest(values: Iterable[float | None]) -> float | None:
    """The largest of the values that are there."""
    return max((value for value in values if value is not None), default=None)


def opened(name: str, data: bytes, kind: str) -> Element:
    """The root of the XML in these bytes, which must be of this kind."""
    root = _xml.root(_source.from_bytes(name, data))
    if local_name(root.tag) != kind:
        came = f"{name} is {local_name(root.tag)}"
        raise ImportProblem(came, f"{kind}, the file of an activity", "export the activity again")
    return root
