"""nbformat's reader and constructors of notebooks, cells and outputs, which carry no types, as `Any` in one place."""

from __future__ import annotations

from typing import Any, Final

import nbformat

v4: Final[Any] = nbformat.v4
read: Final[Any] = nbformat.read
write: Final[Any] = nbformat.write
