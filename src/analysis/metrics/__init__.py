"""One question, one file: `estimate(frame, ...) -> Estimate`, with its chart and its source."""
