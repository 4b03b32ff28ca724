"""The whole corpus of hostile files, through the door that users take."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

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


def answers(root: Path) -> dict[str, list[Any]]:
    """By case: the message, the seconds, the peaks; under "idle" those of a good small file."""
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


def test_each_is_answered_with_its_line_and_in_bounds(tmp_path: Path) -> None:
    """One test of all: with the files made and opened once, it takes a minute."""
    found = answers(tmp_path)
    poor = {case.name: _poor(case, *found[case.name][:2]) for case in CASES}
    assert not {name: why for name, why in poor.items() if why}
    _check_memory(found)


def _poor(case: Any, said: str | None, seconds: float) -> str:
    """What is wrong with an answer."""
    if seconds >= SECONDS:
        return f"it took {seconds:.0f} s"
    if said is None or not case.words:
        return "it was opened" if case.words else said or ""
    if not said.isprintable() or len(said) > 1_000 + len("FOLDER"):
        return f"no clear line: {said!r}"
    return "" if said.split(": ", 1)[1].startswith(case.words) else f"another line: {said}"


def _check_memory(answers: dict[str, list[Any]]) -> None:
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
