"""Payloads that are no objects."""

from __future__ import annotations

from collections.abc import Iterator

from esviewer.audit.check import PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import Page
from esviewer.model.batch import Undecodable


class PayloadNotObject(PageCheck):
    """Finds events whose payload is a list, a text, a number, true or false where objects are expected."""

    name = "payload-not-object"
    topic = "payload"
    severity = Severity.WARNING
    looks_for = "An event whose payload is no object (null, nothing at all and an empty list are let pass)."
    why = "Its fields have no names, so readers guess, and it can't grow by further fields."
    todo = "See what wrote it; where such payloads are meant, turn this check off."

    def look(self, page: Page) -> Iterator[Finding]:
        if set(map(type, page.batch.data)) <= {dict}:
            return
        for index, value in enumerate(page.batch.data):
            # PHP writes an empty object as an empty list.
            if type(value) not in (dict, Undecodable, type(None)) and value != []:
                if page.is_variant(index):
                    continue
                evidence = {"kind": type(value).__name__, "type": page.batch.types[index]}
                yield self.at(page, index, "The payload is no object.", evidence)
