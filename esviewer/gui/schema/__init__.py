"""The schema catalogue of an open store: event types, their fields, and how they change over time."""
