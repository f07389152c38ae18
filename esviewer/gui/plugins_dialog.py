"""Plug-ins in a window: which are installed, what is wrong with them, and a switch for each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from esviewer import plugins
from esviewer.app.plugins import CONSENT, PluginState, states, switch
from esviewer.errors import EsviewerError
from esviewer.gui.language import translate
from esviewer.gui.localised import localised
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import tip, visible
from esviewer.plugins import Plugin
from esviewer.work import Work

_NAME, _KIND, _PACKAGE, _STATE = range(4)


def kind_word(kind: str) -> str:
    """What sort of plug-in it is."""
    return {
        "layout": translate("Plugins", "Layout"),
        "codec": translate("Plugins", "Codec"),
        "check": translate("Plugins", "Check"),
        "report-form": translate("Plugins", "Report form"),
        "projection-engine": translate("Plugins", "Projection engine"),
    }[kind]


def state_word(state: str) -> str:
    """Whether it counts."""
    return {
        "on": translate("Plugins", "on"),
        "off": translate("Plugins", "off"),
        "skipped": translate("Plugins", "skipped"),
    }[state]


class PluginsDialog(QDialog):
    """Lists the plug-ins; a box switches each one on and off, which is kept at once."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Plug-ins"))
        self._tasks = Tasks(self)
        self._tasks.failed.connect(self._failed)
        self._shown: list[PluginState] = []
        self._filling = False
        self.about = self._label(localised(CONSENT))
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName(self.tr("Plug-ins"))
        self.tree.setHeaderLabels([self.tr("Name"), self.tr("Kind"), self.tr("Package"), self.tr("State")])
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.tree.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_PACKAGE, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        self.why = self._label("")
        self.why.setAccessibleName(self.tr("About the plug-in"))
        # Room for a reason of some lines, so that nothing moves when another one is chosen.
        self.why.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self.why.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.hint = self._label(self.tr("A switch counts for what is opened, checked and written from then on."))
        self.hint.setObjectName("dim")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self.about, self.tree, self.why, self.hint, self.buttons):
            layout.addWidget(widget, 1 if widget is self.tree else 0)
        self.resize(min(680, parent.width() - 40), min(440, parent.height() - 40))
        self.tree.itemChanged.connect(self._switched)
        self.tree.currentItemChanged.connect(self._choose)
        self.finished.connect(self._tasks.close)
        self._look()

    def _label(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label

    @property
    def busy(self) -> bool:
        """Whether plug-ins are being looked at."""
        return self._tasks.busy

    def _look(self, before: Callable[[], None] | None = None) -> None:
        """List them anew, on the worker, since their modules are loaded for it."""

        def look(_: Work) -> list[PluginState]:
            if before is not None:
                before()
            return states()

        self.why.setText(self.tr("Looking at them …"))
        self._tasks.run(look, self._show, slot="plugins")

    def _show(self, found: list[PluginState]) -> None:
        row = self._row()
        self._shown = found
        self._filling = True
        self.tree.clear()
        fixed = plugins.none_wanted()
        for each in found:
            plugin = each.plugin
            texts = [plugin.name, kind_word(plugin.kind), f"{plugin.package} {plugin.version}", state_word(each.state)]
            item = QTreeWidgetItem(self.tree, list(map(visible, texts)))
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            item.setFlags(flags if fixed else flags | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(_NAME, Qt.CheckState.Unchecked if each.state == "off" else Qt.CheckState.Checked)
            if each.reason:
                item.setToolTip(_STATE, tip(visible(localised(each.reason))))
        self._filling = False
        if found:
            self.tree.setCurrentIndex(self.tree.model().index(min(max(row, 0), len(found) - 1), _NAME))
        self._choose()

    def _row(self) -> int:
        """The chosen plug-in's; -1 where none is."""
        return self.tree.currentIndex().row()

    def _choose(self) -> None:
        if self._filling:
            return
        row = self._row()
        if not self._shown:
            text = self.tr("No plug-in is installed. The manual says how one is made, and how it is installed.")
        elif row < 0:
            text = ""
        else:
            each = self._shown[row]
            text = localised(each.reason) or {
                "on": self.tr("{0} is switched on and can be used."),
                "off": self.tr("{0} is switched off; nothing of it is loaded."),
            }.get(each.state, "").format(each.plugin)
        self.why.setText(visible(text))

    def _switched(self, item: QTreeWidgetItem, column: int) -> None:
        if self._filling or column != _NAME:
            return
        plugin: Plugin = self._shown[self.tree.indexOfTopLevelItem(item)].plugin
        on = item.checkState(_NAME) == Qt.CheckState.Checked
        self._look(partial(switch, [plugin], on))

    def _failed(self, error: EsviewerError) -> None:
        self._show(self._shown)
        self.why.setText(visible(localised(error)))
