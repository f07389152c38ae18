"""URL or path into an open, read-only database; what tables it has."""
