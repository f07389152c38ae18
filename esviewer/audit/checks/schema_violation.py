"""Events that are not as their JSON Schema says."""

from __future__ import annotations

from collections.abc import Iterator

from esviewer.audit.check import PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import Page
from esviewer.audit.schemas import Schemas
from esviewer.model.batch import Undecodable


class SchemaViolation(PageCheck):
    """Finds events whose payload does not keep to the JSON Schema that the user supplied for its type."""

    name = "schema-violation"
    topic = "payload"
    severity = Severity.ERROR
    looks_for = "An event that is not as the JSON Schema for its type and schema version says."
    why = "What reads such events relies on the schema: it may fail at this one, or take it for something else."
    todo = "See what wrote the event; or correct the schema, if it asks for more than was agreed."

    def __init__(self, schemas: Schemas, severity: Severity | None = None) -> None:
        super().__init__(severity)
        self._schemas = schemas

    def look(self, page: Page) -> Iterator[Finding]:
        versions = page.column("schema_version")
        owned = page.owned[self.topic]
        for index, (kind, data) in enumerate(zip(page.batch.types, page.batch.data, strict=True)):
            if index in owned or type(data) is Undecodable:
                continue
            violation = self._schemas.violation(kind, versions[index], data)
            if violation is not None:
                yield self.at(page, index, violation.message, violation.as_json())
