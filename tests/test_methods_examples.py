"""Every worked example of the methods handbook that the toolkit implements, to the handbook's own tolerance."""

from __future__ import annotations

import json
import os
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from method_adapters import ADAPTERS

FILE = Path(
    os.environ.get("STRIDELIFT_EXAMPLES", Path(__file__).parents[1].parent / "shared" / "methods_examples.json")
)
LANDED = ("A*", "B*", "C*", "D*", "E*", "F*", "G*", "H*")
EXAMPLES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["examples"] if FILE.exists() else []
needs_file = pytest.mark.skipif(
    not EXAMPLES, reason="methods_examples.json is not here; name it in STRIDELIFT_EXAMPLES"
)


def differences(expected: Any, found: Any, tolerance: dict[str, float], where: str) -> list[str]:
    """Where `found` departs from `expected`: numbers within abs + rel |expected|, all else exact, extra fields free."""
    if isinstance(expected, dict):
        inner = [differences(v, found.get(k, "missing"), tolerance, f"{where}.{k}") for k, v in expected.items()]
        return [line for lines in inner for line in lines]
    if isinstance(expected, list):
        if not isinstance(found, list | tuple) or len(found) != len(expected):
            return [f"{where}: expected {expected}, found {found}"]
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for i, (want, got) in pairs for line in differences(want, got, tolerance, f"{where}[{i}]")]
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        same = type(expected) is type(found) and expected == found
    else:
        allowed = tolerance["abs"] + tolerance["rel"] * abs(expected)
        number = isinstance(found, int | float) and not isinstance(found, bool)
        same = number and abs(found - expected) <= allowed
    return [] if same else [f"{where}: expected {expected!r}, found {found!r}"]


@needs_file
@pytest.mark.parametrize("example", [e for e in EXAMPLES if e["method"] in ADAPTERS], ids=lambda e: str(e["id"]))
def test_example(example: dict[str, Any]) -> None:
    found = ADAPTERS[example["method"]](example["inputs"])
    assert not differences(example["outputs"], found, example["tolerance"], example["method"])


@needs_file
def test_every_landed_method_has_an_adapter() -> None:
    without = sorted({e["method"] for e in EXAMPLES} - ADAPTERS.keys())
    print("methods without an adapter:", ", ".join(without))  # noqa: T201  # the list is what a reader wants to see
    landed = [method for method in without if any(fnmatch(method, pattern) for pattern in LANDED)]
    assert not landed


def test_differences_are_found() -> None:
    tolerance = {"rel": 1e-4, "abs": 1e-9}
    assert not differences({"a": [1.0, None], "s": "ok"}, {"a": (1.00005, None), "s": "ok", "b": 2}, tolerance, "x")
    wrong = {"a": [1.0, 2.0], "b": True, "c": None, "d": 3}, {"a": [1.0, 2.1], "b": 1, "c": 0.0}
    assert len(differences(*wrong, tolerance, "x")) == 4
    assert differences([1, 2], [1], tolerance, "x")
