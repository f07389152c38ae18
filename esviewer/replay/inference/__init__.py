"""Finding the rules that reproduce stored snapshots out of events; knows no store."""
