"""The whole corpus of hostile files, through the door that users take."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from corpus import CANARY, CASES, STATE
from safetensors.torch import save_file

MEGABYTE = 1 << 20
SECONDS = 30.0  # an answer takes one or two; the machine may be busy

# Opens every file that is named on its standard input, and tells what came of it and the largest
# memory so far, the program's own and that of the largest of its children.
PROGRAM = """
import json, resource, sys, time
import gru_debugger

def peak():  # ru_maxrss of this process would be at least that of the one that started it
    with open("/proc/self/status") as status:
        own = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return [own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]

for line in sys.stdin:
    begun = time.monotonic()
    try:
        gru_debugger.load_model(json.loads(line))
        said = None
    except gru_debugger.ModelError as fault:
        said = str(fault)
    print(json.dumps([said, time.monotonic() - begun, *peak()]), flush=True)
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """By case: the message, the seconds, the peaks; under "idle" those of a good small file."""
    root = tmp_path_factory.mktemp("corpus")
    save_file(STATE, root / "good.safetensors")
    paths = {"idle": root / "good.safetensors"}
    for number, case in enumerate(CASES):
        folder = root / f"{number:02}"
        folder.mkdir()
        paths[case.name] = case.build(folder)
    lines = "".join(json.dumps(str(path)) + "\n" for path in paths.values())
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=lines, capture_output=True, text=True, timeout=500,
        cwd=root, check=False,
    )  # fmt: skip
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr, len(found)) == (0, "", len(paths))
    for name, answer in zip(paths, found, strict=True):
        if answer[0] is not None:
            answer[0] = answer[0].replace(str(paths[name].parent), "FOLDER")
    assert not list(root.rglob(CANARY)), "something of a file was run"
    return dict(zip(paths, found, strict=True))


def test_the_corpus_is_large_and_its_names_differ() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_is_answered_with_its_line(case: Any, answers: dict[str, list[Any]]) -> None:
    said, seconds, *_ = answers[case.name]
    assert seconds < SECONDS
    if not case.words:
        assert said is None
    else:
        assert said is not None, "it was opened"
        assert said.isprintable()
        assert len(said) <= 1_000 + len("FOLDER")
        assert said.split(": ", 1)[1].startswith(case.words)


def test_peak_memory(answers: dict[str, list[Any]]) -> None:
    """Within 300 MB of the idle program, that and its largest child added up."""
    _, _, idle, _ = answers["idle"]
    before = "idle"
    for name, (_, _, own, child) in answers.items():
        assert (own - idle + child) * 1024 < 300 * MEGABYTE, f"{name}, after {before}"
        before = name


def test_a_payload_would_have_worked(tmp_path: Path) -> None:
    """The canary sings where pickle itself reads the file."""
    import pickle

    from corpus import plain_pickle

    with plain_pickle(2)(tmp_path).open("rb") as stream:
        pickle.load(stream)
    assert (tmp_path / CANARY).exists()
