"""JSON of the vendors: a document or one object per line; NaN, broken text and bottomless nesting are problems."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from analysis.importers._problem import ImportProblem

_DEPTH: Final = 3  # how deep `keys` looks for what a vendor calls things
_AS_JSON: Final = "JSON as the vendor's export or API gives it"
_ESCAPE: Final = re.compile(r"\\u0000|\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|\\u[dD][89a-fA-F]\w\w|\\.")


def plausible(content: bytes) -> bool:
    """Whether a text that begins with a bracket is JSON rather than a table whose first cell begins with one."""
    first = content.lstrip()[:200].lstrip(b"\xef\xbb\xbf")[1:].lstrip()
    return first[:1] in b'{["]}tfn-0123456789' if first else False


def parse(name: str, text: str) -> Any:
    r"""The document, or the list of the objects that stand one per line; NaN and Infinity become None.

    >>> parse("a.json", '{"a": NaN}'), parse("a.ndjson", '{"a": 1}\n{"a": 2}\n')
    ({'a': None}, [{'a': 1}, {'a': 2}])
    """
    text = _without_half_letters(text)
    try:
        return json.loads(text, parse_constant=_none)
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if error.msg != "Extra data" or len(lines) == 1:
            raise _broken(name, error) from error
        return [_line(name, line, n) for n, line in enumerate(lines, 1)]
    except (RecursionError, ValueError) as error:
        raise ImportProblem(f"{name} cannot be read ({_short(error)})", _AS_JSON, "export it again") from error


def keys(document: Any, depth: int = _DEPTH) -> Iterator[str]:
    """The keys of the first object and of the first objects inside it."""
    if isinstance(document, list):
        document = next((item for item in document if isinstance(item, Mapping | list)), None)
        if isinstance(document, list):
            return
    if isinstance(document, Mapping):
        for key, value in document.items():
            yield str(key)
            if depth:
                yield from keys(value, depth - 1)


def items(name: str, found: Any, where: str) -> list[Mapping[str, Any]]:
    """A list of objects, checked; anything else at this place is a problem.

    >>> items("a.json", [{"x": 1}], "workouts")
    [{'x': 1}]
    """
    if not isinstance(found, Sequence) or isinstance(found, str) or not all(isinstance(i, Mapping) for i in found):
        came = f"{name}: {where} is {type(found).__name__}"
        raise ImportProblem(came, f"a list of objects as {where}", "export it again")
    return list(found)


def compact(item: Any) -> str:
    """An item as one line of text, as a refused row shows it."""
    return json.dumps(item, ensure_ascii=False, separators=(",", ":"), default=str)


def text_of(value: Any) -> str | None:
    """A value as the tables take it: text, None where there is none; a number keeps all its digits.

    >>> text_of(1.5), text_of(True), text_of(None), text_of(" a ")
    ('1.5', 'true', None, ' a ')
    """
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _without_half_letters(text: str) -> str:
    """The text without escapes of half a letter (a lone surrogate) and of NUL, which no table could store."""
    if not any(start in text for start in ("\\ud", "\\uD", "\\u0000")):
        return text
    return _ESCAPE.sub(lambda found: "\\ufffd" if found[0][1] == "u" and len(found[0]) == 6 else found[0], text)


def _line(name: str, line: str, n: int) -> Any:
    try:
        return json.loads(line, parse_constant=_none)
    except (RecursionError, ValueError) as error:
        raise ImportProblem(f"{name}, line {n}: {_short(error)}", _AS_JSON, "export it again") from error


def _broken(name: str, error: json.JSONDecodeError) -> ImportProblem:
    came = f"{name} is not whole JSON: {error.msg} in line {error.lineno}"
    return ImportProblem(came, _AS_JSON, "export or download it again")


def _short(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:120]


def _none(_constant: str) -> None:
    return None
