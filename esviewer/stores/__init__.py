"""URL → read-only connection → layout → events and snapshots; the only room that knows SQL."""
