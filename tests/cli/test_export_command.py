"""`gru-debugger export`: its arguments become one job; drawing is tested in tests/exports."""

from __future__ import annotations

import csv
import os
import struct
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

import gru_debugger
import gru_debugger.exports
from gru_debugger.cli import main
from gru_debugger.errors import OutputError
from gru_debugger.exports.jobs import Progress, SnapshotJob
from gru_debugger.formats import load_model
from gru_debugger.session.marks import Lane
from gru_debugger.session.view import View

Run = Callable[..., "subprocess.CompletedProcess[str]"]

TEXT = 'abc,"\ncab'


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[SnapshotJob]:
    """What would have been drawn."""
    done: list[SnapshotJob] = []

    def export(job: SnapshotJob, progress: Progress) -> None:
        progress(len(job.steps))
        done.append(job)

    fake = types.ModuleType("gru_debugger.exports.snapshots")
    fake.export = export  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, fake.__name__, fake)
    monkeypatch.setattr(gru_debugger.exports, "snapshots", fake, raising=False)
    return done


def test_the_defaults(folder: Path, jobs: list[SnapshotJob]) -> None:
    assert main(["export", "told.safetensors", "--steps", "3", "-o", "out"]) == 0
    (job,) = jobs
    assert job.steps == range(3, 4)
    assert job.trace.text == TEXT
    assert job.trace.complete, "the axes are the whole recording's"
    assert (job.pane, job.view) == ("window", View(unit=1)), "the example's unit"
    assert (job.formats, job.theme, job.scale, job.force) == (("png",), "light", 1, False)
    assert job.folder == Path("out")


def test_a_screen_that_is_not_there_keeps_its_settings(
    folder: Path, jobs: list[SnapshotJob]
) -> None:
    """Else which test came first would decide how large the windows of all others are."""
    asked = os.environ["QT_QPA_PLATFORM"]
    assert asked.startswith("offscreen:")
    assert main(["export", "told.safetensors", "--steps", "3", "-o", "out"]) == 0
    assert os.environ["QT_QPA_PLATFORM"] == asked


def test_every_flag(folder: Path, jobs: list[SnapshotJob]) -> None:
    words = [
        "export", "deep.safetensors", "--text", "abcab", "--steps", "2-5", "--pane", "unit",
        "--unit", "2", "--layer", "1", "--direction", "reverse", "--notation", "course",
        "--contributions", "--quantity", "n", "--all-terms", "--full-axes", "--all-units",
        "--of-selected", "--format", "svg",
        "--theme", "dark", "--scale", "4", "--force", "-o", "some/where", "--beside", "4",
    ]  # fmt: skip
    assert main(words) == 0
    (job,) = jobs
    assert (job.trace.text, job.steps) == ("abcab", range(2, 6))
    assert job.trace.own_step == 4
    assert job.pane == "unit"
    assert job.trace.seen(1, "reverse") == 5, "full axes are the whole recording's"
    assert job.view == View(
        1, "reverse", unit=2, quantity="n", notation="course", contributions=True, all_terms=True,
        full_axes=True, all_units=True, of_selected=True,
    )
    assert (job.formats, job.theme, job.scale, job.force) == (("svg",), "dark", 4, True)
    assert job.folder == Path("some/where")


def test_lanes(folder: Path, jobs: list[SnapshotJob], capsys: pytest.CaptureFixture[str]) -> None:
    words = ["export", "told.safetensors", "--steps", "1", "--pane", "strip", "-o", "."]
    assert main([*words, "--lane", "z[2] < 0.4", "--lane=-h[1]", "--lane", "z[2] < 0.4"]) == 0
    assert jobs[0].marks.lanes == (Lane("z[2] < 0.4"), Lane("-h[1]"))
    assert main([*words, "--lane", "z[2] <"]) == 1
    assert capsys.readouterr().err.startswith("gru-debugger: --lane: ")
    for beside in (["--beside", "2"], ["--set", "r = 1"]):
        assert main([*words, "--lane", "h[1] - reference(h[1])", *beside]) == 0
        held = jobs.pop().trace.beside
        assert held is not None
        assert held.complete
    assert main([*words, *(f"--lane=h[0] * {i}" for i in range(13))]) == 1
    assert "at most 12 find room" in capsys.readouterr().err
    assert len(jobs) == 1


def test_force_overwrites(folder: Path, jobs: list[SnapshotJob]) -> None:
    Path("told-step-0001.png").touch()
    words = ["export", "told.safetensors", "--steps", "1", "-o", "."]
    assert main(words) == 1
    assert main([*words, "--force"]) == 0
    assert len(jobs) == 1


def job_for(path: str, text: str, **more: object) -> SnapshotJob:
    from gru_debugger.core.trace import Trace

    model = load_model(path)
    fields = {"steps": range(1, 3), "folder": Path("."), **more}
    return SnapshotJob(model=model, trace=Trace(model, text), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("length", "expected"),
    [(59, "small-step-0034.png"), (9_999, "small-step-0034.png"), (10_000, "small-step-00034.png")],
)
def test_names_sort_as_the_steps_do(length: int, expected: str, folder: Path) -> None:
    assert job_for("small.safetensors", "a" * length).file_name(34) == expected


def test_a_bundled_model_is_named_without_its_prefix(folder: Path) -> None:
    from dataclasses import replace

    job = job_for("small.safetensors", "abc", formats=("pdf",))
    source = replace(job.model.source, path="bundled:sixteen")
    job = replace(job, model=replace(job.model, source=source))
    assert job.file_name(2) == "sixteen-step-0002.pdf"


def test_only_the_jobs_own_files_are_in_the_way(folder: Path) -> None:
    for name in ("small-step-0003.png", "small-step-0001.svg", "other.png"):
        Path(name).touch()
    job_for("small.safetensors", TEXT).refuse_overwriting()
    Path("small-step-0002.png").touch()
    with pytest.raises(OutputError, match=r"small-step-0002\.png: the file is there already; add"):
        job_for("small.safetensors", TEXT).refuse_overwriting()
    with pytest.raises(OutputError, match=r"already \(and 1 more\); add"):
        job_for("small.safetensors", TEXT, steps=range(1, 4)).refuse_overwriting()
    job_for("small.safetensors", TEXT, force=True).refuse_overwriting()


def test_the_panes_offered_are_those_there_are() -> None:
    """The command line's list is written out, since the panes import Qt."""
    from gru_debugger.exports.jobs import PANES
    from gru_debugger.panes.registry import pane_specs

    assert set(PANES) == {"window", *pane_specs()}


@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":987"}], ids=["no display", "a dead one"])
def test_pictures_without_a_display(display: dict[str, str], folder: Path, program: Run) -> None:
    """One file a step and nothing else, whatever DISPLAY says."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {k: v for k, v in os.environ.items() if k not in names} | display
    done = program("export", "told.safetensors", "--steps", "2-3", "-o", "out", env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    files = sorted(Path("out").iterdir())
    assert [file.name for file in files] == ["told-step-0002.png", "told-step-0003.png"]
    for file in files:
        header = file.read_bytes()[:24]
        assert header[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", header[16:]) == (1600, 1000)


def test_what_a_picture_says_is_by_the_thresholds_given(tmp_path: Path) -> None:
    """In its numbers: the shares of the steps that the overview draws and tells of."""
    assert main(["export", "bundled:sixteen", "--steps", "34", "--pane", "overview", "--format",
                 "csv", "--threshold", "low=0.4", "-o", str(tmp_path)]) == 0  # fmt: skip
    with (tmp_path / "sixteen-step-0034.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["column"] == "z_low"]
    model = gru_debugger.load_model("bundled:sixteen")
    z = gru_debugger.trace(model, model.example.text).column("z")
    told = {int(row["row"]): float(row["value"]) for row in rows}
    assert [told[unit] for unit in range(16)] == pytest.approx((z < 0.4).mean(axis=0).tolist())
