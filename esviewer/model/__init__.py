"""The words of event sourcing as frozen values, and exact JSON in and out."""
