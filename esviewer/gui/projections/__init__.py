"""The projections room: projection files written, tried out and run, and their results looked at."""
