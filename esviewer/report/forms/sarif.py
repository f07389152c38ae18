"""An audit's findings as SARIF 2.1.0, which code hosts and pipelines read.

See https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Places in a store are logical locations; the
finding's key is its fingerprint.
"""

from __future__ import annotations

from collections.abc import Iterator

from esviewer.audit.finding import Finding, Severity
from esviewer.model.exactjson import dumps
from esviewer.model.values import Value
from esviewer.report.audit import AuditReport

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


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
    invocation: Value = {"executionSuccessful": True, "endTimeUtc": _utc(report)}
    artifact: Value = {"location": {"description": {"text": report.store.label}}}
    yield '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":'
    yield dumps(driver)
    yield f'}},"invocations":[{dumps(invocation)}],"artifacts":[{dumps(artifact)}],"results":['
    for index, finding in enumerate(report.findings):
        yield (",\n" if index else "\n") + dumps(_result(finding, places.get(finding.check)))
    yield "\n]}]}\n"


def _utc(report: AuditReport) -> str:
    from esviewer.model.instant import Instant

    return Instant(report.made.ns // 1_000_000_000 * 1_000_000_000, 0).isoformat()


def _result(finding: Finding, rule: int | None) -> Value:
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
        "locations": [{"logicalLocations": [location]}],
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
