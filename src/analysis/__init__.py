"""stridelift: did this block make the runner stronger, steadier and faster - and what should the next one be."""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

# jsonschema builds 35 grammars with rfc3987_syntax when it is imported: 2 s in every process, for a format nobody
# here uses. It must be switched off before anything imports altair or nbformat.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None is the documented way to block an import

__version__ = "0.1.0"

if TYPE_CHECKING:
    from analysis import guidance, squad
    from analysis._sample import my_logbook, sample_logbook
    from analysis.block import Block, open_block
    from analysis.estimate import Estimate, Verdict, each, to_frame
    from analysis.logbook import Log, Logbook

__all__ = [
    "Block", "Estimate", "Log", "Logbook", "Verdict",
    "each", "guidance", "my_logbook", "open_block", "sample_logbook", "squad", "to_frame",
]  # fmt: skip

_HOME = {
    "Block": "block", "open_block": "block", "Estimate": "estimate", "Verdict": "estimate", "each": "estimate",
    "to_frame": "estimate", "Log": "logbook", "Logbook": "logbook", "my_logbook": "_sample",
    "sample_logbook": "_sample",
}  # fmt: skip


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: `stridelift --help` must not wait for the chart library."""
    if name not in __all__:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    if name in _HOME:
        return getattr(import_module(f"analysis.{_HOME[name]}"), name)
    return import_module(f"analysis.{name}")


def __dir__() -> list[str]:
    return sorted(__all__)
