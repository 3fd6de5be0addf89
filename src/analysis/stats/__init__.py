"""Arrays in, arrays out: the statistics behind the metrics, without a frame and without a chart."""
