"""GIF and WebP, read back: their frames are the PNGs of the same steps."""

from __future__ import annotations

import gc
import importlib.util
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from samples import model, recording

from gru_debugger.cli import main
from gru_debugger.core.trace import Trace
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.exports import animation, snapshots
from gru_debugger.exports.jobs import SnapshotJob

pytestmark = pytest.mark.usefixtures("screen")


def job_of(folder: Path, first: int, last: int, *formats: str, **more: Any) -> SnapshotJob:
    run = more.pop("run", None) or recording(model(), 12)
    return SnapshotJob(run.model, run, range(first, last + 1), folder, "blend",
                       formats=formats, **more)  # fmt: skip


def export(job: SnapshotJob) -> None:
    job.check_formats()
    snapshots.export(job, lambda done: None)


def pixels(path: Path, frame: int = 0) -> NDArray[np.int64]:
    with Image.open(path) as image:
        image.seek(frame)
        return np.asarray(image.convert("RGB"), np.int64)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_frames_are_the_pngs(theme: str, tmp_path: Path) -> None:
    job = job_of(tmp_path, 0, 5, "png", "gif", "webp", theme=theme)
    export(job)
    gif, webp = (tmp_path / f"random-steps-0000-0005.{ending}" for ending in ("gif", "webp"))
    assert {path.suffix for path in tmp_path.iterdir()} == {".png", ".gif", ".webp"}
    for path in (gif, webp):
        with Image.open(path) as film:
            assert getattr(film, "n_frames", 1) == 6
            assert film.info["loop"] == 0
    assert gif.read_bytes().count(b"NETSCAPE2.0") == 1
    for i, step in enumerate(job.steps):
        png = pixels(job.path(step, "png"))
        np.testing.assert_array_equal(pixels(webp, i), png)
        off = np.abs(pixels(gif, i) - png)
        assert off.mean() < 1
        assert (off.max(axis=2) > 48).mean() < 0.005
        others = [pixels(job.path(other, "png")) for other in job.steps if other != step]
        assert all(np.abs(pixels(gif, i) - other).mean() > 3 * off.mean() for other in others)


def test_each_step_is_seen_for_half_a_second_and_the_last_for_longer(tmp_path: Path) -> None:
    export(job_of(tmp_path, 1, 3, "gif", "webp"))
    for path in tmp_path.iterdir():
        with Image.open(path) as film:
            shown = []
            for frame in range(3):
                film.seek(frame)
                film.load()
                shown.append(film.info["duration"])
        assert shown == [500, 500, 2000], path


def test_one_step_and_steps_that_are_alike(tmp_path: Path) -> None:
    made = model(3)
    run = Trace(made, "aaaa").finish()
    export(job_of(tmp_path, 4, 4, "gif", "webp", "png", run=run))
    png = pixels(tmp_path / "random-step-0004.png")
    np.testing.assert_array_equal(pixels(tmp_path / "random-steps-0004-0004.webp"), png)
    assert np.abs(pixels(tmp_path / "random-steps-0004-0004.gif") - png).mean() < 1
    from gru_debugger.exports.ranges import gif

    image = Image.new("RGB", (9, 7), "white")
    assert b"".join(gif._frame(image, image.copy(), 500)).count(b"\x2c") >= 1


@pytest.mark.parametrize("ending", ["gif", "webp"])
def test_few_frames_are_in_memory_at_once(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive: list[weakref.ref[Image.Image]] = []
    most, make = 0, animation._pillow

    def counted(image: Any) -> Image.Image:
        nonlocal most
        made = make(image)
        alive.append(weakref.ref(made))
        gc.collect(0)
        most = max(most, sum(one() is not None for one in alive))
        return made

    monkeypatch.setattr(animation, "_pillow", counted)
    export(job_of(tmp_path, 1, 12, ending))
    assert len(alive) == 12
    assert most <= 3


@pytest.mark.parametrize("ending", ["gif", "webp"])
def test_one_that_breaks_off_leaves_no_file(ending: str, tmp_path: Path) -> None:
    told: list[int] = []

    def progress(done: int) -> None:
        told.append(done)
        if done == 4:
            raise KeyboardInterrupt

    job = job_of(tmp_path, 1, 9, ending)
    with pytest.raises(KeyboardInterrupt):
        snapshots.export(job, progress)
    assert (told, list(tmp_path.iterdir())) == ([1, 2, 3, 4], [])
    snapshots.export(job, told.append)
    assert told[4:] == list(range(1, 10))


def test_without_pillow_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "PIL" else find(name)
    )
    words = ["export", "bundled:sixteen", "--steps", "1-3", "-o", str(tmp_path / "out")]
    for ending in ("gif", "webp"):
        assert main([*words, "--format", ending]) == 1
        said = capsys.readouterr().err
        assert said.startswith(f"gru-debugger: {ending.upper()} files are written by Pillow")
        assert "pip install 'gru-debugger[animation]'" in said
        assert len(said.splitlines()) == 1
        with pytest.raises(GRUDebuggerError):
            job_of(tmp_path, 1, 2, ending).check_formats()
    assert not (tmp_path / "out").exists()
