"""The widgets' colours and shapes, from the same theme as the pictures."""

from __future__ import annotations

import re

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from gru_debugger.charts.theme import THEMES, Theme
from gru_debugger.paths import resource
from gru_debugger.window import plain


def palette(theme: Theme) -> QPalette:
    made = QPalette()
    role = QPalette.ColorRole
    for which, color in (
        (role.Window, theme.panel),
        (role.Base, theme.panel),
        (role.AlternateBase, theme.side),
        (role.Button, theme.panel),
        (role.WindowText, theme.text),
        (role.Text, theme.text),
        (role.ButtonText, theme.text),
        (role.ToolTipBase, theme.side),
        (role.ToolTipText, theme.text),
        (role.PlaceholderText, theme.muted),
        (role.Highlight, theme.positive),
        (role.HighlightedText, theme.now_text),
        (role.Mid, theme.border),
        (role.Light, theme.panel),
    ):
        made.setColor(which, color)
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, theme.future)
    return made


def sheet(theme: Theme, times: float = 1.0) -> str:
    """Type is so many times as large as usual."""
    c = {
        name: theme.role(name).name()
        for name in (
            "panel",
            "side",
            "border",
            "outline",
            "text",
            "muted",
            "now",
            "now_text",
            "future",
            "positive",
            "error",
            "good",
            "good_fill",
            "pale",
        )
    }
    signs = "up", "down", f"tick-{theme.name}"
    up, down, tick = (resource("icons", f"{sign}.svg").as_posix() for sign in signs)
    said = f"""{plain.SHEET}
* {{ font-family: "Inter"; font-size: 13px; }}
QMainWindow, QMenuBar, QToolBar, QStatusBar {{ background: {c["panel"]}; color: {c["text"]}; }}
QMainWindow::separator {{ background: {c["border"]}; width: 1px; height: 1px; }}
QMenuBar {{ padding: 0 12px; border: none; }}
QMenuBar::item, QMenu::item, QListWidget::item, QComboBox QAbstractItemView::item {{
    border: 1px solid transparent; }}
QTreeWidget::item {{ border: solid transparent; border-width: 1px 0; }}
QMenuBar::item:selected, QMenu::item:selected, QListWidget::item:selected, QTreeWidget::item:selected,
    QComboBox QAbstractItemView::item:selected {{
    background: {c["pale"]}; color: {c["text"]}; border-color: {c["outline"]}; }}
QMenuBar::item {{ padding: 3px 7px; background: transparent; border-radius: 4px; }}
QMenu {{ background: {c["panel"]}; border: 1px solid {c["border"]}; padding: 4px; }}
QMenu::item {{ padding: 4px 25px 4px 21px; border-radius: 4px; }}
QMenu::item:disabled {{ color: {c["future"]}; }}
QMenu::separator {{ height: 1px; background: {c["border"]}; margin: 4px 8px; }}
QToolBar {{ border: none; border-bottom: 1px solid {c["border"]}; spacing: 0; padding: 0; margin: 0; }}
QToolBar QLabel {{ color: {c["text"]}; }}
QToolButton, QPushButton {{ border: 1px solid {c["border"]}; border-radius: 6px;
    padding: 5px 10px; background: {c["panel"]}; color: {c["text"]}; }}
QToolButton:hover, QPushButton:hover {{ background: {c["pale"]}; }}
QComboBox:focus, QAbstractSpinBox:focus, QLineEdit:focus, QPlainTextEdit:focus, QListWidget:focus,
    QTreeWidget:focus, QTableView:focus {{ border: 1px solid {c["text"]}; }}
QToolButton:disabled, QPushButton:disabled {{ color: {c["future"]}; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}
QToolButton#primary, QPushButton#primary, QPushButton:default {{ background: {c["now"]}; color: {c["now_text"]};
    border-color: {c["now"]}; font-weight: 600; }}
QToolButton#primary:disabled, QPushButton:default:disabled {{ background: {c["future"]}; border-color: {c["future"]};
    color: {c["panel"]}; }}
QToolButton:checked {{ background: {c["pale"]}; border-color: {c["outline"]}; font-weight: 600; }}
QTableView {{ border: 1px solid {c["border"]}; border-radius: 6px; background: {c["panel"]};
    alternate-background-color: {c["side"]}; selection-background-color: {c["pale"]};
    selection-color: {c["text"]}; }}
QTableView#numbers {{ font-family: "JetBrains Mono"; font-size: 12px; }}
QTableView#numbers::item {{ padding: 0 4px 0 0; }}
QTableView#numbers::item:selected {{ background: {c["pale"]}; color: {c["text"]}; border: 1px solid {c["outline"]}; }}
QTableView#tape {{ border: none; background: transparent; }}
QTableView#tape:focus {{ border: none; }}
QTableView#tape QScrollBar:horizontal {{ height: 5px; }}
QTableView#tape QScrollBar::handle:horizontal {{ border-radius: 2px; }}
QTableView QLineEdit {{ border-radius: 0; padding: 0 2px; font-family: "JetBrains Mono"; font-size: 14px; }}
QCheckBox:disabled, QComboBox QAbstractItemView::item:disabled {{ color: {c["future"]}; }}
QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QListWidget, QTreeWidget {{ border: 1px solid {c["outline"]};
    border-radius: 6px; padding: 4px 8px; background: {c["panel"]}; color: {c["text"]}; }}
QTreeWidget, QListWidget {{ outline: 0; selection-background-color: {c["pale"]};
    selection-color: {c["text"]}; }}
QListWidget::item {{ padding: 2px 3px; border-radius: 4px; }}
QTreeWidget::branch:selected {{ background: {c["pale"]}; color: {c["text"]}; }}
QListWidget::item:disabled {{ color: {c["future"]}; }}
QTreeWidget::item {{ padding: 2px 10px 2px 2px; }}
QTreeWidget::item:disabled {{ color: {c["muted"]}; }}
QHeaderView::section {{ background: {c["panel"]}; color: {c["muted"]}; border: none;
    border-bottom: 1px solid {c["border"]}; padding: 4px 10px 4px 4px; }}
QTableView#numbers QHeaderView::section:horizontal {{ padding: 4px 7px 4px 3px; }}
QLabel#keys {{ font-weight: 600; }}
QLabel#why {{ color: {c["muted"]}; font-size: 12px; }}
QFrame#palette {{ background: {c["panel"]}; border: 1px solid {c["muted"]}; }}
QFrame#palette QLineEdit {{ border: none; border-bottom: 1px solid {c["border"]}; border-radius: 0;
    padding: 10px 14px; font-size: 15px; }}
QFrame#palette QTreeWidget {{ border: none; border-radius: 0; padding: 6px; }}
QFrame#palette QTreeWidget::item {{ padding: 3px 8px 3px 4px; }}
QFrame#palette QTreeWidget::item:disabled {{ color: {c["future"]}; }}
QFrame#palette QLabel {{ font-size: 13px; padding: 16px; }}
QComboBox::drop-down {{ border: none; width: 18px; }}
QComboBox::down-arrow, QAbstractSpinBox::down-arrow {{ image: url("{down}"); width: 10px; height: 10px; }}
QAbstractSpinBox::up-arrow {{ image: url("{up}"); width: 10px; height: 10px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 18px; border: none; background: transparent; }}
QAbstractSpinBox::up-button {{ margin-top: 3px; }}
QAbstractSpinBox::down-button {{ margin-bottom: 3px; }}
QComboBox {{ combobox-popup: 0; }}
QComboBox QFrame {{ border: none; }}
QComboBox QAbstractItemView::item {{ min-height: 20px; padding: 0 5px; border-radius: 4px; }}
QPlainTextEdit#text {{ font-family: "JetBrains Mono"; font-size: 15px; }}
QComboBox QAbstractItemView {{ background: {c["panel"]}; color: {c["text"]};
    border: 1px solid {c["outline"]}; outline: 0; padding: 2px;
    selection-background-color: {c["pale"]}; selection-color: {c["text"]}; }}
QStatusBar {{ border-top: 1px solid {c["border"]}; font-size: 12px; }}
QStatusBar::item {{ border: none; }}
QStatusBar QLabel {{ color: {c["muted"]}; padding: 1px 9px; font-size: 12px; }}
QLabel#good {{ background: {c["good_fill"]}; color: {c["good"]}; border-radius: 4px; font-weight: 600; }}
QLabel#bad {{ background: {c["error"]}; color: {c["panel"]}; border-radius: 4px; font-weight: 600; }}
QLabel#quiet {{ background: {c["pale"]}; border-radius: 4px; }}
QFrame#editBar {{ background: {c["panel"]}; border-bottom: 1px solid {c["border"]}; }}
QFrame#editBar QLabel#keys {{ font-size: 13px; }}
QFrame#editBar QLabel#quiet {{ color: {c["muted"]}; padding: 2px 6px; font-size: 12px; }}
QWidget#chip, QWidget#chipNow {{ background: {c["side"]}; border: 1px solid {c["border"]}; border-radius: 5px; }}
QWidget#chipNow {{ background: {c["panel"]}; border: 2px solid {c["text"]}; }}
QWidget#chip QToolButton, QWidget#chipNow QToolButton {{ background: transparent; border: none; border-radius: 3px;
    padding: 0 4px; font-family: "JetBrains Mono"; font-size: 12px; }}
QWidget#chip QToolButton {{ color: {c["muted"]}; }}
QWidget#chip QToolButton:hover, QWidget#chipNow QToolButton:hover {{ background: {c["pale"]}; }}
QToolButton#keyed {{ border: none; padding: 0; color: {c["muted"]}; font-size: 12px; }}
QToolButton#keyed QLabel {{ color: {c["muted"]}; font-size: 12px; }}
QToolButton#keyed QLabel#cap {{ border: 1px solid {c["border"]}; border-radius: 3px; padding: 0 4px;
    font-size: 11px; }}
QToolButton#first {{ border: none; padding: 1px 4px; font-size: 12px; font-weight: 600; color: {c["error"]}; }}
QToolButton#more {{ padding: 1px 7px; font-size: 12px; }}
QLabel#wrong {{ color: {c["error"]}; font-weight: 600; }}
QLabel#plain {{ color: {c["muted"]}; }}
QScrollArea#start, QWidget#startInside {{ background: {c["side"]}; }}
QFrame#card, QFrame#drop {{ background: {c["panel"]}; border: 1px solid {c["border"]}; border-radius: 9px; }}
QFrame#drop {{ background: transparent; border: 2px dashed {c["outline"]}; }}
QLabel#startTitle {{ font-size: 28px; font-weight: 600; }}
QLabel#cardTitle {{ font-size: 16px; font-weight: 600; }}
QPushButton#answer, QPushButton#answerNow, QPushButton#answerOwn {{ text-align: left; }}
QPushButton#answerNow {{ border: 2px solid {c["text"]}; background: {c["pale"]}; }}
QPushButton#answerOwn {{ border: 2px dashed {c["error"]}; }}
QPushButton#answer QLabel#cap, QPushButton#answerNow QLabel#cap, QPushButton#answerOwn QLabel#cap {{ border: 1px solid {c["outline"]};
    border-radius: 3px; padding: 0 5px; font-size: 11px; }}
QPushButton#row {{ border-color: transparent; border-radius: 4px; text-align: left; }}
QPushButton#row:hover {{ background: {c["pale"]}; }}
QFrame#message {{ background: {c["error"]}; }}
QFrame#message QLabel {{ color: {c["panel"]}; font-weight: 500; }}
QFrame#message QToolButton {{ background: transparent; color: {c["panel"]}; border: none; }}
QFrame#notice {{ background: {c["pale"]}; border-bottom: 1px solid {c["border"]}; }}
QFrame#notice QLabel#wrong {{ font-size: 12px; }}
QMainWindow > QTabBar {{ background: {c["side"]}; qproperty-drawBase: 0; font-size: 12px; }}
QMainWindow > QTabBar::tab {{ background: {c["side"]}; color: {c["muted"]}; border: none;
    border-bottom: 2px solid transparent; padding: 5px 8px 3px 8px; }}
QMainWindow > QTabBar::tab:hover {{ background: {c["pale"]}; color: {c["text"]};
    border-bottom: 2px solid {c["outline"]}; }}
QMainWindow > QTabBar::tab:selected {{ background: {c["panel"]}; color: {c["text"]}; font-weight: 600;
    border-bottom: 2px solid {c["text"]}; }}
QDockWidget {{ color: {c["muted"]}; font-size: 11px; }}
QWidget#dockTitle {{ background: {c["side"]}; }}
QWidget#dockTitle QLabel {{ color: {c["muted"]}; font-size: 11px; }}
QWidget#dockTitle QToolButton {{ border: none; background: transparent; padding: 0 4px;
    color: {c["muted"]}; font-size: 11px; }}
QToolTip {{ background: {c["side"]}; color: {c["text"]}; border: 1px solid {c["border"]};
    padding: 4px; font-family: "JetBrains Mono"; font-size: 11px; }}
QRadioButton::indicator {{ width: 10px; height: 10px; border: 2px solid {c["muted"]};
    border-radius: 7px; background: {c["panel"]}; }}
QRadioButton::indicator:checked {{ background: {c["now"]}; }}
QCheckBox::indicator {{ width: 10px; height: 10px; border: 2px solid {c["muted"]};
    border-radius: 3px; background: {c["panel"]}; }}
QCheckBox::indicator:checked {{ background: {c["now"]}; border-color: {c["now"]}; image: url("{tick}"); }}
QCheckBox::indicator:disabled {{ border-color: {c["future"]}; }}
QCheckBox::indicator:checked:disabled {{ background: {c["future"]}; }}
QRadioButton:disabled {{ color: {c["future"]}; }}
QRadioButton::indicator:disabled {{ border-color: {c["future"]}; }}
QScrollBar:vertical {{ background: transparent; width: 9px; }}
QScrollBar::handle:vertical {{ background: {c["outline"]}; border-radius: 4px; min-height: 24px; }}
QScrollBar:horizontal {{ background: transparent; height: 9px; }}
QScrollBar::handle:horizontal {{ background: {c["outline"]}; border-radius: 4px; min-width: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QDialog {{ background: {c["panel"]}; }}
"""
    if times == 1:
        return said
    return re.sub(r"font-size: (\d+)px", lambda f: f"font-size: {round(int(f[1]) * times)}px", said)


def theme_of(widget: QWidget) -> Theme:
    """The theme whose palette a widget has."""
    window = widget.palette().color(QPalette.ColorRole.Window)
    return next((theme for theme in THEMES.values() if theme.panel == window), THEMES["light"])


def say(label: plain.Label, name: str, words: str, tip: str = "") -> None:
    """Words and their kind, a name in the style sheet: quiet, good, bad, wrong."""
    label.setText(words)
    label.setToolTip(tip)
    rename(label, name)


def rename(widget: QWidget, name: str) -> None:
    """Give a widget what the style sheet has for a name, and for the widgets inside."""
    if widget.objectName() != name:
        widget.setObjectName(name)
        for part in (widget, *widget.findChildren(QWidget)):
            part.style().unpolish(part)
            part.style().polish(part)


def icon(shape: str, color: QColor) -> QIcon:
    """The tool bar's few signs, drawn: back, step, play, run, pause, theme, export, folder, tick, nothing."""
    made = QIcon()
    for ratio in (1, 2):
        pixels = QPixmap(QSize(16, 16) * ratio)
        pixels.setDevicePixelRatio(ratio)
        pixels.fill(Qt.GlobalColor.transparent)
        p = QPainter(pixels)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(color)
        _SHAPES[shape](p, color)
        p.end()
        made.addPixmap(pixels)
    return made


def _triangle(p: QPainter, *points: tuple[float, float]) -> None:
    p.drawPolygon(QPolygonF.fromList([QPointF(*point) for point in points]))


def _back(p: QPainter, color: QColor) -> None:
    _triangle(p, (10, 3), (10, 13), (3, 8))
    p.drawRect(QRectF(11.5, 3, 2, 10))


def _step(p: QPainter, color: QColor) -> None:
    p.drawRect(QRectF(2.5, 3, 2, 10))
    _triangle(p, (6, 3), (6, 13), (13, 8))


def _play(p: QPainter, color: QColor) -> None:
    _triangle(p, (4, 2.5), (4, 13.5), (13, 8))


def _run(p: QPainter, color: QColor) -> None:
    """Up to a stop."""
    _triangle(p, (1, 3), (1, 13), (8, 8))
    p.drawEllipse(QPointF(12, 8), 3, 3)


def _pause(p: QPainter, color: QColor) -> None:
    p.drawRect(QRectF(4, 3, 3, 10))
    p.drawRect(QRectF(9.5, 3, 3, 10))


def _theme(p: QPainter, color: QColor) -> None:
    p.drawPie(QRectF(2.5, 2.5, 11, 11), 90 * 16, 180 * 16)
    p.setPen(QPen(color, 1.5))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawEllipse(QRectF(2.5, 2.5, 11, 11))


def _export(p: QPainter, color: QColor) -> None:
    p.setPen(QPen(color, 1.6))
    for a, b in (
        ((8, 10), (8, 2.5)),
        ((8, 2.5), (4.8, 5.7)),
        ((8, 2.5), (11.2, 5.7)),
        ((2.5, 10), (2.5, 13.5)),
        ((2.5, 13.5), (13.5, 13.5)),
        ((13.5, 13.5), (13.5, 10)),
    ):
        p.drawLine(QPointF(*a), QPointF(*b))


def _folder(p: QPainter, color: QColor) -> None:
    p.setPen(QPen(color, 1.5))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawPolyline(
        QPolygonF.fromList(
            [QPointF(*a) for a in ((1.8, 13), (1.8, 3), (6, 3), (7.5, 5), (12.5, 5), (12.5, 7))]
        )
    )
    p.drawPolygon(
        QPolygonF.fromList([QPointF(*a) for a in ((1.8, 13), (4.2, 7.2), (15, 7.2), (12.5, 13))])
    )


def _nothing(p: QPainter, color: QColor) -> None:
    """A sign's place left free, so that names begin where they do beside one."""


def _tick(p: QPainter, color: QColor) -> None:
    p.setPen(QPen(color, 2))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawPolyline(
        QPolygonF.fromList([QPointF(*a) for a in ((2.5, 8.5), (6.5, 12.5), (13.5, 3.5))])
    )


_SHAPES = {
    "back": _back,
    "step": _step,
    "play": _play,
    "run": _run,
    "pause": _pause,
    "theme": _theme,
    "export": _export,
    "folder": _folder,
    "tick": _tick,
    "nothing": _nothing,
}
