"""One check a file: what it looks for, why that matters, what to do about it."""
