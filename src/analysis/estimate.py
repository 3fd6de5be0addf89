"""One result type for every question: a number with interval, n, method and source - or a refusal with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from html import escape
from textwrap import wrap
from typing import Any, Final

import polars as pl

from analysis._reasons import in_words
from analysis.frames import PROBABILITY, html_table, number, pandas_door

SHOWN_PARTS: Final = 12  # the rest of a long table is folded away
SUBTITLE: Final = 100  # letters of a line below a chart's title: no wider than the chart
SYMBOL: Final = 3  # letters that the symbol of a unit has at most
SHORT_NOTE: Final = 60  # characters of a part's only note that fit into its line of the table

VERDICT_WORDS: Final[dict[str, str]] = {
    "improved_substantially": "better, and by more than the smallest change that matters",
    "declined_substantially": "worse, and by more than the smallest change that matters",
    "improved_trivially": "better, but too little to matter",
    "declined_trivially": "worse, but too little to matter",
    "improved": "better; how much is not clear",
    "declined": "worse; how much is not clear",
    "improved_unconfirmed": "improved (not confirmed across tests)",
    "stable": "any change is smaller than what matters",
    "unclear": "unclear: this test, done this often, cannot tell",
}


@dataclass(frozen=True)
class Estimate:
    """A number with its context; refused ones have no `value` and a `reason` code.

    `low` and `high` are the interval at `level` (a share, 0.95); `level` None marks bounds that are not a probability
    interval. `parts` holds the Estimates of a fit with several results, `points` the data behind the chart.

    >>> print(Estimate("e1RM", value=106.7, low=96.2, high=118.2, unit="kg", n=1, who="Ada"))
    Ada: e1RM 106.7 kg (95 % 96.2 to 118.2; n = 1)
    >>> print(Estimate("e1RM trend", status="refused", reason="TREND_TOO_SHORT", n=3))
    e1RM trend: not estimable: fewer than 6 rated sessions or less than 4 weeks (n = 3)
    """

    what: str
    who: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = 0.95
    unit: str = ""
    n: int = 0
    method: str = ""
    version: str = "1"
    params: tuple[tuple[str, Any], ...] = ()
    status: str = "ok"
    reason: str | None = None
    notes: tuple[str, ...] = ()
    parts: tuple[Estimate, ...] = ()
    points: pl.DataFrame | None = field(default=None, compare=False, repr=False)
    draw: Callable[[Any], Any] | None = field(default=None, compare=False, repr=False)

    @property
    def ok(self) -> bool:
        """Whether there is a number at all."""
        return self.value is not None

    def __str__(self) -> str:
        who = f"{self.who}: " if self.who else ""
        return f"{who}{self.sentence()}"

    def sentence(self) -> str:
        """The result in words, without the name."""
        if not self.ok:
            return f"{self.what}: {self.refusal()} (n = {self.n})"
        return f"{self.what} {self._amount()} ({self._doubt()}n = {self.n}){self._weakness()}"

    def _amount(self) -> str:
        # "Hard sets 183", not "Hard sets 183 sets"
        said = self.unit == PROBABILITY or self.what.lower().endswith(f" {self.unit}")
        shown = number(self.value, self.unit)
        return f"{shown} {'' if said else _unit(shown, self.unit)}".strip()

    def refusal(self) -> str:
        """Why there is no number, in words."""
        if self.status in ("lower_bound_only", "ceiling") and self.low is not None:
            return f"at least {number(self.low, self.unit)} {self.unit}; {in_words(self.reason)}"
        return f"not estimable: {in_words(self.reason)}"

    def _doubt(self) -> str:
        if self.low is None and self.high is None:
            return ""
        low, high = number(self.low, self.unit), number(self.high, self.unit)
        return f"{100 * self.level:g} % {low} to {high}; " if self.level else f"between {low} and {high}; "

    def _weakness(self) -> str:
        return "" if self.status == "ok" or self.reason is None else f" - caution: {in_words(self.reason)}"

    def part(self, what: str) -> Estimate:
        """The part called `what`. Raises KeyError naming the parts there are."""
        for part in self.parts:
            if part.what == what:
                return part
        raise KeyError(f"{self.what} has no part {what!r}; it has {[p.what for p in self.parts]}")

    def row(self) -> dict[str, Any]:
        """One line of a table: every field that is a plain value."""
        plain = ("what", "who", "value", "low", "high", "level", "unit", "n", "method", "version", "status", "reason")
        return {name: getattr(self, name) for name in plain} | {"notes": "; ".join(self.notes)}

    def chart(self) -> Any:
        """The picture (an Altair chart) with the sentence as its description, None where there is nothing to draw."""
        if self.draw is None or self.points is None or self.points.is_empty():
            return None
        drawn, words = self.draw(self), str(self).removesuffix(self._weakness())  # a caution is as long as a paragraph
        title = {"text": self.what, "subtitle": wrap(words, SUBTITLE)}
        return None if drawn is None else drawn.properties(title=title, description=str(self))

    def html(self) -> str:
        """The sentence, its notes and a table of the parts, escaped; the data behind the chart folded away."""
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        why = f' data-reason="{escape(self.reason)}"' if self.status == "refused" and self.reason else ""
        text = f'<p class="estimate {escape(self.status)}"{why}>{escape(self.sentence())}</p>'
        text += f'<ul class="notes">{notes}</ul>' if notes else ""
        if self.parts:
            text += html_table(_readable(self.parts[:SHOWN_PARTS]), _table_id(self, "parts"), _LABELS)
        if len(self.parts) > SHOWN_PARTS:
            rest = html_table(_readable(self.parts[SHOWN_PARTS:]), _table_id(self, "rest"), _LABELS)
            text += f"<details><summary>{len(self.parts) - SHOWN_PARTS} more</summary>{rest}</details>"
        if self.points is not None and self.points.height:
            data = html_table(self.points, _table_id(self, "points"))
            text += f"<details><summary>Data of the chart</summary>{data}</details>"
        if self.method:
            text += f'<p class="method">{escape(self.method)}</p>'
        return text

    def _ipython_display_(self) -> None:
        # JupyterLab draws one format of an output only: sentence and chart go out as two, the page joins them again
        from IPython import display  # only where a notebook asks: the command line does not need it

        words = self._repr_mimebundle_()
        drawn = {kind: words.pop(kind) for kind in list(words) if not kind.startswith("text/")}
        publish: Any = display.publish_display_data
        publish(words)
        if drawn:
            publish(drawn | {"text/plain": f"<chart: {self.what}>"})

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        chart = self.chart()
        drawn: dict[str, Any] = dict(_bundle(chart)) if chart is not None else {}
        return drawn | {"text/plain": str(self), "text/html": self.html()}


@dataclass(frozen=True)
class Verdict(Estimate):
    """An Estimate of change (%, better is positive) held against the smallest worthwhile change (SWC) and the error.

    `word` is one of VERDICT_WORDS (methods D16, D17), or "" when refused. `swc_pct` and `te_pct` say what it was held
    against; `shrunk_pct` is the best single guess for planning, not used for the verdict; `sessions_needed` is the
    number of test sessions on each side that would settle a change of `planned_pct` with 80 % power. Where a test of
    one's own is judged in its unit, the change is in that unit and what it was held against stands in `params`.

    >>> print(Verdict("20 m sprint", value=2.9, low=-0.3, high=6.3, unit="%", n=2, word="improved", p_better=0.963))
    20 m sprint +2.9 % (95 % -0.3 to 6.3; n = 2): better; how much is not clear
    """

    word: str = ""
    p_better: float | None = None
    p_above_swc: float | None = None
    p_below_minus_swc: float | None = None
    swc_pct: float | None = None
    te_pct: float | None = None
    shrunk_pct: float | None = None
    sessions_needed: float | None = None

    def sentence(self) -> str:
        """The change in words, with its verdict."""
        text = super().sentence()
        return f"{text}: {VERDICT_WORDS[self.word]}" if self.ok and self.word else text

    def _amount(self) -> str:
        sign = "+" if (self.value or 0) > 0 else ""
        return f"{sign}{super()._amount()}"

    def row(self) -> dict[str, Any]:
        """One line of a table, the verdict's own fields included."""
        own = [f.name for f in fields(Verdict) if f.name not in {g.name for g in fields(Estimate)}]
        return super().row() | {name: getattr(self, name) for name in own}


@pandas_door
def each(metric: Any, frame: pl.DataFrame, by: str = "athlete", **options: Any) -> tuple[Estimate, ...]:
    """The same metric for every group of `frame`, sorted by name; a refused athlete stays in, with the reason.

    `metric` is a metric module or its `estimate` function; a module's `estimate_many` does the same in less time where
    there is one. Raises ValueError when `by` is not a column.

    >>> frame = pl.DataFrame({"athlete": ["B", "A"], "x": [1.0, 2.0]})
    >>> [str(e) for e in each(lambda f, who: Estimate("sum", who, f["x"].sum(), n=f.height), frame)]
    ['A: sum 2 (n = 1)', 'B: sum 1 (n = 1)']
    """
    if by not in frame.columns:
        raise ValueError(f"each: no column {by!r}; the frame has {frame.columns}")
    if many := getattr(metric, "estimate_many", None):
        return tuple(many(frame, by=by, **options))
    function = getattr(metric, "estimate", metric)
    groups = frame.sort(by, maintain_order=True).group_by(by, maintain_order=True)
    return tuple(function(group, who=str(key), **options) for (key,), group in groups)


def to_frame(estimates: Iterable[Estimate], *, parts: bool = False) -> pl.DataFrame:
    """One row per Estimate, refusals included; with `parts`, the parts' rows instead of the whole's.

    >>> to_frame([Estimate("sum", "A", 2.0), Estimate("sum", "B", status="refused", reason="NO_DATA")]).height
    2
    """
    chosen = [p for e in estimates for p in (e.parts if parts and e.parts else (e,))]
    return pl.DataFrame([e.row() for e in chosen], infer_schema_length=None)


def refuse(what: str, reason: str, **known: Any) -> Estimate:
    """An Estimate without a number, with its reason code.

    >>> refuse("e1RM", "NO_VALID_SET").status
    'refused'
    """
    return Estimate(what, status="refused", reason=reason, **known)


def named(estimate: Estimate, **changes: Any) -> Estimate:
    """The same result with other words around it (what, who, notes, parts).

    >>> named(Estimate("sum", value=1.0), who="A").who
    'A'
    """
    return replace(estimate, **changes)


def params(values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Parameters in the order of their names, as they are written into a result.

    >>> params({"b": 1, "a": 2})
    (('a', 2), ('b', 1))
    """
    return tuple(sorted(values.items()))


_LABELS: Final = {
    "what": "Result",
    "value": "Value",
    "interval": "Interval",
    "unit": "Unit",
    "n": "n",
    "said": "In words",
}


def _unit(shown: str, unit: str) -> str:
    """The unit after a number: "1 day", where the unit is a counted thing (days, sets)."""
    counts = unit.isalpha() and len(unit) > SYMBOL and unit.endswith("s")
    return unit[:-1] if shown == "1" and counts else unit


def _readable(parts: Iterable[Estimate]) -> pl.DataFrame:
    rows = []
    for p in parts:
        span = f"{number(p.low, p.unit)} to {number(p.high, p.unit)}"
        if p.high is None:
            span = "–" if p.low is None else f"at least {number(p.low, p.unit)}"
        said = VERDICT_WORDS.get(getattr(p, "word", ""), "") if p.ok else p.refusal()
        unit = "" if p.unit == PROBABILITY else p.unit
        note = p.notes[0] if len(p.notes) == 1 and len(p.notes[0]) <= SHORT_NOTE else ""
        words = said or in_words(p.reason) or note
        rows.append((p.what, number(p.value, p.unit), span, unit, p.n, words))
    frame = pl.DataFrame(rows, schema=list(_LABELS), orient="row")
    return frame if any(frame["said"]) else frame.drop("said")


def _table_id(estimate: Estimate, kind: str) -> str:
    return "t" + hashlib.sha256(f"{estimate.who}|{estimate.what}|{kind}".encode()).hexdigest()[:10]


def _bundle(chart: Any) -> dict[str, Any]:
    bundle = chart._repr_mimebundle_(None, None)
    return dict(bundle[0] if isinstance(bundle, tuple) else bundle)
