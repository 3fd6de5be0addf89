"""The one copy of Vega that a page carries: made once, kept as package data, licence beside it.

Building the bundle takes 3 CPU seconds, so it is not done for each process. After an update of vl-convert it is
rebuilt by `python -m analysis.report._bundle` (and MADE_WITH set anew); a test holds the kept one against a fresh one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

STATIC: Final = Path(__file__).parent / "static"
VEGA_LITE: Final = "6.4"
MADE_WITH: Final = "1.9.0"  # vl-convert


@cache
def vega_js() -> str:
    """The Vega, Vega-Lite and vega-embed bundle, fit to stand inside a script element.

    >>> "</script" in vega_js().lower()
    False
    """
    return (STATIC / "vega.js").read_text(encoding="utf-8").replace("</script", "<\\/script")


def build() -> str:
    """The bundle as the installed vl-convert makes it (needs no network)."""
    import vl_convert

    bundle: Any = vl_convert.javascript_bundle  # its stub asks for a snippet that may be left out
    return str(bundle(vl_version=VEGA_LITE))


if __name__ == "__main__":
    (STATIC / "vega.js").write_text(build(), encoding="utf-8", newline="\n")
