"""The declaration of a questionnaire (TOML): which question is which item, on which range, in which direction.

instrument = "hooper"                  # hooper and mclean bring their items; any other name needs them below
athlete = "Your name"                  # the question that names the athlete, where there is one
date = "Which day is this about?"      # the question for late answers, where there is one
notes = "Anything else?"
items.desire = { question = "How much do you want to train?", min = 1, max = 7, direction = "higher_better" }
items.sleep_s = { question = "Hours of sleep", factor = 3600 }
items.mood = { question = "Mood", min = 1, max = 5, direction = "higher_better", labels = { "Great" = 5 } }
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from analysis.importers import _mapping
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context
from analysis.importers._wellness import BETTER, NEUTRAL, WORSE, Item

INSTRUMENTS: Final[Mapping[str, Mapping[str, tuple[float, float, str]]]] = {
    "hooper": dict.fromkeys(("sleep_quality", "stress", "fatigue", "soreness"), (1, 7, WORSE)),
    "mclean": dict.fromkeys(("fatigue", "sleep_quality", "soreness", "stress", "mood"), (1, 5, BETTER)),
}
"""Hooper and Mackinnon 1995: 1 is very very good, 7 very very bad. McLean et al. 2010: 5 is the best answer."""
_WHOLE: Final = ("instrument", "athlete", "date", "notes")
_PARTS: Final = {"question": str, "min": (int, float), "max": (int, float), "direction": str, "factor": (int, float), "labels": dict}  # fmt: skip  # noqa: E501
_SLUG: Final = re.compile(r"[a-z0-9_]+")
_EXPECTED: Final = 'lines such as instrument = "hooper" and items.mood = { question = "...", min = 1, max = 5, direction = "higher_better" }'  # fmt: skip  # noqa: E501


@dataclass(frozen=True)
class Question:
    """A declared item; `question` is empty where the instrument's own words find it."""

    item: str
    question: str = ""
    low: float | None = None
    high: float | None = None
    direction: str = NEUTRAL
    factor: float = 1.0
    labels: Mapping[str, float] = field(default_factory=dict)

    def as_item(self, column: str, raw: str, instrument: str) -> Item:
        """The item as the long table takes it."""
        return Item(column, self.item, self.direction, self.factor, self.low, self.high, instrument, raw)


@dataclass(frozen=True)
class Declaration:
    """All that a declaration says, and its text."""

    instrument: str
    athlete: str
    date: str
    notes: str
    questions: tuple[Question, ...]
    text: str

    @property
    def decisions(self) -> dict[str, str]:
        """The declaration in full, so that the stored file can be read again."""
        sha256 = hashlib.sha256(self.text.encode()).hexdigest()
        return {"instrument": self.instrument, "mapping": self.text, "mapping_sha256": sha256}


def of_context(context: Context) -> Declaration | None:
    """The declaration that --mapping names, else the one stored with an earlier import of the same file, else None."""
    if context.mapping is not None:
        return declared(context.mapping.name, _mapping.read_text(context.mapping))
    stored = context.saved.get("mapping_text")
    return declared("of the earlier import", stored) if stored else None


def declared(name: str, text: str) -> Declaration:
    """Read a declaration; everything that is wrong with it is an ImportProblem that names the line to correct.

    >>> declared("a.toml", 'instrument = "hooper"').questions[0].high
    7
    """
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(name, f"cannot be read ({error})") from error
    strange = [key for key in told if key not in (*_WHOLE, "items")]
    words = {key: told.get(key, "") for key in _WHOLE}
    items = told.get("items", {})
    if strange or not isinstance(items, dict) or any(not isinstance(word, str) for word in words.values()):
        raise _wrong(
            name, f"says {', '.join(strange) or 'items, instrument, athlete, date or notes'} in an unknown way"
        )
    instrument = words["instrument"].strip().lower()
    if not instrument:
        raise _wrong(name, "does not name its instrument")
    built_in = INSTRUMENTS.get(instrument, {})
    questions = [_question(name, item, items.get(item, {}), built_in.get(item)) for item in {**built_in, **items}]
    if not questions:
        raise _wrong(name, f"declares no item of {instrument}")
    return Declaration(instrument, words["athlete"], words["date"], words["notes"], tuple(questions), text)


def _question(name: str, item: str, told: object, built_in: tuple[float, float, str] | None) -> Question:
    if not _SLUG.fullmatch(item):
        raise _wrong(name, f"names the item {item!r}, which is not of small letters, digits and _")
    if not isinstance(told, dict) or any(not _is(key, value) for key, value in told.items()):
        raise _wrong(name, f"says items.{item} in an unknown way ({', '.join(_PARTS)} are known)")
    low, high, direction = (told.get(part) for part in ("min", "max", "direction"))
    if built_in and (low, high, direction) == (None, None, None):
        low, high, direction = built_in
    if not built_in and not told.get("question"):
        raise _wrong(name, f"does not say which question items.{item} is")
    if "factor" not in told and None in (low, high, direction):
        raise _wrong(name, f"does not say min, max and direction of items.{item} (or factor, for a measured item)")
    if direction not in (None, BETTER, WORSE, NEUTRAL) or (low is not None and high is not None and low >= high):
        raise _wrong(name, f"says min, max or direction of items.{item} that cannot be")
    labels = {str(label): float(value) for label, value in told.get("labels", {}).items()}
    factor = float(told.get("factor", 1.0))
    return Question(item, told.get("question", ""), low, high, direction or NEUTRAL, factor, labels)


def _is(key: str, value: object) -> bool:
    if key not in _PARTS or isinstance(value, bool) or not isinstance(value, _PARTS[key]):  # type: ignore[arg-type]
        return False
    numbers = value.values() if isinstance(value, dict) else ()
    return all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers)


def _wrong(name: str, how: str) -> ImportProblem:
    return ImportProblem(f"the declaration {name} {how}", _EXPECTED, "correct it and import again")
