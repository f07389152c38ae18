"""The aggregate that a question is about, rebuilt whole."""

from __future__ import annotations

from esviewer.app.asking import whole_view
from esviewer.app.session import Session
from esviewer.app.view import AggregateView
from esviewer.cli import messages
from esviewer.work import Work


def asked_view(session: Session, aggregate_id: str, work: Work) -> AggregateView:
    """All of an aggregate's history; says on stderr when nobody's rules made it. Raises NotFoundError."""
    view = whole_view(session, aggregate_id, work)
    reducer = view.history.reducer
    if reducer.inferred:
        messages.note(f"Note: no rules are in use; states are inferred by {reducer.name}, replayed from nothing.")
    return view
