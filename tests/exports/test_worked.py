"""The worked sheet as HTML and LaTeX: the recording's numbers, and nothing that a name orders."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from samples import model, recording, save, text_for

from gru_debugger.cli import main
from gru_debugger.core.trace import Trace
from gru_debugger.errors import LONGEST_LINE
from gru_debugger.exports.worked import ENDINGS, FORMATS, html, latex, text
from gru_debugger.exports.worked_page import SCRIPT
from gru_debugger.exports.worked_step import WorkedStep
from gru_debugger.questions.calculation_symbols import WRITINGS, Writing

T, UNIT = 7, 3
HOSTILE = '<script>alert(1)<b onclick="x">$#%&_^~{}`\'|-- \\input{x}.safetensors'
SYMBOLS = ["a", "b", "<i>", "\\end{document}", "$", "漢", "\x1b[2J", "&amp;"]


class Page(HTMLParser):
    """What a browser finds: tags and attributes, tables cell by cell, and all of its words."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.words: list[str] = []
        self.tables: list[tuple[str, list[list[str]]]] = []
        self._writing = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= {name for name, _ in attrs}
        given = dict(attrs)
        if tag == "section":
            self._writing = given["data-writing"] or ""
        if tag == "table":
            self.tables.append((self._writing, []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in ("td", "th"):
            if tag == "th":
                assert given["scope"] in ("row", "col")
            self.tables[-1][1][-1].append("")
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if {"td", "th"} & {*self.open}:
            self.tables[-1][1][-1][-1] += data


def number(words: str) -> float:
    return float(words.replace("−", "-").replace(",", "").rstrip("†"))


def worked(trace: Trace, unit: int = UNIT, writing: Writing = "pytorch") -> WorkedStep:
    return WorkedStep(trace, T, trace.model.places[0], unit, writing)


def test_the_formats() -> None:
    assert FORMATS == ("html", "latex", "text")
    assert {*ENDINGS.values()} < {*FORMATS}


@pytest.mark.parametrize("reset", ["after", "before"])
def test_the_page_s_tables_are_the_recording_in_each_writing(reset: str) -> None:
    trace = recording(model(reset=reset))  # type: ignore[arg-type]
    page, step = Page(html.render(worked(trace))), trace.step(T)
    assert page.open == []
    assert page.tags["table"] == page.tags["caption"] == 3 * (4 + 16)
    for writing in WRITINGS:
        tables = [rows for of, rows in page.tables if of == writing]
        r, z = tables[:2][:: -1 if writing == "keras" else 1]
        n, blend = tables[2:4]
        ends = -3 if reset == "before" else -1  # behind r stands what it lets pass
        for rows, values, at in ((r, step.r, ends), (z, step.z, -1), (n, step.n, -1),
                                 (blend, step.h, -1), (blend, step.keep, -2)):  # fmt: skip
            shown = [number(row[at]) for row in rows[1:]]
            np.testing.assert_allclose(shown, values, atol=6e-4)
        for unit, rows in enumerate(tables[4:]):
            shown = np.array([[number(word) for word in row[1:4]] for row in rows[1:17]])
            weights = trace.model.cell().weight_hh[(16 if writing == "keras" else 0) + unit]
            wanted = np.stack([step.h_prev, weights, weights.astype(float) * step.h_prev], axis=1)
            np.testing.assert_allclose(shown, wanted, atol=6e-4)


@pytest.mark.parametrize(("hidden", "rows"), [(1, 1), (32, 32), (33, 16), (300, 16)])
def test_of_many_units_those_around_one_and_what_is_left_out(hidden: int, rows: int) -> None:
    trace = recording(model(hidden=hidden), 9)
    markup = html.render(worked(trace, hidden - 1))
    page = Page(markup)
    assert page.tags["article"] == 3 * rows
    said = f"Units {hidden - 16} to {hidden - 1} of {hidden}"
    assert (said in markup) == (rows < hidden)
    assert (f"{hidden - 12} other terms" in markup) == (hidden > 16)
    for one in (markup, text.render(worked(trace, 0)), latex.render(worked(trace, 0))):
        assert max(map(len, one.splitlines())) < LONGEST_LINE  # a terminal would be given less


def test_a_page_of_two_steps() -> None:
    trace = recording(model())
    both = WorkedStep(trace, T, trace.model.places[0], UNIT, and_next=True)
    page = Page(html.render(both))
    assert page.tags["section"] == page.tags["h3"] == 6
    tables = [rows for of, rows in page.tables if of == "pytorch"]
    for rows, t in ((tables[3], T), (tables[20 + 3], T + 1)):
        shown = [number(row[-1]) for row in rows[1:]]
        np.testing.assert_allclose(shown, trace.step(t).h, atol=6e-4)
    compiled(latex.render(both))


def test_the_page_asks_for_nothing_from_outside() -> None:
    markup = html.render(worked(recording(model())))
    assert "http" not in re.sub("http-equiv", "", markup)
    assert "default-src 'none'" in markup
    assert not re.search(r"@import|url\(|src=|href=", markup.replace("script-src", "").replace(
        "default-src", ""))  # fmt: skip


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A model's name and its symbols are what they like."""
    monkeypatch.chdir(tmp_path)
    save(replace(model(), vocabulary=tuple(SYMBOLS)), Path(HOSTILE))
    return HOSTILE


def explained(name: str, kind: str, symbol: str) -> str:
    words = ["explain", name, f"--text=a{symbol}b", "--step", "2", "--format", kind, "-o", "out"]
    assert main([*words, "--force"]) == 0
    return Path("out").read_text(encoding="utf-8")


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_a_stranger_s_words_are_words_in_the_page(hostile: str, symbol: str) -> None:
    page = Page(explained(hostile, "html", symbol))
    assert page.tags["script"] == 1
    assert not {name for name in page.attributes if name.startswith("on")}
    assert not {"b onclick", "i>"} & {*page.tags}
    assert f"\n{SCRIPT}" in page.words
    title = next(words for words in page.words if "step 2 of 3" in words)
    assert title.startswith(HOSTILE)
    assert "\x1b" not in "".join(page.words)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_a_stranger_s_words_are_words_in_latex(hostile: str, symbol: str) -> None:
    markup = explained(hostile, "latex", symbol)
    assert markup.isascii()
    assert "\\input{" not in markup
    assert markup.count("\\end{document}") == 1
    compiled(markup)


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("kind", ["plain", "before", "embedding", "edited", "many"])
def test_latex_compiles(kind: str, writing: Writing) -> None:
    told = {"before": {"reset": "before"}, "embedding": {"embedding": 5}, "many": {"hidden": 40}}
    trace = recording(model(**told.get(kind, {})))  # type: ignore[arg-type]
    if kind == "edited":
        trace = trace.what_if("z[3] = 0.5", "hidden_n = 1e-5", "h[3] = -0.25")
    markup = latex.render(worked(trace, writing=writing))
    for value in trace.step(T).h[:16]:
        assert f"{value:.3f}" in markup
    compiled(markup)


def compiled(markup: str) -> None:
    """By a TeX, where there is one."""
    tex = next(filter(None, map(shutil.which, ("pdflatex", "xelatex", "lualatex"))), None)
    if tex is None:
        pytest.skip("no TeX is installed here")
    Path("sheet.tex").write_text(markup, encoding="utf-8")
    command = [tex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "sheet.tex"]
    done = subprocess.run(command, capture_output=True, timeout=120)
    told = done.stdout.decode("utf-8", "replace")
    if "not found" in told and ".sty" in told:
        pytest.skip("this TeX lacks a package: amsmath, geometry, xcolor or colortbl")
    assert done.returncode == 0, told[-2000:]
    assert Path("sheet.pdf").stat().st_size > 1000


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_browser_shows_one_writing_and_one_unit() -> None:
    browser = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if browser is None:
        pytest.skip("no Chromium is installed here")
    Path("page.html").write_text(html.render(worked(recording(model()), writing="course")), "utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
               "--user-data-dir=profile", Path("page.html").absolute().as_uri()]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    shown = re.findall(r"<(section|article) ([^>]*)>", done.stdout)
    assert len(shown) == 3 + 3 * 16
    visible = [(tag, attributes) for tag, attributes in shown if "hidden" not in attributes]
    assert [attributes for tag, attributes in visible if tag == "section"] == [
        'data-writing="course"'
    ]
    assert {attributes for tag, attributes in visible if tag == "article"} == {'data-unit="3"'}
    assert len(re.findall(r'<tr class="term here" data-unit="3" aria-current="true">', done.stdout))


def test_text_for_is_read_by_all(capsys: pytest.CaptureFixture[str]) -> None:
    trace = Trace(model(), text_for(model(), 9)).finish()
    for one in (html, latex, text):
        assert one.render(worked(trace)).endswith("\n")
