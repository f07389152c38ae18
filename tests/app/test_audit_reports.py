"""Reports of audits with evidence."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers_planted import clean, write

from esviewer.app import audit_reports
from esviewer.app.auditing import Audit
from esviewer.app.evidence import EvidenceWanted
from esviewer.app.masking import in_force
from esviewer.app.session import open_session
from esviewer.audit.settings import AuditSettings
from esviewer.errors import UsageError


def test_what_is_too_much_to_prove_is_reported_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = clean()
    store.at(1, 5).time = store.at(2, 5).time = "soon"
    target, reducers = write(store, tmp_path)
    report = tmp_path / "audit.html"
    session = open_session(target, reducers=reducers)
    try:
        audit = Audit(session, AuditSettings())
        found = list(audit.run())
        assert len(found) == 2
        made = audit_reports.audit_report(session, audit, found, in_force(session.store.label))

        def written() -> None:
            audit_reports.write_audit_reports(session, made, [report], evidence=EvidenceWanted(), findings=found)

        monkeypatch.setattr(audit_reports, "MOST", 1)
        with pytest.raises(
            UsageError, match="written without evidence: it quotes 2 events, and evidence is for at most 1"
        ):
            written()
        assert "account-01" in report.read_text()
        assert not Path(f"{report}.evidence.json").exists()
        monkeypatch.setattr(audit_reports, "MOST", 2)
        written()
        assert Path(f"{report}.evidence.json").exists()
    finally:
        session.close()
