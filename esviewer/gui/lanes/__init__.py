"""The room with swim lanes: several aggregates' events on one axis of time."""
