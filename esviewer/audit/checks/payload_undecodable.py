"""Payloads that can't be read."""

from __future__ import annotations

from collections.abc import Iterator

from esviewer.audit.check import PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import Page
from esviewer.model.batch import Undecodable


class PayloadUndecodable(PageCheck):
    """Finds events whose payload can't be decoded."""

    name = "payload-undecodable"
    topic = "payload"
    severity = Severity.ERROR
    looks_for = "An event whose payload can't be decoded."
    why = "What it says is lost, and every state after it lacks what it would have changed."
    todo = "Look at its bytes; they may be cut off, of another format or encrypted with another key."

    def look(self, page: Page) -> Iterator[Finding]:
        if Undecodable not in set(map(type, page.batch.data)):
            return
        for index, value in enumerate(page.batch.data):
            if type(value) is Undecodable and not (page.is_deleted(index) and not page.batch.event(index).raw):
                evidence = {"reason": value.reason, "type": page.batch.types[index]}
                yield self.at(page, index, "The payload can't be decoded.", evidence)
