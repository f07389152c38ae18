"""One file for each form that a report is written in."""
