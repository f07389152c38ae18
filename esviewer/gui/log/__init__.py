"""The room with the log of all events."""
