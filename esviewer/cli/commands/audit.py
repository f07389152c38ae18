"""`esviewer audit`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from esviewer.app.processes import get_ready
from esviewer.cli import messages, output
from esviewer.cli.options import common, evidence_options, evidence_wanted, masking, masking_options, opened
from esviewer.errors import UsageError

if TYPE_CHECKING:
    from esviewer.audit.finding import Finding
    from esviewer.audit.settings import AuditSettings

_PLURALS = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "info": ("remark", "remarks")}
_FAIL_ON = ("error", "warning", "info", "never")


@click.command()
@click.argument("store", type=click.Path(), required=False)
@click.option("--check", "checks", multiple=True, metavar="NAME", help="Only this check, or a glob; may be repeated.")
@click.option("--config", type=click.Path(), metavar="FILE", help="Settings (default: STORE.audit.toml, if there).")
@click.option("--baseline", type=click.Path(), metavar="FILE", help="Accept the findings that this file lists.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write a report: .html, .pdf, .xlsx, .csv, .json, .md, .sarif or .xml (JUnit).",
)
@click.option("--fail-on", type=click.Choice(_FAIL_ON), default="error", help="End with 1 at findings so bad.")
@click.option(
    "--since", metavar="POSITION", help="Only what came after it; a number, or an earlier audit's JSON report."
)
@click.option("--list", "listing", is_flag=True, help="Say what is checked and why, without a store.")
@evidence_options
@masking_options
@common(reducer=True)
def command(
    store: str | None,
    checks: tuple[str, ...],
    config: str | None,
    baseline: str | None,
    reports: tuple[str, ...],
    fail_on: str,
    since: str | None,
    listing: bool,
    evidence: bool,
    seal: str | None,
    sign: str | None,
    mask: str | None,
    no_mask: bool,
    layout: str | None,
    reducers: tuple[str, ...],
    as_json: bool,
    debug: bool,
) -> int:
    """Check all events, snapshots and states of STORE.

    Findings at or above --fail-on end it with exit code 1, as does a reducer that can't be used, so that states are not
    checked, or a check of a plug-in that can't. What `--json` prints can be kept as a baseline. In reports,
    what looks sensitive is masked. An audit with --since tells what is wrong at events after that position and at no
    event at all; where the next one goes on is said at the end and in JSON reports.
    """
    del debug
    if listing:
        _list(as_json)
        return 0
    if store is None:
        raise UsageError("Missing the store to audit.", "`esviewer audit --list` says what is checked.")
    get_ready(store, "esviewer.app.audit_parts")
    settings = _settings(store, checks, config, baseline)
    with opened(store, layout, reducers) as (session, work):
        from esviewer.app.audit_reports import audit_report, check_report_files, write_audit_reports
        from esviewer.app.audit_since import position_of
        from esviewer.app.auditing import Audit
        from esviewer.audit.finding import SEVERITIES

        proven = evidence_wanted(evidence, seal, sign)
        check_report_files(session, list(map(Path, reports)), proven)
        rules = masking(session, mask, no_mask) if reports or mask is not None else None
        audit = Audit(session, settings, None if since is None else position_of(since, session.store.label))
        kept: list[Finding] = []
        for finding in audit.run(work):
            if as_json:
                output.json_line(finding.as_json())
            else:
                _show(finding)
            if reports:
                kept.append(finding)
        messages.done()
        if rules is not None:
            write_audit_reports(
                session,
                audit_report(session, audit, kept, rules),
                list(map(Path, reports)),
                evidence=proven,
                findings=kept,
                masked=rules.masks,
                work=work,
            )
    for each in reports:
        messages.written(each, proven=proven is not None)
    summary = audit.summary
    for why, names in summary.not_checked_by_reason():
        messages.note(f"Not checked: {', '.join(names)}, because {why}.")
    for skipped in audit.skipped:
        if skipped.plugin.name not in summary.not_checked:
            messages.note(f"Note: {skipped.why}")
    for todo in filter(None, summary.unused.values()):
        messages.note(todo)
    found = sorted(summary.by_severity.items(), reverse=True)
    counts = ", ".join(f"{count:,} {_PLURALS[each.text][count != 1]}" for each, count in found)
    accepted = f" {summary.accepted:,} known ones were accepted." if summary.accepted else ""
    new = "" if summary.since is None else f" after position {summary.since}"
    events, aggregates = ("" if number == 1 else "s" for number in (summary.events, summary.aggregates))
    messages.note(
        f"{summary.events:,} event{events} of {summary.aggregates:,} aggregate{aggregates}{new} checked: "
        f"{counts or 'no findings'}.{accepted}"
    )
    if summary.last_position is not None:
        messages.note(f"What comes later: --since {summary.last_position}.")
    return 1 if fail_on != "never" and (summary.unused or summary.at_least(SEVERITIES[fail_on])) else 0


def _settings(store: str, checks: tuple[str, ...], config: str | None, baseline: str | None) -> AuditSettings:
    from dataclasses import replace

    from esviewer.app.auditing import kept_settings, settings_of
    from esviewer.audit.settings import named

    settings = settings_of(Path(config)) if config is not None else kept_settings(Path(store))
    only = named(checks)
    if only is not None:
        settings = replace(settings, only=only)
    return settings if baseline is None else replace(settings, baseline=baseline)


def _show(finding: Finding) -> None:
    where = "the store" if finding.aggregate_id is None else finding.aggregate_id
    if finding.version is not None:
        where += f" v{finding.version}"
    text = f"{finding.severity.text:8} {finding.check:24} {where}  {finding.message}"
    output.line(output.visible(text))


def _list(as_json: bool) -> None:
    from esviewer.audit.plugged import PluggedCheck
    from esviewer.audit.registry import checks

    for check in sorted(checks(), key=lambda each: each.name):
        if as_json:
            output.json_line(
                {
                    "check": check.name,
                    "severity": check.severity.text,
                    "looks_for": check.looks_for,
                    "why": check.why,
                    "todo": check.todo,
                    "options": dict(check.options),
                }
            )
            continue
        foreign = f", of the plug-in {check.foreign.plugin}" if issubclass(check, PluggedCheck) else ""
        output.line(f"{check.name} ({check.severity.text}{foreign})")
        for text in (check.looks_for, check.why, check.todo):
            output.line(f"    {text}")
        for option, default in check.options.items():
            output.line(f"    option {option}, {default} if not set")
