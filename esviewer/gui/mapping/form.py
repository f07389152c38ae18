"""The fields of a mapping: tables and columns in combo boxes, made into a draft."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QSizePolicy, QWidget

from esviewer.app.mapping import FORMS, INSIDE, Draft, Proposal, SnapshotDraft, Survey, codec_chains
from esviewer.gui.text import visible
from esviewer.stores.databases.catalog import Table

_SEPARATOR = " → "


class MappingForm(QWidget):
    """What of the tables is which part; tells every change a person makes."""

    changed = Signal()
    """Another column, codec, form or zone was chosen."""
    table_wanted = Signal(object)
    """Another events table was chosen: its full name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tables: dict[str, Table] = {}
        self._proposed: Draft | None = None
        self._form = QFormLayout(self)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._form.setContentsMargins(0, 0, 8, 0)
        self._form.setVerticalSpacing(5)
        self._heading(self.tr("Events"))
        self.table = self._combo(self.tr("&Table"))
        self.aggregate_id = self._combo(self.tr("Aggregate &id"))
        self.version = self._combo(self.tr("&Version"))
        self.type = self._combo(self.tr("T&ype"))
        self.data = self._combo(self.tr("&Data"))
        self.codec = self._combo(self.tr("&Codec"))
        self.timestamp = self._combo(self.tr("Ti&me"))
        self.form = self._combo(self.tr("&Form of times"))
        self.zone = self._combo(self.tr("&Zone of times"))
        self._heading(self.tr("If there"))
        self.position = self._combo(self.tr("&Position"))
        self.event_id = self._combo(self.tr("&Event id"))
        self.aggregate_type = self._combo(self.tr("Aggre&gate type"))
        self.metadata = self._combo(self.tr("Metadata"))
        self.base = self._combo(self.tr("First versio&n"))
        self._heading(self.tr("Snapshots"))
        self.snapshots = self._combo(self.tr("Ta&ble"))
        self.snapshot_id = self._combo(self.tr("Aggregate id"))
        self.snapshot_version = self._combo(self.tr("Version"))
        self.state = self._combo(self.tr("State"))
        for box in (self.type, self.zone):
            box.setEditable(True)
            box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.type.setToolTip(self.tr("A column, or $.key for a key inside the data."))
        self._fixed_choices()
        self.table.activated.connect(self._table_chosen)
        self.snapshots.activated.connect(self._snapshots_chosen)
        for box in self._boxes():
            if box not in (self.table, self.snapshots):
                box.activated.connect(self.changed)
            line = box.lineEdit()
            if line is not None:
                line.editingFinished.connect(self.changed)

    def _heading(self, text: str) -> None:
        label = QLabel(text, self)
        label.setObjectName("heading")
        self._form.addRow(label)

    def _combo(self, label: str) -> QComboBox:
        box = QComboBox(self)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box.setMinimumContentsLength(12)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setAccessibleName(label.replace("&", ""))
        self._form.addRow(label, box)
        shown = self._form.labelForField(box)
        # Drawn with an underlined letter a word is a little wider than measured: without this its last letter is cut.
        shown.setMinimumWidth(shown.sizeHint().width() + 4)
        return box

    def _boxes(self) -> Sequence[QComboBox]:
        return self.findChildren(QComboBox)

    def _fixed_choices(self) -> None:
        for chain in codec_chains():
            self.codec.addItem(_SEPARATOR.join(chain), _SEPARATOR.join(chain))
        names = {
            "auto": self.tr("tell by the values"),
            "iso": self.tr("ISO 8601 text"),
            "s": self.tr("seconds since 1970"),
            "ms": self.tr("milliseconds since 1970"),
            "us": self.tr("microseconds since 1970"),
            "ns": self.tr("nanoseconds since 1970"),
            "ticks": self.tr("ticks (100 ns since year 1)"),
        }
        for form in FORMS:
            self.form.addItem(names.get(form, form), form)
        for text, zone in ((self.tr("as written"), ""), ("UTC", "UTC"), ("+01:00", "+01:00"), ("+09:00", "+09:00")):
            self.zone.addItem(text, zone)
        for text, base in ((self.tr("0 or 1"), ""), ("0", "0"), ("1", "1")):
            self.base.addItem(text, base)

    # What is shown

    def show_survey(self, survey: Survey) -> None:
        """Offer a database's tables, and show what is proposed for them."""
        self._tables = {each.full_name: each for each in survey.tables}
        _fill(self.table, [(name, name) for name in self._tables])
        _fill(self.snapshots, [(self.tr("(none)"), ""), *((name, name) for name in self._tables)])
        if survey.proposal is not None:
            self.show_proposal(survey.proposal)
        else:
            self.show_empty(next(iter(self._tables), ""))

    def show_proposal(self, proposal: Proposal) -> None:
        """Show a proposal's columns."""
        draft = proposal.draft
        self._proposed = draft
        _pick(self.table, proposal.full_name)
        self._offer_columns(proposal.full_name)
        for part, box in self._parts().items():
            source = draft.parts.get(part, "")
            if source.startswith(INSIDE):
                box.addItem(visible(source), source)
            _pick(box, source)
        _pick(self.data, draft.data)
        self._pick_codec(draft.codec)
        _pick(self.metadata, draft.metadata)
        _pick(self.form, draft.form)
        _pick(self.zone, draft.zone)
        _pick(self.base, "" if draft.version_base is None else str(draft.version_base))
        self._show_snapshots(draft.snapshots, proposal.schema)

    def show_empty(self, full_name: str) -> None:
        """Show a table for which nothing is proposed."""
        self._proposed = None
        _pick(self.table, full_name)
        self._offer_columns(full_name)
        self._show_snapshots(None, None)

    def _parts(self) -> dict[str, QComboBox]:
        return {
            "aggregate_id": self.aggregate_id,
            "aggregate_type": self.aggregate_type,
            "version": self.version,
            "position": self.position,
            "event_id": self.event_id,
            "type": self.type,
            "timestamp": self.timestamp,
        }

    def _offer_columns(self, full_name: str) -> None:
        columns = self._columns(full_name)
        none, choose = (self.tr("(none)"), ""), (self.tr("(choose)"), "")
        counted = (self.tr("(count the rows in order)"), "")
        for box in (self.aggregate_id, self.type, self.data):
            _fill(box, [choose, *columns])
        for box in (self.timestamp, self.position, self.event_id, self.aggregate_type, self.metadata):
            _fill(box, [none, *columns])
        _fill(self.version, [counted, *columns])

    def _columns(self, full_name: str) -> list[tuple[str, str]]:
        found = self._tables.get(full_name)
        return [] if found is None else [(visible(one.name), one.name) for one in found.columns]

    def _pick_codec(self, codec: tuple[str, ...]) -> None:
        text = _SEPARATOR.join(codec)
        if self.codec.findText(text) < 0:
            self.codec.addItem(text, text)
        _pick(self.codec, text)

    def _show_snapshots(self, snapshots: SnapshotDraft | None, schema: str | None) -> None:
        name = "" if snapshots is None else f"{schema}.{snapshots.table}" if schema else snapshots.table
        _pick(self.snapshots, name)
        self._offer_snapshot_columns()
        if snapshots is not None:
            _pick(self.snapshot_id, snapshots.aggregate_id)
            _pick(self.snapshot_version, snapshots.version)
            _pick(self.state, snapshots.state)

    def _offer_snapshot_columns(self) -> None:
        name = _chosen(self.snapshots)
        for box in (self.snapshot_id, self.snapshot_version, self.state):
            _fill(box, [(self.tr("(choose)"), ""), *self._columns(name)])
            box.setEnabled(bool(name))

    # What is chosen

    def _table_chosen(self) -> None:
        self.table_wanted.emit(self.full_name)

    def _snapshots_chosen(self) -> None:
        self._offer_snapshot_columns()
        for box, like in ((self.snapshot_id, self.aggregate_id), (self.snapshot_version, self.version)):
            _pick(box, _chosen(like))
        self.changed.emit()

    @property
    def full_name(self) -> str:
        """The events table with its schema."""
        return str(self.table.currentData() or "")

    def missing(self) -> str:
        """The label of a needed part that is not chosen yet; empty when none is missing."""
        needed: Iterable[tuple[QComboBox, str]] = (
            (self.aggregate_id, self.tr("the aggregate id")),
            (self.type, self.tr("the type")),
            (self.data, self.tr("the data")),
        )
        missing = [text for box, text in needed if not _chosen(box)]
        if not missing and not _chosen(self.version) and not self._counted_by():
            return self.tr("the version, or a position or time to count by")
        if not missing and self._snapshots_half():
            return self.tr("the snapshots' id, version and state")
        return ", ".join(missing)

    def _counted_by(self) -> str:
        return "" if _chosen(self.version) else _chosen(self.position) or _chosen(self.timestamp)

    def _snapshots_half(self) -> bool:
        boxes = (self.snapshot_id, self.snapshot_version, self.state)
        return bool(_chosen(self.snapshots)) and not all(map(_chosen, boxes))

    def draft(self, name: str) -> Draft:
        """What is chosen, as a draft of that name."""
        table = self._tables[self.full_name]
        snapshots = self._tables.get(_chosen(self.snapshots))
        return Draft(
            name=name,
            table=table.name,
            parts={part: _chosen(box) for part, box in self._parts().items() if _chosen(box)},
            data=_chosen(self.data),
            codec=self._codec(),
            metadata=_chosen(self.metadata),
            metadata_codec=self._codec_of_metadata(),
            form=_chosen(self.form),
            zone=_chosen(self.zone),
            version_base=int(_chosen(self.base)) if _chosen(self.base) else None,
            counted_by=self._counted_by(),
            snapshots=None
            if snapshots is None
            else SnapshotDraft(
                snapshots.name,
                _chosen(self.snapshot_id),
                _chosen(self.snapshot_version),
                _chosen(self.state),
                self._codec_of_state(),
            ),
            view=table.view,
        )


    def _codec(self) -> tuple[str, ...]:
        return tuple(_chosen(self.codec).split(_SEPARATOR))

    def _codec_of_metadata(self) -> tuple[str, ...]:
        proposed = self._proposed
        if proposed is not None and proposed.metadata == _chosen(self.metadata):
            return proposed.metadata_codec
        return self._codec()

    def _codec_of_state(self) -> tuple[str, ...]:
        proposed = None if self._proposed is None else self._proposed.snapshots
        if proposed is not None and proposed.state == _chosen(self.state):
            return proposed.codec
        return self._codec()


def _fill(box: QComboBox, items: Iterable[tuple[str, str]]) -> None:
    box.clear()
    for text, value in items:
        box.addItem(visible(text), value)


def _pick(box: QComboBox, value: str) -> None:
    # Item data are texts and nothing else: with None PySide loses count of its references.
    places = (index for index in range(box.count()) if box.itemData(index) == value)
    box.setCurrentIndex(next(places, 0))


def _chosen(box: QComboBox) -> str:
    """The value behind what is shown; of an editable box the text when it is none of the items."""
    text = box.currentText()
    if box.isEditable() and text != box.itemText(box.currentIndex()):
        place = box.findText(text)
        return text.strip() if place < 0 else str(box.itemData(place) or "")
    return str(box.currentData() or "")
