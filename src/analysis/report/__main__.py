"""`python -m analysis.report NOTEBOOK…`: run versioned notebooks where they are and keep their outputs."""

from __future__ import annotations

import sys
from pathlib import Path

from analysis.report._nodes import read, write
from analysis.report._shell import execute

if __name__ == "__main__":
    for name in sys.argv[1:]:
        notebook = execute(read(name, as_version=4), Path(name).parent)
        write(notebook, name)
