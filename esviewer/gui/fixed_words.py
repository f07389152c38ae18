"""Fixed words of what knows nothing of the window, in the window's language; others stay as they are."""

from __future__ import annotations

from dataclasses import replace

from esviewer.app.masking import NOT_MASKED, USUAL_RULES
from esviewer.audit.check import Described
from esviewer.audit.finding import Severity
from esviewer.gui.language import translate
from esviewer.gui.localised import localised
from esviewer.work import Progress


def severity_word(severity: Severity) -> str:
    """How bad a finding is."""
    return {
        Severity.ERROR: translate("Severity", "error"),
        Severity.WARNING: translate("Severity", "warning"),
        Severity.INFO: translate("Severity", "info"),
    }[severity]


def about_check(check: type[Described]) -> tuple[str, str, str]:
    """What a check looks for, why that matters, and what to do."""
    looks_for, why, todo = (localised(text) for text in (check.looks_for, check.why, check.todo))
    return looks_for, why, todo


def masking_origin(origin: str) -> str:
    """Where masking rules are from: a file's name stays."""
    return {
        NOT_MASKED: translate("Masking", "nothing is masked"),
        USUAL_RULES: translate("Masking", "the usual masking rules"),
    }.get(origin, origin)


def sensitive_kind(kind: str) -> str:
    """What kind of text is sensitive wherever it stands."""
    return {
        "key": translate("Masking", "key"),
        "e-mail": translate("Masking", "e-mail"),
        "card number": translate("Masking", "card number"),
        "phone": translate("Masking", "phone"),
        "identity number": translate("Masking", "identity number"),
    }.get(kind, kind)


def reducer_kind(kind: str) -> str:
    """What kind of reducer one is."""
    return {"rules": translate("Reducers", "rules"), "merge": translate("Reducers", "merge")}.get(kind, kind)


def mapping_check(name: str) -> str:
    """What a trial of a layout looked at."""
    return {
        "events": translate("Mapping", "events"),
        "first version": translate("Mapping", "first version"),
        "gaps": translate("Mapping", "gaps"),
        "ids": translate("Mapping", "ids"),
        "order": translate("Mapping", "order"),
        "payloads": translate("Mapping", "payloads"),
        "times": translate("Mapping", "times"),
        "types": translate("Mapping", "types"),
        "unique": translate("Mapping", "unique"),
    }.get(name, name)


def difference_kind(kind: str) -> str:
    """How an event differs from what was sealed."""
    return {
        "changed": translate("Seals", "changed"),
        "removed": translate("Seals", "removed"),
        "inserted": translate("Seals", "inserted"),
        "reordered": translate("Seals", "reordered"),
        "backdated": translate("Seals", "backdated"),
        "range": translate("Seals", "range"),
    }.get(kind, kind)


def progress(told: Progress) -> Progress:
    """How far a piece of work is."""
    return replace(told, text=localised(told.text))
