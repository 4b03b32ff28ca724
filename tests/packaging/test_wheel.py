"""What a user installs: the wheel holds all files, and finds them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtWidgets import QApplication

import gru_debugger

ROOT = Path(__file__).parents[2]
PARTS = ("gru_debugger", "resources", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"))


def built(folder: Path, **environment: str) -> Path:
    """Built from a copy, since a build leaves files behind that later wheels would take up."""
    source = folder / "source"
    for part in PARTS:
        if (ROOT / part).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.so")
            shutil.copytree(ROOT / part, source / part, ignore=ignored)
        else:
            source.mkdir(exist_ok=True)
            shutil.copy(ROOT / part, source)
    command = [
        sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
        "--no-index", "--wheel-dir", str(folder), str(source),
    ]  # fmt: skip
    subprocess.run(command, check=True, timeout=300, cwd=folder, env=os.environ | environment)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a Python that has the wheel, and does not see the checkout."""
    target = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return os.environ | {"PYTHONPATH": str(target), "PYTHONSAFEPATH": "1"}


def compiler() -> str | None:
    return shutil.which("gcc") or shutil.which("clang")


def files(folder: str) -> set[str]:
    """A folder's files of the checkout, without what Python and compilers leave there."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".so")
    }


def test_it_holds_every_module_and_resource(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    compiled = {name for name in names if Path(name).name.startswith("_states.")}
    assert len(compiled) == (compiler() is not None)
    resources = {f"gru_debugger/{name}" for name in files("resources")}
    assert names - compiled == files("gru_debugger") | resources


def test_it_has_the_version_and_the_command(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert wheel.name.startswith(f"gru_debugger-{gru_debugger.__version__}-")
    with zipfile.ZipFile(wheel) as archive:
        (entry,) = (n for n in archive.namelist() if n.endswith("entry_points.txt"))
        commands = archive.read(entry).decode()
    assert f"gru-debugger = {project['scripts']['gru-debugger']}" in commands


def run(code: str, environment: dict[str, str], folder: Path) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_finds_its_resources(installed: dict[str, str], tmp_path: Path) -> None:
    code = (
        "import gru_debugger\nfrom gru_debugger.paths import resource\n"
        "print(gru_debugger.__file__, resource('icons', 'gru-debugger.svg'),"
        "resource('icons', 'gru-debugger.svg').is_file(), sep='\\n')"
    )
    package, icon, there = run(code, installed, tmp_path).splitlines()
    assert Path(package).is_relative_to(installed["PYTHONPATH"]), "the checkout was imported"
    assert Path(icon).is_relative_to(installed["PYTHONPATH"])
    assert there == "True"


def test_its_bundled_models_open(installed: dict[str, str], tmp_path: Path) -> None:
    code = (
        "from gru_debugger.formats import bundled_names, load_model\n"
        "for name in bundled_names(): print(name, load_model(f'bundled:{name}').hidden_size)"
    )
    opened = [line.split()[0] for line in run(code, installed, tmp_path).splitlines()]
    assert opened == sorted(path.stem for path in (ROOT / "resources/models").glob("*.safetensors"))
    assert "sixteen" in opened


def test_it_records_by_compiled_code_where_a_compiler_was(
    installed: dict[str, str], tmp_path: Path
) -> None:
    code = "from gru_debugger.core.compiled import engine_name; print(engine_name())"
    engine = run(code, installed, tmp_path).strip()
    assert engine == ("compiled code" if compiler() else "numpy")


def test_without_a_compiler_it_builds_all_the_same(tmp_path: Path) -> None:
    """As on a bare machine: the build says so, and numpy records."""
    wheel = built(tmp_path, CC=str(tmp_path / "no-such-compiler"))
    with zipfile.ZipFile(wheel) as archive:
        names = [Path(name).name for name in archive.namelist()]
    assert not any(name.startswith("_states.") for name in names)


CONSUMER = """
from gru_debugger import GRUDebuggerError, ModelError, Trace, debug, load_model, trace
model = load_model("model.pt")
recording = trace(model, "a text")
reveal_type(model.hidden_size)
reveal_type(recording.steps)
reveal_type(recording.step(1).z)
reveal_type(debug(model, "a text", block=True))
load_model(3)
def stop(fault: ModelError) -> int: return fault
error: type[GRUDebuggerError] = ModelError
edited: Trace = recording.what_if("r = 1")
reveal_type(edited.reference)
reveal_type(edited.picture(1, pane="blend"))
reveal_type(edited.generate(9))
reveal_type(recording.where("z[9] < 0.05"))
edited.picture(1, direction="up")
"""


def test_its_types_are_there_for_others(installed: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "consumer.py").write_text(CONSUMER)
    (tmp_path / "mypy.ini").touch()
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "consumer.py"],
        env=installed, cwd=tmp_path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    told = [line.partition(": ")[2].partition("  [")[0] for line in done.stdout.splitlines()]
    assert told[:2] == ['note: Revealed type is "int"'] * 2, done.stdout
    assert "numpy.ndarray" in told[2]
    assert told[3] == told[0]
    assert "incompatible type" in told[4]
    assert "Incompatible return value type" in told[5]
    assert told[6:9] == [
        'note: Revealed type is "gru_debugger.api.Trace | None"',
        'note: Revealed type is "gru_debugger.exports.picture.Picture"',
        'note: Revealed type is "str"',
    ], done.stdout
    assert "numpy.signedinteger" in told[9]
    assert "incompatible type" in told[10]
    assert len(told) == 12, done.stdout


ID = "alt.gru_debugger.gru_debugger"
DESKTOP, METAINFO = (ROOT / "packaging" / f"{ID}.{end}" for end in ("desktop", "metainfo.xml"))


def test_the_commands_of_the_desktop_entry_and_the_metadata() -> None:
    entry = DESKTOP.read_text(encoding="utf-8")
    assert "\nExec=gru-debugger %f\n" in entry
    assert "\nIcon=gru-debugger\n" in entry
    component = ElementTree.parse(METAINFO).getroot()
    assert component.findtext("id") == ID
    assert component.findtext("launchable") == DESKTOP.name
    assert component.findtext("provides/binary") == "gru-debugger"
    assert component.findtext("project_license") == "MIT"


def test_the_desktop_finds_the_window_s_entry(screen: QApplication) -> None:
    assert screen.desktopFileName() == DESKTOP.stem


@pytest.mark.skipif(sys.platform != "linux", reason="software centres of Linux")
def test_the_metadata_validate() -> None:
    command = ["appstreamcli", "validate", "--no-net", str(METAINFO)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout
