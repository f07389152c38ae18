"""The fields of one connection, on four tabs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QWidget,
)

from esviewer.app.connections import COLOURS, SavedConnection, split_password
from esviewer.gui.connections.colours import swatch
from esviewer.stores.databases.options import ConnectionOptions, SshTunnel


@dataclass(frozen=True, slots=True)
class Filled:
    """What the form holds; the passwords are apart, and empty where none was typed."""

    connection: SavedConnection
    password: str | None = field(default=None, repr=False)
    ssh_password: str | None = field(default=None, repr=False)


class FileField(QWidget):
    """A path, typed or picked."""

    changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit(self)
        self.edit.setAccessibleName(name)
        self.edit.textEdited.connect(self.changed)
        self.button = QPushButton(self.tr("Browse …"), self)
        self.button.setAccessibleName(self.tr("Browse for: {0}").format(name))
        self.button.clicked.connect(self._browse)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.button)
        self.setFocusProxy(self.edit)

    def _browse(self) -> None:
        name = QFileDialog.getOpenFileName(self, self.edit.accessibleName())[0]
        if name:
            self.edit.setText(name)
            self.changed.emit()

    def path(self) -> Path | None:
        """The path, None for an empty field."""
        text = self.edit.text().strip()
        return Path(text).expanduser() if text else None

    def show_path(self, path: Path | str | None) -> None:
        """Fill the field."""
        self.edit.setText("" if path is None else str(path))


class ConnectionForm(QTabWidget):
    """Edits one connection; keeps nothing itself."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = self._line()
        self.group = self._line(self.tr("for example production"))
        self.colour = QComboBox(self)
        words = {
            "": self.tr("none"),
            "red": self.tr("red"),
            "orange": self.tr("orange"),
            "green": self.tr("green"),
            "blue": self.tr("blue"),
            "purple": self.tr("purple"),
            "grey": self.tr("grey"),
        }
        for colour in COLOURS:
            self.colour.addItem(swatch(colour), words[colour], colour)
        self.target = FileField(self.tr("File or URL"), self)
        self.target.edit.setPlaceholderText("postgresql://user@host:5432/database")
        self.keeping = self._keepings(self.tr("none, or from the environment, ~/.pgpass, my.cnf"))
        self.password = self._password()
        self.layout_name = self._line(self.tr("found by itself"))
        self.tls = QComboBox(self)
        for value, text in (
            ("default", self.tr("as the URL says")),
            ("off", self.tr("off")),
            ("require", self.tr("on, certificate not checked")),
            ("verify-ca", self.tr("on, certificate checked")),
            ("verify-full", self.tr("on, certificate and host name checked")),
        ):
            self.tls.addItem(text, value)
        self.ca_file = FileField(self.tr("CA file"), self)
        self.client_cert = FileField(self.tr("Client certificate"), self)
        self.client_key = FileField(self.tr("Client key"), self)
        self.schema = self._line(self.tr("the database's own"))
        self.tenant = self._line(self.tr("all"))
        self.seconds = QSpinBox(self)
        self.seconds.setRange(0, 86_400)
        self.seconds.setSpecialValueText(self.tr("as usual (120 s)"))
        self.seconds.setSuffix(" s")
        self.use_ssh = QCheckBox(self.tr("Reach the database through an SSH server"), self)
        self.ssh_host = self._line()
        self.ssh_port = QSpinBox(self)
        self.ssh_port.setRange(1, 65_535)
        self.ssh_user = self._line(self.tr("your name on this machine"))
        self.ssh_key = FileField(self.tr("Key file"), self)
        self.ssh_keeping = self._keepings(self.tr("none: SSH agent, own keys or the key file"))
        self.ssh_password = self._password()
        self.known_hosts = FileField(self.tr("Known hosts"), self)
        self.known_hosts.edit.setPlaceholderText("~/.ssh/known_hosts")
        self._tabs()
        for box in (self.colour, self.keeping, self.tls, self.ssh_keeping):
            box.activated.connect(self._edited)
        for number in (self.seconds, self.ssh_port):
            number.valueChanged.connect(self._edited)
        self.use_ssh.clicked.connect(self._edited)
        for chooser in (
            self.target, self.ca_file, self.client_cert, self.client_key, self.ssh_key, self.known_hosts,
        ):
            chooser.changed.connect(self._edited)
        self._filling = False
        self.fill(SavedConnection("", ""))

    def _line(self, placeholder: str = "") -> QLineEdit:
        line = QLineEdit(self)
        line.setPlaceholderText(placeholder)
        line.textEdited.connect(self._edited)
        return line

    def _password(self) -> QLineEdit:
        line = self._line()
        line.setEchoMode(QLineEdit.EchoMode.Password)
        return line

    def _keepings(self, without: str) -> QComboBox:
        box = QComboBox(self)
        box.addItem(without, "none")
        box.addItem(self.tr("kept in the system's keyring"), "keyring")
        box.addItem(self.tr("asked for each time"), "ask")
        return box

    def _tabs(self) -> None:
        self._tab(
            self.tr("Store"),
            (self.tr("&Name"), self.name),
            (self.tr("&Group"), self.group),
            (self.tr("&Colour"), self.colour),
            (self.tr("&File or URL"), self.target),
            (self.tr("Pass&word is"), self.keeping),
            (self.tr("&Password"), self.password),
            (self.tr("&Layout"), self.layout_name),
        )
        self._tab(
            self.tr("TLS"),
            (self.tr("&TLS"), self.tls),
            (self.tr("C&A file"), self.ca_file),
            (self.tr("Client &certificate"), self.client_cert),
            (self.tr("Client &key"), self.client_key),
        )
        self._tab(
            self.tr("Reading"),
            (self.tr("&Schema, search path"), self.schema),
            (self.tr("&Tenant"), self.tenant),
            (self.tr("Time &limit of a statement"), self.seconds),
        )
        self._tab(
            self.tr("SSH tunnel"),
            ("", self.use_ssh),
            (self.tr("&Host"), self.ssh_host),
            (self.tr("P&ort"), self.ssh_port),
            (self.tr("&User"), self.ssh_user),
            (self.tr("&Key file"), self.ssh_key),
            (self.tr("Pass&word is"), self.ssh_keeping),
            (self.tr("&Password"), self.ssh_password),
            (self.tr("Known h&osts"), self.known_hosts),
        )

    def _tab(self, title: str, *rows: tuple[str, QWidget]) -> None:
        page = QWidget(self)
        form = QFormLayout(page)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        for text, widget in rows:
            if not text:
                form.addRow(widget)
                continue
            label = QLabel(text, page)
            label.setBuddy(widget)
            if not widget.accessibleName():
                widget.setAccessibleName(text.replace("&", ""))
            form.addRow(label, widget)
        self.addTab(page, title)

    def _edited(self) -> None:
        if not self._filling:
            self._enable()
            self.changed.emit()

    def _enable(self) -> None:
        self.password.setEnabled(self.keeping.currentData() == "keyring")
        used = self.use_ssh.isChecked()
        for widget in (
            self.ssh_host, self.ssh_port, self.ssh_user, self.ssh_key, self.ssh_keeping, self.known_hosts,
        ):
            widget.setEnabled(used)
        self.ssh_password.setEnabled(used and self.ssh_keeping.currentData() == "keyring")
        kept = self.tr("kept; type to change it")
        for line in (self.password, self.ssh_password):
            line.setPlaceholderText(kept if line.isEnabled() and self.name.text() else "")

    def fill(self, connection: SavedConnection) -> None:
        """Show a connection."""
        self._filling = True
        options = connection.options
        tunnel = options.tunnel or SshTunnel("")
        for line, text in (
            (self.name, connection.name),
            (self.group, connection.group),
            (self.layout_name, connection.layout),
            (self.schema, options.schema),
            (self.tenant, options.tenant),
            (self.ssh_host, tunnel.host),
            (self.ssh_user, tunnel.user),
            (self.password, ""),
            (self.ssh_password, ""),
        ):
            line.setText(text or "")
        for box, value in (
            (self.colour, connection.colour),
            (self.keeping, connection.keeping),
            (self.ssh_keeping, connection.ssh_keeping),
            (self.tls, options.tls),
        ):
            box.setCurrentIndex(box.findData(value))
        self.target.show_path(connection.target)
        for chooser, path in (
            (self.ca_file, options.ca_file),
            (self.client_cert, options.client_cert),
            (self.client_key, options.client_key),
            (self.ssh_key, tunnel.key_file),
            (self.known_hosts, tunnel.known_hosts),
        ):
            chooser.show_path(path)
        self.seconds.setValue(options.statement_seconds or 0)
        self.ssh_port.setValue(tunnel.port)
        self.use_ssh.setChecked(options.tunnel is not None)
        self._enable()
        self._filling = False

    def filled(self) -> Filled:
        """What is in the fields; raises UsageError for a URL that holds what can't be kept."""
        target, typed = split_password(self.target.edit.text().strip())
        ssh_password = self.ssh_password.text() or None
        tunnel = None
        if self.use_ssh.isChecked():
            tunnel = SshTunnel(
                self.ssh_host.text().strip(),
                self.ssh_port.value(),
                self.ssh_user.text().strip() or None,
                self.ssh_key.path(),
                known_hosts=self.known_hosts.path(),
            )
        options = ConnectionOptions(
            tls=self.tls.currentData(),
            ca_file=self.ca_file.path(),
            client_cert=self.client_cert.path(),
            client_key=self.client_key.path(),
            schema=self.schema.text().strip() or None,
            statement_seconds=self.seconds.value() or None,
            tenant=self.tenant.text() or None,
            tunnel=tunnel,
        )
        keeping = self.keeping.currentData()
        if typed and keeping == "none":
            # Somebody who types a password into a URL wants it kept, and the keyring is the only place for it.
            keeping = "keyring"
        connection = SavedConnection(
            self.name.text(),
            target,
            self.group.text().strip(),
            self.colour.currentData(),
            self.layout_name.text().strip() or None,
            keeping,
            self.ssh_keeping.currentData(),
            options,
        )
        return Filled(connection, self.password.text() or typed, ssh_password)
