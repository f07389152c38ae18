"""Questions put to a history: who wrote a value, how a field went, when a condition held, what an undo would take."""
