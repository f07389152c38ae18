"""One report model and the forms it is written in."""
