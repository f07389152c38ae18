"""What is asked of the log: one field for each condition, in two rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QGridLayout, QLineEdit, QPushButton, QToolButton, QWidget

from esviewer.app.log_filter import LogFilter
from esviewer.app.typed_time import typed_instant
from esviewer.errors import UsageError
from esviewer.model.instant import Instant


class FilterRow(QWidget):
    """Enter in any field asks."""

    asked = Signal()
    """What the fields say is to be searched for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.types = self._field(self.tr("Event types, such as Order*, Paid"), self.tr("Event types"))
        self.since = self._field(self.tr("From"), self.tr("Not before this time"))
        self.until = self._field(self.tr("To"), self.tr("Not after this time"))
        self.aggregate_type = self._field(
            self.tr("Aggregate type"), self.tr("Only events of aggregates of this type, * stands for anything")
        )
        self.aggregate = self._field(self.tr("Aggregate id"), self.tr("Only events of this aggregate"))
        self.actor = self._field(self.tr("Actor"), self.tr("Only events by this actor, * stands for anything"))
        self.correlation = self._field(self.tr("Correlation id"), self.tr("Only events with this correlation id"))
        self.text = self._field(self.tr("Text"), self.tr("In ids, types, data or metadata, in any case"))
        self.where = self._field(
            self.tr("Expression, such as data.amount > 100"),
            self.tr("An expression over data, meta and event"),
        )
        for field in (self.since, self.until):
            field.setToolTip(
                self.tr("{0}: 2026-11-22 14:34, 2026-11-22T14:34:00+09:00, yesterday; without a zone this machine's")
                .format(field.accessibleName())
            )  # fmt: skip
        self.order = QComboBox(self)
        self.order.addItem(self.tr("Newest first"), True)
        self.order.addItem(self.tr("Oldest first"), False)
        self.order.setAccessibleName(self.tr("Order"))
        self.search = QPushButton(self.tr("Search"), self)
        self.search.setObjectName("primary")
        self.clear_button = QPushButton(self.tr("Clear"), self)
        self.clear_button.setToolTip(self.tr("Ask for all events again"))
        self.saved = QToolButton(self)
        self.saved.setText(self.tr("Filters"))
        self.saved.setToolTip(self.tr("Saved filters: choose, save and delete"))
        self.saved.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        for field in (self.types, self.aggregate_type):
            completer = QCompleter([], self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            field.setCompleter(completer)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for row, widgets in enumerate(
            (
                (self.types, self.since, self.until, self.aggregate_type, self.aggregate, self.order, self.search),
                (self.where, self.text, self.actor, self.correlation, None, self.saved, self.clear_button),
            )
        ):
            for column, widget in enumerate(widgets):
                if widget is not None:
                    grid.addWidget(widget, row, column, 1, 2 if widget is self.correlation else 1)
        for column, stretch in enumerate((5, 4, 4, 3, 4, 0, 0)):
            grid.setColumnStretch(column, stretch)
        self.search.clicked.connect(self.asked)
        self.order.activated.connect(self.asked)
        self.clear_button.clicked.connect(self._clear)

    def _field(self, placeholder: str, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(placeholder)
        field.setAccessibleName(name)
        field.setToolTip(name)
        field.setClearButtonEnabled(True)
        field.setMinimumWidth(60)
        field.returnPressed.connect(self.asked)
        return field

    @property
    def fields(self) -> tuple[QLineEdit, ...]:
        """All that can be typed into."""
        return (
            self.types, self.since, self.until, self.aggregate_type, self.aggregate, self.where, self.text, self.actor,
            self.correlation,
        )  # fmt: skip

    @property
    def given(self) -> bool:
        """Whether anything is asked for."""
        return any(field.text().strip() for field in self.fields)

    @property
    def newest_first(self) -> bool:
        """The order that is asked for."""
        return bool(self.order.currentData())

    def offer_types(self, types: Sequence[str]) -> None:
        """Complete what is typed to these event types."""
        _offer(self.types, types)

    def offer_aggregate_types(self, types: Sequence[str]) -> None:
        """Complete what is typed to these aggregate types."""
        _offer(self.aggregate_type, types)

    def filter(self) -> LogFilter:
        """What the fields say; raises UsageError, which names the field."""
        return LogFilter(
            tuple(filter(None, (each.strip() for each in self.types.text().split(",")))),
            self._moment(self.since),
            self._moment(self.until),
            aggregate_type=self.aggregate_type.text().strip(),
            aggregate_id=self.aggregate.text().strip(),
            actor=self.actor.text().strip(),
            correlation=self.correlation.text().strip(),
            text=self.text.text(),
            where=self.where.text().strip(),
        )

    def _moment(self, field: QLineEdit) -> Instant | None:
        text = field.text().strip()
        if not text:
            return None
        try:
            return typed_instant(text)[0]
        except (ValueError, OverflowError) as error:
            name = field.placeholderText()
            raise UsageError(self.tr("{0}: {1}.").format(name, error)) from None

    def show_filter(self, asked: LogFilter) -> None:
        """Fill the fields."""
        self.types.setText(", ".join(asked.types))
        self.show_span(asked.since, asked.until)
        self.aggregate_type.setText(asked.aggregate_type)
        self.aggregate.setText(asked.aggregate_id)
        self.actor.setText(asked.actor)
        self.correlation.setText(asked.correlation)
        self.text.setText(asked.text)
        self.where.setText(asked.where)

    def show_span(self, since: Instant | None, until: Instant | None) -> None:
        """Fill the fields for time."""
        for field, moment in ((self.since, since), (self.until, until)):
            field.setText("" if moment is None else moment.isoformat())
            field.setCursorPosition(0)

    def _clear(self) -> None:
        self.show_filter(LogFilter())
        self.asked.emit()


def _offer(field: QLineEdit, texts: Sequence[str]) -> None:
    """Complete what is typed into a field to these texts."""
    completer = field.completer()
    model = None if completer is None else completer.model()
    if isinstance(model, QStringListModel) and model.stringList() != list(texts):
        model.setStringList(list(texts))
