"""An audit as JUnit XML: each check is a test case that fails with its findings, as build servers show them.

The elements and attributes are those of Jenkins's junit-10.xsd, which other servers read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from esviewer.audit.finding import Finding, Severity
from esviewer.model.exactjson import dumps
from esviewer.report.audit import AuditReport

_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST = 200
"""Findings told in full for one check; the report's other forms have all of them."""


def junit_pieces(report: AuditReport) -> Iterator[str]:
    """The document as text, piece by piece; findings that are only info do not fail their check."""
    by_check: dict[str, list[Finding]] = {check.name: [] for check in report.checks}
    for finding in report.findings:
        by_check.setdefault(finding.check, []).append(finding)
    failed = sum(1 for found in by_check.values() if _fails(found))
    skipped = {name: why for name, why in report.not_checked.items() if not by_check.get(name)}
    names = list(dict.fromkeys([*by_check, *skipped]))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
    yield (
        f'<testsuite name={_quoted("esviewer audit of " + report.store.name)} tests="{len(names)}" '
        f'failures="{failed}" errors="0" skipped="{len(skipped)}" '
        f"timestamp={_quoted(report.made.isoformat()[:19])}>\n"
    )
    for name in names:
        yield from _case(name, by_check.get(name, []), skipped.get(name))
    if report.remarks:
        yield f"<system-err>{_text(chr(10).join(report.remarks))}</system-err>\n"
    yield "</testsuite>\n</testsuites>\n"


def _fails(found: list[Finding]) -> bool:
    return any(finding.severity > Severity.INFO for finding in found)


def _case(name: str, found: list[Finding], skipped: str | None) -> Iterator[str]:
    yield f'<testcase classname="esviewer.audit" name={_quoted(name)}>'
    if skipped is not None:
        yield f"<skipped message={_quoted(skipped)}/>"
    elif found:
        tag = "failure" if _fails(found) else "system-out"
        yield f"<{tag}{_said_of(found) if tag == 'failure' else ''}>"
        for finding in found[:_MOST]:
            yield _text(_line(finding)) + "\n"
        if len(found) > _MOST:
            yield f"and {len(found) - _MOST:,} more\n"
        yield f"</{tag}>"
    yield "</testcase>\n"


def _said_of(found: list[Finding]) -> str:
    message = f"{len(found):,} finding{'' if len(found) == 1 else 's'}"
    return f' message="{message}" type="{max(finding.severity for finding in found).text}"'


def _line(finding: Finding) -> str:
    where = finding.aggregate_id or "the store"
    if finding.version is not None:
        where += f" version {finding.version}"
    return f"{finding.severity.text}: {where}: {finding.message} {dumps(dict(finding.evidence))}"


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", text))


def _quoted(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("\ufffd", text))
