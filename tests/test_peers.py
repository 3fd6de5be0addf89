"""Agreement with the numbers of the field's best packages, within the tolerance that is fair to them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from peer_adapters import ADAPTERS
from peers_compare import Adapter, Compared

FOLDER = Path(os.environ.get("STRIDELIFT_PEERS", Path(__file__).parents[1].parent / "shared" / "peers"))
FILES = sorted(FOLDER.glob("*.json"))
needs_peers = pytest.mark.skipif(
    not FILES, reason="the peers' numbers are not here; name their folder in STRIDELIFT_PEERS"
)


def cases() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Every case: file, function, its own name, and the case with its file's `meta` and folder beside it."""
    for path in FILES:
        told = json.loads(path.read_text(encoding="utf-8"))
        shared = {"meta": told.get("meta", {}), "folder": FOLDER, "file": told}
        if isinstance(told["cases"], list):
            for case in told["cases"]:
                yield path.name, case["fn"], case["id"], {**case, **shared}
        else:
            for name, case in told["cases"].items():
                yield path.name, name, name, {**(case if isinstance(case, dict) else {"rows": case}), **shared}


def adapter_of(file: str, function: str) -> Adapter | None:
    """The adapter of a case, the longest pattern that fits; None where there is none."""
    fitting = [key for key in ADAPTERS if key[0] == file and fnmatch(function, key[1])]
    return ADAPTERS[max(fitting, key=lambda key: len(key[1]))] if fitting else None


CASES = list(cases())


@needs_peers
@pytest.mark.parametrize(("file", "function", "name", "case"), CASES, ids=[f"{c[0]}:{c[2]}" for c in CASES])
def test_case(file: str, function: str, name: str, case: Mapping[str, Any]) -> None:
    adapter = adapter_of(file, function)
    assert adapter is not None, f"no adapter for {function!r} of {file}"
    compared = adapter(case)
    assert compared, f"the adapter of {function!r} compares nothing in {name}"
    differences = [said for c in compared if (said := c.difference())]
    assert not differences, "\n".join(differences)


def test_a_difference_is_found() -> None:
    assert Compared("x", 1.0, 1.1, rel=0.01).difference()
    assert Compared("x", [1.0, None], [1.0, 2.0], rel=1).difference()
    assert Compared("x", [1.0], [1.0, 2.0]).difference()
    assert Compared("x", "a", "b").difference()
    assert Compared("x", [1.0, None], [1.0 + 1e-9, np.nan], rel=1e-8).difference() is None
