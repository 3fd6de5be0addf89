"""The cell grammar of sheets of one's own: what `5x175`, `2x8@95, 2x6@115`, `5/5/-/0`, `10ea` or `BW+10` say.

Which number comes first is never guessed: `5x175` is read only by a declared grammar. A cell that the grammar cannot
read is a CellProblem, which refuses the row with the cell quoted.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Final

ROLES: Final = ("sets", "reps", "load")
EXAMPLES: Final = (
    '"sets x reps @ load", "reps x load", "load x reps", "sets x reps", "load x reps x sets" or "reps/reps/..."'
)
SLASHED: Final = "reps/reps"
_MOST_SETS: Final = 100
_LONGEST: Final = 300
_NUMBER: Final = r"\d+(?:[.,]\d+)*"
_TIMES: Final = re.compile(r"(?<=[\w)%\"'])\s*[x×✕*]\s*(?=\d|bw\b|body|amrap|max)", re.IGNORECASE)
_SIDE: Final = re.compile(
    r"\s*(?:ea\b\.?|each(?: side| leg| arm)?|(?:/|per|pro|je)\s*(?:side|leg|arm|seite|bein))$", re.IGNORECASE
)
_HAND: Final = re.compile(r"\s*(?:ea\b\.?|each|(?:/|per)\s*(?:hand|db|dumbbell|side))$", re.IGNORECASE)
_RPE: Final = re.compile(r"\s*@?\s*rpe\s*(\d+(?:[.,]\d+)?)$", re.IGNORECASE)
_TIME: Final = re.compile(
    rf"({_NUMBER})\s*(s|secs?|seconds?|sek|secondi|秒|''|\"|′′|mins?|minutes?|minuti|分|'|′)\.?", re.IGNORECASE
)
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})")
_COUNT: Final = re.compile(
    rf"({_NUMBER})\s*(reps?|rip|ripetizioni|wdh|wiederholungen|répétitions|回|往復)?", re.IGNORECASE
)
_SHUTTLE: Final = "往復"
_OPEN: Final = re.compile(r"(.+?)\s*[+~〜]$")
_RANGE: Final = re.compile(rf"({_NUMBER})\s*([a-z]*)\s*[-–~〜]\s*({_NUMBER})\s*([a-z]*)", re.IGNORECASE)
_LOAD: Final = re.compile(rf"\+?\s*({_NUMBER})\s*(kgs?|lbs?)?\.?", re.IGNORECASE)
_BODY: Final = re.compile(rf"(?:bw|body ?weight|自重)(?:\s*([+-])\s*({_NUMBER})\s*(kgs?|lbs?)?\.?)?", re.IGNORECASE)
_NO_LOAD: Final = re.compile(
    rf"(?:bw|body ?weight|自重)\s*{_NUMBER}\s*%|{_NUMBER}\s*%\s*(?:bw|body ?weight)"
    rf"|\d+\s*rm|{_NUMBER}\s*%(?:\s*(?:of\s*)?1?rm)?|(?:[\w ]+ )?(?:mini ?)?bands?|バンド|チューブ",
    re.IGNORECASE,
)
_SECONDS: Final = {"s": 1, "′′": 1, '"': 1, "''": 1, "秒": 1, "m": 60, "分": 60}


class CellProblem(ValueError):
    """A cell that the declared grammar cannot read; its text says why."""


@dataclass(frozen=True)
class Rules:
    """What the mapping file declares about its cells.

    `ranges` (low, high) and `opens` (low) say which number of `8-10` and `20+` was done; without them such a cell is a
    plan, not a log. `fractions` says whether 0.9 is of_1rm or a load; `prime` whether `20'` is min or s.
    """

    grammar: str | None = None
    decimal: str = "."
    thousands: str | None = None
    either_decimal: bool = False
    ranges: str | None = None
    opens: str | None = None
    fractions: str | None = None
    prime: str | None = None


@dataclass(frozen=True)
class Load:
    """A load as written: its number (null where it is body weight, a band, a share of something), unit and text."""

    value: str | None = None
    unit: str | None = None
    raw: str | None = None
    assisted: bool = False
    per_implement: bool = False


@dataclass(frozen=True)
class Piece:
    """One set of a cell."""

    reps: str | None = None
    duration_s: str | None = None
    per_side: bool = False
    load: Load = field(default_factory=Load)
    rpe: str | None = None
    note: str | None = None


def number(text: str, rules: Rules) -> str:
    """The number as `62.5`, by the declared marks. Raises CellProblem where they do not fit.

    >>> number("1.062,5", Rules(decimal=",", thousands=".")), number("62.5", Rules())
    ('1062.5', '62.5')
    """
    bare = text.strip().removeprefix("'").replace("\u00a0", " ")
    mark, group = re.escape(rules.decimal), rules.thousands
    if group and re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(group)}\d{{3}})+(?:{mark}\d+)?", bare):
        if rules.either_decimal and group == "." and bare.count(".") == 1 and rules.decimal not in bare:
            raise CellProblem("a number cell of the workbook, or a number with a thousands mark")
        return bare.replace(group, "").replace(rules.decimal, ".").removeprefix("+")
    if re.fullmatch(rf"[+-]?\d+(?:{mark}\d*)?|[+-]?{mark}\d+", bare):
        return bare.replace(rules.decimal, ".").removeprefix("+")
    if rules.either_decimal and re.fullmatch(r"[+-]?\d+\.\d+(?:e[+-]?\d+)?", bare):  # a number cell of a workbook
        return bare
    if re.search(r"\d[.,]\d", bare):
        raise CellProblem("its decimal mark is not the declared one ([defaults] decimal, thousands)")
    raise CellProblem("it is not a number")


def grammar_of(text: str) -> str | None:
    """The grammar in one spelling, `sets x reps @ load`; None where it is none.

    >>> grammar_of("Sets × Reps @ Load"), grammar_of("reps/reps/…"), grammar_of("reps x sets x reps")
    ('sets x reps @ load', 'reps/reps', None)
    """
    bare = re.sub(r"[\s.…]+", " ", _plain(text).casefold()).strip()
    if re.fullmatch(r"reps ?(?:/ ?reps ?)+/?", bare):
        return SLASHED
    bare = re.sub(r"\s*[x×*]\s*", " x ", re.sub(r"\s*@\s*", " @ ", bare))
    roles = re.split(r" x | @ ", bare)
    known = all(role in ROLES for role in roles) and len(set(roles)) == len(roles) > 1 and "reps" in roles
    return bare if known and re.fullmatch(r"[^@]*(?:@ load)?", bare) else None


def cell(text: str, rules: Rules) -> list[Piece]:
    """The sets of a cell by the declared grammar; empty where every entry is `-` (skipped).

    >>> [(p.reps, p.load.value) for p in cell("2x8@95, 1x6@115", Rules("sets x reps @ load"))]
    [('8', '95'), ('8', '95'), ('6', '115')]
    """
    if rules.grammar is None:
        raise CellProblem("no grammar is declared ([cell] grammar)")
    if rules.grammar == SLASHED:
        return _slashed(_plain(text), rules)
    return [piece for item in _items(_plain(text), rules) for piece in _item(item, rules)]


def reps(text: str, rules: Rules) -> list[Piece]:
    """The sets of a cell that holds repetitions or a time: one, or three in `10sec*3`.

    >>> reps("10ea", Rules()), [p.duration_s for p in reps("10sec*3", Rules())]
    ([Piece(reps='10', duration_s=None, per_side=True, ...)], ['10', '10', '10'])
    """
    bare = _plain(text)
    repeated = re.fullmatch(r"(.*[^\d\s].*?)\s*[*×x]\s*(\d{1,3})", bare)
    if repeated and _TIME.fullmatch(repeated[1]):
        return [_element(repeated[1], rules)] * _set_count(repeated[2])
    return [_element(bare, rules)]


def load(text: str, rules: Rules) -> Load:
    """The load of a cell.

    >>> load("BW+10", Rules()).value, load("90%", Rules()).value, load("62.5kg", Rules()).unit
    ('10', None, 'kg')
    """
    bare, raw = _plain(text), text.strip()
    if not bare:
        return Load()
    body = _BODY.fullmatch(bare)
    if body:
        value = number(body[2], rules) if body[2] else None
        return Load(value, body[3], raw, assisted=body[1] == "-")
    if _NO_LOAD.fullmatch(bare):
        return Load(raw=raw)
    hand = _HAND.search(bare)
    bare = _HAND.sub("", bare)
    bare = _decided(bare, rules)
    found = _LOAD.fullmatch(bare)
    if not found:
        raise CellProblem("it is no load")
    value = number(found[1], rules)
    if found[2] is None and 0 < float(value) < 1:
        if rules.fractions is None:
            raise CellProblem('a number below 1: say [cell] fractions = "of_1rm" or "load"')
        if rules.fractions == "of_1rm":
            return Load(raw=raw)
    return Load(value, found[2], raw, per_implement=bool(hand))


def _plain(text: str) -> str:
    if len(text) > _LONGEST:
        raise CellProblem(f"it has {len(text)} characters, at most {_LONGEST} can be read")
    return re.sub(r"[ \t\u00a0]+", " ", unicodedata.normalize("NFKC", text)).strip()


def _items(text: str, rules: Rules) -> list[str]:
    by_space = rules.decimal == "," or rules.thousands == ","
    items = re.split(r";|\n|,(?=\s)|,$" if by_space else r"[;,\n]", text)
    return [item.strip() for item in items if item.strip()]


def _item(item: str, rules: Rules) -> list[Piece]:
    if item in ("-", "–"):
        return []
    rated = _RPE.search(item)
    item = _RPE.sub("", item)
    left, at, right = item.partition("@")
    before, _, _ = (rules.grammar or "").partition(" @ ")
    roles, told = before.split(" x "), _TIMES.split(left.strip())
    if len(told) == len(roles) - 1 and "sets" in roles and (at or roles[-1] == "sets"):
        roles.remove("sets")
    if len(told) != len(roles) or (at and "@" not in (rules.grammar or "")):
        raise CellProblem(f"{item!r} does not follow the grammar {rules.grammar!r}")
    part = dict(zip(roles, told, strict=True))
    weight = load(part.get("load", right), rules)
    n = _set_count(part["sets"]) if "sets" in part else None
    pieces = [_element(one.strip(), rules) for one in part["reps"].split("/")] if _is_list(part["reps"]) else None
    if pieces is None:
        pieces = [_element(part["reps"], rules)] * (n or 1)
    elif n is not None and len(pieces) != n:
        raise CellProblem(f"{item!r} has {len(pieces)} repetitions for {n} sets")
    rpe = number(rated[1].replace(",", "."), Rules()) if rated else None
    return [replace(piece, load=weight, rpe=rpe) for piece in pieces]


def _is_list(text: str) -> bool:
    return bool(re.fullmatch(r"\d+(?:\s*/\s*\d+)+", text))


def _slashed(text: str, rules: Rules) -> list[Piece]:
    left, _, right = text.partition("@")
    weight = load(right, rules)
    entries = [entry.strip() for entry in left.split("/")]
    return [replace(_element(entry, rules), load=weight) for entry in entries if entry not in ("-", "–")]


def _set_count(text: str) -> int:
    if not text.strip().isdecimal() or not 1 <= int(text) <= _MOST_SETS:
        raise CellProblem(f"{text.strip()!r} is no number of sets")
    return int(text)


def _element(text: str, rules: Rules) -> Piece:
    side = bool(_SIDE.search(text))
    bare = _decided(_SIDE.sub("", text).strip(), rules)
    clock = _CLOCK.fullmatch(bare)
    if clock:
        return Piece(duration_s=str(60 * int(clock[1]) + int(clock[2])), per_side=side)
    timed = _TIME.fullmatch(bare)
    if timed:
        return Piece(duration_s=_seconds(timed[1], timed[2], rules), per_side=side)
    counted = _COUNT.fullmatch(bare)
    if not counted:
        if _TIMES.search(bare):
            raise CellProblem("no grammar is declared that says which number is which ([cell] grammar)")
        raise CellProblem(f"{text!r} is no number of repetitions and no time")
    note = text if counted[2] == _SHUTTLE else None
    return Piece(reps=number(counted[1], rules), per_side=side, note=note)


def _seconds(text: str, unit: str, rules: Rules) -> str:
    value = number(text, rules)
    if unit in ("'", "′"):
        if rules.prime is None:
            raise CellProblem('minutes or seconds: say [cell] prime = "min" or "s"')
        unit = rules.prime
    factor = _SECONDS.get(unit) or _SECONDS[unit[0].casefold()]
    return value if factor == 1 else f"{float(value) * factor:g}"


def _decided(text: str, rules: Rules) -> str:
    """A range or an open number as the declared one of its ends; anything else as it is."""
    ends = _RANGE.fullmatch(text)
    if ends:
        if rules.ranges is None:
            raise CellProblem('a range is a plan, not what was done: say [cell] ranges = "low" or "high"')
        return (ends[1] if rules.ranges == "low" else ends[3]) + (ends[4] or ends[2])
    opened = _OPEN.fullmatch(text)
    if opened:
        if rules.opens is None:
            raise CellProblem('an open number is a plan, not what was done: say [cell] opens = "low"')
        return opened[1]
    return text
