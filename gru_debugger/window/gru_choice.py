"""Which GRU of a file, and which of its matrices belong to it: asked where it is left open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.numerals import grouped
from gru_debugger.source import AS_FOUND, NONE, Candidate, Choice, Match, Role
from gru_debugger.window.combo import Combo
from gru_debugger.window.plain import Label

if TYPE_CHECKING:
    from gru_debugger.formats.assembly.listing import FoundGRU

_COLUMNS = ("GRU", "Layers", "Units", "Inputs", "Embedding", "Output layer")
_NUMBERS = (2, 3)
_ROW = Qt.ItemDataRole.UserRole


class ChoiceDialog(QDialog):
    """The GRUs of a file with their sizes; for the one selected, its embedding and output layer."""

    def __init__(
        self, parent: QWidget | None, name: str, grus: list[FoundGRU], choice: Choice = AS_FOUND
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Choose a GRU")
        self.resize(860, 460)
        self._grus = grus
        usable = sum(gru.refusal is None and gru.part_of is None for gru in grus)
        words = f"“{name}” holds {usable} GRUs." if usable > 1 else f"“{name}” holds one GRU."
        self.list = self._make_list()
        self.layers: dict[Role, Layer] = {"embedding": Layer(), "output": Layer()}
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Open)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, layer in zip(("Embedding", "Output layer"), self.layers.values(), strict=True):
            layer.box.setAccessibleName(title)
            form.addRow(title, layer.box)
            form.addRow("", layer.why)
        layout = QVBoxLayout(self)
        layout.addWidget(Label(f"{words} Which shall be opened?" if usable > 1 else words))
        layout.addWidget(self.list, 1)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.list.currentItemChanged.connect(lambda *_: self._show_layers())
        self.list.itemDoubleClicked.connect(lambda *_: self.ok.click())
        self._select(choice)
        self.list.setFocus()

    def _make_list(self) -> QTreeWidget:
        made = _Tree()
        made.setHeaderLabels(_COLUMNS)
        made.setAccessibleName("GRUs of the file")
        made.setUniformRowHeights(True)
        made.setAllColumnsShowFocus(True)
        made.setItemsExpandable(False)
        rows: dict[str, QTreeWidgetItem] = {}
        for index, gru in enumerate(self._grus):
            row = QTreeWidgetItem(_row(gru))
            row.setData(0, _ROW, index)
            for column in _NUMBERS:
                row.setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
            if gru.refusal is not None:
                row.setFlags(Qt.ItemFlag.NoItemFlags)
                row.setToolTip(0, gru.refusal)
            whole = rows.get(gru.part_of) if gru.part_of is not None else None
            if whole is None:
                made.addTopLevelItem(row)
                rows[gru.name] = row
            else:
                whole.addChild(row)
            row.setFirstColumnSpanned(gru.refusal is not None)
        made.setRootIsDecorated(False)
        made.expandAll()
        header = made.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        return made

    def _select(self, choice: Choice) -> None:
        """What was chosen before, or the first; then its layers as they were chosen."""
        wanted = next((i for i, gru in enumerate(self._grus) if gru.name == choice.gru), 0)
        items = self.list.findItems("*", Qt.MatchFlag.MatchWildcard | Qt.MatchFlag.MatchRecursive)
        usable = [item for item in items if item.flags() & Qt.ItemFlag.ItemIsSelectable]
        self.ok.setEnabled(bool(usable))
        if usable:
            at = next((item for item in usable if item.data(0, _ROW) == wanted), usable[0])
            self.list.setCurrentItem(at)
            for role, layer in self.layers.items():
                layer.select(choice.of(role))

    @property
    def gru(self) -> FoundGRU | None:
        item: QTreeWidgetItem | None = self.list.currentItem()
        return None if item is None else self._grus[int(item.data(0, _ROW))]

    def _show_layers(self) -> None:
        gru = self.gru
        for match in gru.matched if gru else ():
            self.layers[match.role].show(match)

    @property
    def choice(self) -> Choice:
        gru = self.gru
        return Choice(
            None if gru is None else gru.name,
            self.layers["embedding"].chosen,
            self.layers["output"].chosen,
        )


class _Tree(QTreeWidget):
    """Home and End reach the first and the last row that can be chosen."""

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        to = super().moveCursor(action, modifiers)
        ends = {
            QAbstractItemView.CursorAction.MoveHome: self.indexBelow,
            QAbstractItemView.CursorAction.MoveEnd: self.indexAbove,
        }
        if action in ends:
            while to.isValid() and not to.flags() & Qt.ItemFlag.ItemIsSelectable:
                to = ends[action](to)
        return to


def _row(gru: FoundGRU) -> list[str]:
    name = gru.name or "(no name)"
    if gru.refusal is not None:
        return [f"{name}: {gru.refusal}"]
    ways = ", both directions" if gru.directions == 2 else ", reverse" if gru.backwards else ""
    layers = f"{gru.layers}{ways}"
    matched = (m.chosen.name if m.chosen else NONE for m in gru.matched)
    return [name, layers, grouped(gru.hidden_size), grouped(gru.input_size), *matched]


class Layer:
    """A box with the matrices that fit a role, and a line that says why."""

    def __init__(self) -> None:
        self.box = Combo()
        self.why = Label(wrap=True)
        self.why.setObjectName("why")
        self.box.currentIndexChanged.connect(lambda _: self._explain())

    def show(self, match: Match) -> None:
        self.box.clear()
        self._add(f"{match.chosen or NONE}, as found", None, match.reason)
        for candidate in match.candidates:
            if candidate != match.chosen:
                self._add(str(candidate), candidate.name, _reasons(candidate))
        if match.chosen is not None:
            self._add(NONE, NONE, "")
        self._explain()

    def _add(self, words: str, name: str | None, why: str) -> None:
        self.box.addItem(words, name)
        self.box.setItemData(self.box.count() - 1, why, Qt.ItemDataRole.ToolTipRole)

    def _explain(self) -> None:
        self.why.setText(str(self.box.currentData(Qt.ItemDataRole.ToolTipRole) or ""))

    @property
    def chosen(self) -> str | None:
        name: str | None = self.box.currentData()
        return name

    def select(self, name: str | None) -> None:
        at = self.box.findData(name) if name is not None else 0
        self.box.setCurrentIndex(max(0, at))


def _reasons(candidate: Candidate) -> str:
    against = f" · against it: {'; '.join(candidate.cons)}" if candidate.cons else ""
    return "; ".join(candidate.pros) + against
