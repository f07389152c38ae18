"""Findings as they may be shown on this screen."""

from __future__ import annotations

from dataclasses import replace

from esviewer.audit.finding import Finding
from esviewer.gui.machine import Machine
from esviewer.report.masking import masked_finding


class Veil:
    """Masks what the window masks."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def finding(self, finding: Finding) -> Finding:
        """A finding, with everything masked that is masked on screen."""
        screen = self.machine.screen
        if not screen.masks:
            return finding
        masked = masked_finding(finding, screen.masker)
        if finding.aggregate_id is None:
            return masked
        return replace(masked, aggregate_id=screen.aggregate_id(finding.aggregate_id, finding.aggregate_type))
