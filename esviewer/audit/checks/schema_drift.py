"""Fields that come, go or change their type while the schema version stays."""

from __future__ import annotations

from collections.abc import Iterator

from esviewer.audit.catalogue.catalogue import Catalogue
from esviewer.audit.catalogue.drift import find_drift
from esviewer.audit.catalogue.feeding import feed
from esviewer.audit.check import Described, PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import Page


class SchemaDrift(PageCheck):
    """Finds fields of an event type that change over time within one schema version, each once."""

    name = "schema-drift"
    topic = "payload"
    severity = Severity.WARNING
    looks_for = "A field that appears, disappears or changes its type from some event on, within one schema version."
    why = "Readers of old events expect the new form, or the other way round; replay may silently misread either."
    todo = "Give the new form a schema version of its own and write an upcaster from the old one."

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self._catalogue = Catalogue(kinds_only=True)

    def look(self, page: Page) -> Iterator[Finding]:
        owned = page.owned[self.topic]
        wanted = None if not owned else [index for index in range(len(page)) if index not in owned]
        feed(self._catalogue, page.batch, page.times, wanted)
        yield from ()

    def merge(self, other: Described) -> None:
        assert isinstance(other, SchemaDrift)
        self._catalogue.merge(other._catalogue)

    def finish(self) -> Iterator[Finding]:
        for drift in find_drift(self._catalogue):
            place = drift.first
            version = "" if drift.schema_version is None else f"@{drift.schema_version}"
            yield self.finding(
                drift.message,
                aggregate_id=place.aggregate_id,
                aggregate_type=place.aggregate_type,
                version=place.version,
                position=place.position,
                evidence={
                    "type": drift.type,
                    "schema_version": drift.schema_version,
                    "field": drift.field,
                    "kind": drift.kind,
                    "before": dict(drift.before),
                    "since": dict(drift.since),
                },
                subject=f"{drift.type}{version} {drift.field} {drift.kind}",
            )
