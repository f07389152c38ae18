"""esviewer: audit and time travel for event-sourced systems."""

__version__ = "0.1.0"
