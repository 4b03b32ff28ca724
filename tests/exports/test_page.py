"""The page that steps: its numbers are the trace's, nothing in it is markup, keys lead through it.

What it shows is asked of a real browser, where there is one.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import Browser, browser
from samples import model, recording

from gru_debugger import load_model, trace
from gru_debugger.cli import main
from gru_debugger.core.cell import QUANTITIES, Notation
from gru_debugger.core.model import Model
from gru_debugger.core.quantities import (
    CELL_QUANTITIES,
    COMPUTATIONS,
    computation_in_words,
)
from gru_debugger.core.trace import Trace
from gru_debugger.errors import ExistingFileError, InputError
from gru_debugger.exports import snapshots
from gru_debugger.exports.jobs import SnapshotJob
from gru_debugger.numerals import two
from gru_debugger.panes.in_words import plain
from gru_debugger.questions.sentences import unit_sentence
from gru_debugger.session.view import View

pytestmark = pytest.mark.usefixtures("screen")

SHOWN = [name for name in CELL_QUANTITIES if name != "x"]
Look = dict[str, Any]


def job_of(run: Trace, folder: Path, first: int = 1, last: int = 12, **more: Any) -> SnapshotJob:
    steps = range(first, last + 1)
    return SnapshotJob(run.model, run, steps, folder, formats=("html",), **more)


def page(job: SnapshotJob) -> Path:
    job.check_formats()
    snapshots.export(job, lambda done: None)
    (file,) = job.paths()
    return file


class Read(HTMLParser):
    """What a browser takes for the page's scripts, and the title."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.title, self._in = "", ""
        self.tags: list[str] = []
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in = tag
        self.tags.append(tag)
        assert all(name not in ("src", "href") for name, _ in attrs)
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "script":
            self.scripts[-1] += data
        elif self._in == "title":
            self.title += data

    @property
    def data(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.scripts[0])
        return read


@pytest.mark.parametrize(
    ("made", "view"),
    [
        (model(), View()),
        (model(5, reset="before"), View(notation="course")),
        (model(4, layers=2, directions=2), View(1, "reverse")),
        (model(3, output=False), View()),
    ],
)
def test_its_numbers_are_the_trace_s_own_to_the_last_bit(
    made: Model, view: View, tmp_path: Path
) -> None:
    run = recording(made, 12)
    data = Read(page(job_of(run, tmp_path, 0, 12, view=view))).data
    assert [step["t"] for step in data["steps"]] == list(range(13))
    before, *steps = data["steps"]
    h0 = run.h0[made.places.index((view.layer, view.direction))]
    if view.direction == "forward":
        np.testing.assert_array_equal(np.float32(before["values"].pop("h")), h0)
    assert before["values"] == {}, "in reverse h(0) comes after the last character"
    for found in steps:
        step = run.step(found["t"], view.layer, view.direction)
        assert list(found["values"]) == SHOWN
        for name, values in found["values"].items():
            np.testing.assert_array_equal(np.float32(values), step.values[name], name)
        assert found["said"]["course"] == [
            plain(unit_sentence(step, unit, course=True)) for unit in range(made.hidden_size)
        ]
        for sign, share, follows in found.get("next", ()):
            symbol = "⏎⇥␣abcdefgh".index(sign)
            assert np.float32(share) == step.probabilities[symbol]
            after = run.characters[found["t"]] if found["t"] < 12 else None
            assert follows == (made.require_vocabulary()[symbol] == after)
    assert ("next" in steps[0]) == (made.output is not None)


def test_axes_and_rows_are_the_cell_s(tmp_path: Path) -> None:
    run = recording(model(reset="before"), 12)
    data = Read(page(job_of(run, tmp_path))).data
    axes = run.axes()
    for notation in ("pytorch", "course"):
        columns = [column for band in data["bands"][notation] for column in band]
        assert [column["title"] for column in columns] == [
            "Reset gate", "Update gate", "Candidate", "Old state", "Blend", "New state"
        ]  # fmt: skip
        rows = {row["quantity"]: row for column in columns for row in column["rows"]}
        assert {"input_r", "hidden_z", "reset_product", "n", "h", "h_prev"} <= rows.keys()
        for kind, names in (("gate", "rz"), ("state", ("n", "h", "reset_product")),
                            ("input", ("input_r", "input_n")), ("sum", ("sum_z",))):  # fmt: skip
            assert all(tuple(rows[name]["range"]) == axes[kind] for name in names), kind  # type: ignore[index]
    for name, said in data["quantities"].items():
        made = QUANTITIES[name].computation
        assert said["made"] == (COMPUTATIONS["before"].index(made) if made else -1)


def test_a_lesson_s_page_is_small(tmp_path: Path) -> None:
    sixteen = load_model("bundled:sixteen")
    assert sixteen.example is not None
    run = trace(sixteen, sixteen.example.text)
    file = page(job_of(run, tmp_path, 1, 34))
    assert file.name == "sixteen-steps-0001-0034.html"
    assert file.stat().st_size < 1_000_000


EVIL = '</script></script x><script>document.title="broken"</script><!--&amp;\u2028\'"'


def evil_run() -> Trace:
    m = model(3)
    symbols = (EVIL, *m.require_vocabulary()[1:])
    evil = replace(
        m, vocabulary=symbols, source=replace(m.source, path="evil.pt", name=f"{EVIL}.pt")
    )
    return Trace(evil, f"{symbols[3]}{EVIL}{symbols[4]}{EVIL}").finish()


def test_nothing_that_a_stranger_wrote_is_markup(tmp_path: Path) -> None:
    file = page(job_of(evil_run(), tmp_path, 1, 4))
    read = Read(file)
    assert len(read.scripts) == 2
    assert read.title.startswith("</script></script x>")
    assert read.data["title"] == f"{EVIL}.pt"
    assert "document.title" in read.data["steps"][1]["name"]
    assert set(re.findall("[\u2028\u2029\0]", file.read_text("utf-8"))) == set()


def test_more_than_a_page_holds_is_refused_before_the_work(tmp_path: Path) -> None:
    run = recording(model(), 40)
    long = replace(job_of(run, tmp_path), steps=range(1, 3127))
    with pytest.raises(InputError, match=r"3,126 steps of 16 units .* at most 3,125 with --steps"):
        long.check_formats()
    replace(long, steps=range(1, 3126)).check_formats()
    with pytest.raises(InputError, match="not the pane unit alone"):
        job_of(run, tmp_path, pane="unit").check_formats()


def test_the_command_writes_one_file_beside_a_picture_a_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["export", "bundled:sixteen", "--steps", "3-5", "-o", str(tmp_path),
             "--format", "html", "--format", "svg", "--pane", "cell"]  # fmt: skip
    assert main(words) == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [
        "sixteen-step-0003.svg", "sixteen-step-0004.svg", "sixteen-step-0005.svg",
        "sixteen-steps-0003-0005.html",
    ]  # fmt: skip
    assert main(words) == 1
    assert main([*words, "--force"]) == 0
    for path in tmp_path.glob("*.svg"):
        path.unlink()
    assert main(words) == 1
    assert "sixteen-steps-0003-0005.html: the file is there already" in capsys.readouterr().err
    assert main([*words[:-1], "unit", "--force"]) == 1
    assert "choose the window" in capsys.readouterr().err


def test_one_that_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    job = job_of(recording(model(), 12), tmp_path)

    def progress(done: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        snapshots.export(job, progress)
    assert list(tmp_path.iterdir()) == []
    page(job)
    with pytest.raises(ExistingFileError):
        page(job)


# In a browser ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as there:
        yield there


@pytest.fixture
def shown(chromium: Browser, tmp_path: Path) -> Callable[..., Trace]:
    """Open the page of a run."""

    def show(run: Trace, first: int = 1, last: int = 12, **more: Any) -> Trace:
        chromium.open(page(job_of(run, tmp_path, first, last, **more)))
        return run

    return show


VALUES = (
    "Object.fromEntries([...document.querySelectorAll('#values td')]"
    ".map((cell) => [cell.dataset.quantity, cell.textContent]))"
)
SAID = "document.getElementById('said').textContent"


def numbers(chromium: Browser) -> dict[str, np.float32]:
    """What the table of the selected unit says."""
    return {
        name: np.float32(words.replace("−", "-")) for name, words in chromium.ask(VALUES).items()
    }


def check(chromium: Browser, run: Trace, t: int, unit: int, names: list[str] = SHOWN) -> None:
    found, step = numbers(chromium), run.step(t)
    assert list(found) == names
    assert found == {name: step.values[name][unit] for name in names}
    assert f"step {t} of {run.steps}" in chromium.ask(SAID)
    assert chromium.faults == []


def test_keys_lead_through_it_and_it_shows_the_trace_s_numbers(
    chromium: Browser, shown: Callable[..., Trace]
) -> None:
    run = shown(recording(model(), 40), 1, 34, view=View(unit=9))
    check(chromium, run, 1, 9)
    for key, t in [("Right", 2), ("Right", 3), ("Left", 2), ("Shift+Right", 12), ("End", 34),
                   ("Right", 34), ("Shift+Left", 24), ("F10", 25), ("Home", 1), ("Left", 1),
                   ]:  # fmt: skip
        chromium.press(key)
        check(chromium, run, t, 9)
    for key, unit in [(".", 10), ("]", 11), (",", 10), ("[", 9)]:
        chromium.press(key)
        check(chromium, run, 1, unit)
    chromium.press(",", 20)
    check(chromium, run, 1, 0)
    sentence = plain(unit_sentence(run.step(1), 0))
    assert chromium.ask(SAID).endswith(f"Unit 0: {sentence}")


def test_computations_come_one_by_one(chromium: Browser, shown: Callable[..., Trace]) -> None:
    run = shown(recording(model(6, reset="before"), 12), view=View(unit=2))
    order = COMPUTATIONS["before"]
    for i, computation in enumerate(order):
        chromium.press("F11")
        known = [name for name in SHOWN if not QUANTITIES[name].computation
                 or order.index(QUANTITIES[name].computation) <= i]  # fmt: skip
        check(chromium, run, 2, 2, known)
        if computation != "blend":
            words = f"{computation_in_words(computation, 'before')} was just computed"
            assert words in chromium.ask(SAID)
            waiting = chromium.ask("document.querySelectorAll('.row.waiting').length")
            assert waiting > 0
        else:
            assert chromium.ask("document.querySelectorAll('.row.waiting').length") == 0
    chromium.press("Shift+F11", 6)
    check(chromium, run, 1, 2)
    chromium.press("F11", 2)
    chromium.press("Right")
    check(chromium, run, 3, 2)


def test_bars_stand_where_the_axes_say(chromium: Browser, shown: Callable[..., Trace]) -> None:
    run = shown(recording(model(4), 12), view=View(unit=0))
    chromium.press("Right", 4)
    low, high = run.axes()["state"]
    path = "document.querySelector('.row.candidate svg g path').getAttribute('d')"
    bars = re.findall(r"M([\d.]+),([\d.]+)h[\d.]+V([\d.]+)", chromium.ask(path))
    values = run.step(5).n
    lefts = [u + 2 / 22 for u in range(4)]
    assert [float(bar[0]) for bar in bars] == pytest.approx(lefts, abs=1e-3)
    assert [float(bar[1]) for bar in bars] == [50.0] * 4
    ends = [(high - v) / (high - low) * 100 for v in values.tolist()]
    assert [float(bar[2]) for bar in bars] == pytest.approx(ends, abs=1e-3)


def test_notation_theme_and_clicks(chromium: Browser, shown: Callable[..., Trace]) -> None:
    run = shown(recording(model(), 12), 0, 12)
    assert "starts with" in chromium.ask(SAID)
    chromium.press("Right", 3)
    chromium.press("n")
    equation = "document.querySelectorAll('.head .formula')[1].textContent"
    assert chromium.ask(equation).startswith("1 − Γu = σ(")
    course = plain(unit_sentence(run.step(3), 0, course=True))
    assert chromium.ask(SAID).endswith(f"Unit 0: {course}")
    check(chromium, run, 3, 0)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = chromium.ask(ground)
    chromium.press("t")
    assert chromium.ask(ground) != light == "rgb(255, 255, 255)"
    click = (
        "(() => { const svg = document.querySelector('.row.old svg'), box = "
        "svg.getBoundingClientRect(); svg.dispatchEvent(new MouseEvent('click', {clientX: "
        "box.left + box.width * 7.5 / 16})); })()"
    )
    chromium.ask(click)
    check(chromium, run, 3, 7)
    chromium.ask("document.querySelectorAll('#text button')[9].click()")
    check(chromium, run, 9, 7)
    chromium.ask("document.getElementById('numbers').open = true")
    chromium.press("Left")
    rows = "[...document.querySelectorAll('#table tbody tr')]"
    states = chromium.ask(f"{rows}.map((row) => row.cells[17].textContent)")
    told = [np.float32(word.replace("−", "-")) for word in states]
    np.testing.assert_array_equal(told, run.step(8).h)


CUT = (
    "[...document.querySelectorAll('.formula, .caption .note:not(.left-out), .keys')]"
    ".filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth)"
    ".map((one) => one.textContent)"
)


@pytest.mark.parametrize("width", [1600, 1190, 1000, 800, 500])
@pytest.mark.parametrize("notation", ["pytorch", "course"])
def test_nothing_is_cut_at_any_width(
    chromium: Browser, shown: Callable[..., Trace], width: int, notation: Notation
) -> None:
    """Formulas and legends whole, notes whole or left out, the gate's colours told as the cell
    tells them, and between two of the axis' numbers a space."""
    chromium.resize(width, 900)
    sixteen = load_model("bundled:sixteen")
    run = trace(sixteen, "the cat sat")
    shown(run, 1, 11, view=View(unit=9, notation=notation))
    assert chromium.ask(CUT) == []
    told = "[...document.querySelectorAll('.row.update .keys span')].map((one) => one.textContent)"
    letters = ("h", "n") if notation == "pytorch" else ("c", "c̃")
    assert chromium.ask(told) == [f"keep {letters[0]}", f"take {letters[1]}"]
    swatches = told.replace("one.textContent", "one.style.getPropertyValue('--swatch')")
    paths = "[...document.querySelectorAll('.row.update g path')]"
    filled = chromium.ask(f"{paths}.map((one) => one.getAttribute('fill'))")
    assert chromium.ask(swatches) == filled[::-1] == ["var(--keep)", "var(--pale_take)"]
    for _ in range(3):
        assert apart_on_axes(chromium) > 3
        chromium.press(".")
    assert chromium.faults == []


def apart_on_axes(chromium: Browser) -> float:
    """Pixels between two neighbours' letters, the fewest of all axes; the pill is one of them."""
    boxes = chromium.ask(
        "[...document.querySelectorAll('.axis')].map((axis) => [...axis.children].map((one) => {"
        "const words = document.createRange(); words.selectNodeContents(one);"
        "const box = words.getBoundingClientRect(); return [box.left, box.right]; }))"
    )
    found = []
    for axis in boxes:
        placed = sorted((left, right) for left, right in axis if right > left)
        assert len(placed) >= 4
        found += [b[0] - a[1] for a, b in itertools.pairwise(placed)]
    return min(found)


def test_in_reverse_nothing_is_there_before_the_first_character(
    chromium: Browser, shown: Callable[..., Trace]
) -> None:
    made = model(4, layers=2, directions=2)
    run = shown(recording(made, 12), 0, 12, view=View(1, "reverse"))
    assert chromium.ask(SAID) == "Before the first character."
    assert numbers(chromium) == {}
    chromium.press("F11", 6)
    found = numbers(chromium)
    assert found == {name: run.step(1, 1, "reverse").values[name][0] for name in SHOWN}
    assert "layer 1, reverse" in chromium.ask("document.getElementById('about').textContent")
    assert chromium.faults == []


def test_of_what_was_set_by_hand_no_equation_is_told(tmp_path: Path) -> None:
    run = Trace(model(4), "abcabc").finish().what_if("h[1] = 0.5 at 3")
    step = Read(page(job_of(run, tmp_path, 3, 3))).data["steps"][0]
    assert "set by hand" in step["said"]["pytorch"][1]
    assert "set by hand" not in step["said"]["pytorch"][0]
    assert "set h[1] = 0.5 at 3" in step["caption"]


def test_space_plays_to_the_end(chromium: Browser, shown: Callable[..., Trace]) -> None:
    run = shown(recording(model(), 12), 9, 12)
    chromium.press(" ")
    pressed = "document.getElementById('play').getAttribute('aria-pressed')"
    assert chromium.ask(pressed) == "true"
    wait = "new Promise((done) => {const look = () => document.getElementById('step').disabled ? "
    wait += "done(true) : requestAnimationFrame(look); look();})"
    assert chromium.ask(wait)
    check(chromium, run, 12, 0)
    assert chromium.ask(pressed) == "false"


def test_every_control_has_a_name(chromium: Browser, shown: Callable[..., Trace]) -> None:
    shown(recording(model(), 12))
    nameless = (
        "[...document.querySelectorAll('button')].filter((b) => "
        "!/[\\p{L}\\p{N}]/u.test(b.getAttribute('aria-label') ?? b.textContent)).length"
    )
    assert chromium.ask(nameless) == 0
    assert chromium.ask("document.getElementById('said').getAttribute('aria-live')") == "polite"
    charts = "[...document.querySelectorAll('svg[role=img]')].every((s) => s.ariaLabel)"
    assert chromium.ask(charts)


def test_a_stranger_s_markup_is_shown_as_it_is(
    chromium: Browser, shown: Callable[..., Trace]
) -> None:
    shown(evil_run(), 1, 4)
    chromium.press("Right")
    assert chromium.ask("document.getElementById('title').textContent") == f"{EVIL}.pt"
    assert chromium.ask("document.title").startswith("</script>")
    assert chromium.ask("document.querySelectorAll('script').length") == 2
    assert chromium.faults == []


def test_two_decimals_are_the_program_s(chromium: Browser, shown: Callable[..., Trace]) -> None:
    shown(recording(model(), 12))
    values = [0, 1, -1, 0.5, -0.004, 0.004, 0.00051, 0.0004, -3e-7, 12.345, -0.0049, 1e8, 0.01, 0.1]
    values += np.random.default_rng(0).normal(size=200).astype(np.float32).tolist()
    assert chromium.ask(f"{json.dumps(values)}.map(two)") == [two(value) for value in values]
