"""What payloads look like: the fields of every event type and schema version, and how they change over time."""
