"""An audit's findings as SARIF 2.1.0, which code hosts and pipelines read.

See https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Places in a store are logical locations in the
artifact that the store is; the finding's key is its fingerprint. What was not checked, and what the store had to say,
are notifications.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from esviewer.audit.finding import Finding, Severity
from esviewer.model.exactjson import dumps
from esviewer.model.values import Value
from esviewer.report.audit import AuditReport

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif_pieces(report: AuditReport) -> Iterator[str]:
    """The log as text, piece by piece."""
    checks = {check.name: check for check in report.checks}
    places = {name: index for index, name in enumerate(checks)}
    rules: list[Value] = [
        {
            "id": check.name,
            "shortDescription": {"text": check.looks_for},
            "fullDescription": {"text": check.why},
            "help": {"text": check.todo},
            "defaultConfiguration": {"level": _LEVELS[check.chosen]},
        }
        for check in checks.values()
    ]
    driver: Value = {"name": "esviewer", "version": report.tool_version, "rules": rules}
    invocation: Value = {
        "executionSuccessful": True,
        "endTimeUtc": _utc(report),
        "toolExecutionNotifications": list(_notifications(report)),
    }
    place = _place(report)
    artifact: Value = {"location": {"uri": place, "description": {"text": report.store.label}}}
    yield '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":'
    yield dumps(driver)
    yield f'}},"invocations":[{dumps(invocation)}],"artifacts":[{dumps(artifact)}],"results":['
    for index, finding in enumerate(report.findings):
        yield (",\n" if index else "\n") + dumps(_result(finding, places.get(finding.check), place))
    yield "\n]}]}\n"


def _place(report: AuditReport) -> str:
    """The store's name as a URI reference, as code hosts want one for each result."""
    return quote(report.store.name.encode("utf-8", "replace"), safe="")


def _notifications(report: AuditReport) -> Iterator[Value]:
    for remark in report.remarks:
        yield {"level": "warning", "message": {"text": remark}}
    for name, why in sorted(report.not_checked.items()):
        yield {"level": "note", "message": {"text": f"{name} was not checked: {why}."}}


def _utc(report: AuditReport) -> str:
    from esviewer.model.instant import Instant

    return Instant(report.made.ns // 1_000_000_000 * 1_000_000_000, 0).isoformat()


def _result(finding: Finding, rule: int | None, place: str) -> Value:
    named = finding.aggregate_id or "(store)"
    if finding.version is not None:
        named += f"@{finding.version}"
    location: dict[str, Value] = {"fullyQualifiedName": named, "kind": "object"}
    if finding.aggregate_id is not None:
        location["name"] = finding.aggregate_id
    result: dict[str, Value] = {
        "ruleId": finding.check,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{named}: {finding.message}"},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": place, "index": 0}}, "logicalLocations": [location]}
        ],
        "partialFingerprints": {"esviewerKey/v1": finding.key},
        "properties": {
            "aggregate_type": finding.aggregate_type,
            "version": finding.version,
            "position": finding.position,
            "evidence": dict(finding.evidence),
        },
    }
    if rule is not None:
        result["ruleIndex"] = rule
    return result
