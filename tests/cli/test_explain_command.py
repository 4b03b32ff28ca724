"""`gru-debugger explain`: what stands there is the recording, and adds up for who adds it up."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

import gru_debugger
from gru_debugger.cli import main
from gru_debugger.core.trace import Trace
from gru_debugger.exports.worked.text import width

TEXT = 'abc,"\ncab'


def explained(capsys: pytest.CaptureFixture[str], *words: str, model: str = "small") -> str:
    assert main(["explain", f"{model}.safetensors", "--text", TEXT, *words]) == 0
    out = capsys.readouterr()
    assert out.err == ""
    return out.out


def reference(model: str = "small") -> Trace:
    return gru_debugger.trace(gru_debugger.load_model(f"{model}.safetensors"), TEXT)


def number(word: str) -> float:
    return float(word.replace("−", "-").rstrip("*†"))


def rows_of(text: str, title: str) -> list[list[float]]:
    """The numbers of a band, a row a unit."""
    block = re.search(rf"^{title} .*\n\n.*\n((?:.*\d\n)+)", text, re.M)
    assert block, title
    lines = block[1].replace("▸", " ").splitlines()
    return [[number(word) for word in line.split()[1:]] for line in lines]


def test_the_sheet_is_the_recording(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, step = explained(capsys, "--step", "3"), reference().step(3)
    assert text.startswith("small.safetensors: step 3 of 9, “c”\nreset after")
    titles = ("Reset gate", "Update gate", "Candidate", "Blend")
    reset, update, candidate, blend = (np.array(rows_of(text, title)) for title in titles)
    for rows, gate in ((reset, "r"), (update, "z")):
        np.testing.assert_allclose(rows[:, 0], step.h_prev, atol=6e-4)
        np.testing.assert_allclose(rows[:, 3], step.values[f"hidden_{gate}"], atol=6e-4)
        np.testing.assert_allclose(rows[:, 6], step.values[f"sum_{gate}"], atol=6e-4)
        np.testing.assert_allclose(rows[:, 7], step.values[gate], atol=6e-4)
    np.testing.assert_allclose(candidate[:, 4], step.r, atol=6e-4)
    np.testing.assert_allclose(candidate[:, 5], step.reset_product, atol=6e-4)
    np.testing.assert_allclose(candidate[:, 9], step.n, atol=6e-4)
    np.testing.assert_allclose(blend[:, 2], step.take, atol=6e-4)
    np.testing.assert_allclose(blend[:, 6], step.h, atol=6e-4)


def decimals(line: str) -> dict[int, Decimal]:
    """The numbers of a line by the column in which they end."""
    found = re.finditer(r"[−+]?\d+\.\d+", line)
    return {one.end(): Decimal(one[0].replace("−", "-")) for one in found}


def added_up(text: str) -> list[tuple[Decimal, Decimal]]:
    """Of each gate: its products with the line “rounding”, and the sum below, as printed."""
    above, below = re.split(r"^─+\n", text, flags=re.M)[:2]
    head = next(line for line in above.splitlines() if "product" in line)
    ends = [one.end() for one in re.finditer("product", head)]
    lines = re.findall(r"^(?:[hc]_\d+|\d+ other terms|rounding).*$", above, re.M)
    numbers = [decimals(line) for line in lines]
    sums = [sum((row.get(end, Decimal(0)) for row in numbers), Decimal(0)) for end in ends]
    return [(added, decimals(below)[end]) for added, end in zip(sums, ends, strict=True)]


@pytest.mark.parametrize("step", [3, 7])
@pytest.mark.parametrize("words", [[], ["--notation", "course"], ["--as-keras"]])
@pytest.mark.parametrize("model", ["small", "large"])
def test_a_unit_s_row_adds_up_as_printed(
    folder: Path, capsys: pytest.CaptureFixture[str], model: str, words: list[str], step: int
) -> None:
    random = np.random.default_rng(5)
    shapes = {"weight_ih": (210, 6), "weight_hh": (210, 70), "bias_ih": (210,), "bias_hh": (210,)}
    tensors = {f"gru.{k}_l0": random.standard_normal(v, np.float32) for k, v in shapes.items()}
    save_file(tensors, "large.safetensors", {"vocabulary": '["a", "b", "c", ",", "\\"", "\\n"]'})
    text = explained(capsys, "--step", str(step), "--unit", "2", *words, model=model)
    assert "Reset gate" not in text
    found = added_up(text)
    assert len(found) == 3
    assert all(products == total for products, total in found), found
    values = reference(model).step(step)
    z = next(w for w in re.findall(r"(?:z_t|1 − Γ_u) +(\S+)", text) if re.match(r"[\d−]", w))
    assert number(z) == pytest.approx(float(values.z[2]), abs=6e-4)
    assert ("58 other terms" in text) == (model == "large")


def test_it_says_what_each_computation_did(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = explained(capsys, "--step", "3", "--unit", "1")
    assert len(re.findall(r"^  · ", text, re.M)) == 6
    whole = " ".join(explained(capsys, "--step", "3").replace("\xa0", " ").split())
    for said in (*reference().sentences(3), *reference().sentences(3, 1)):
        assert (said.replace("\xa0", " ") in whole) == (said in reference().sentences(3)), said
    course = explained(capsys, "--step", "3", "--unit", "1", "--notation", "course")
    assert "Γu[1]" in course
    assert "b_r = b_hr + b_ir" in course
    keras = explained(capsys, "--step", "3", "--unit", "1", "--as-keras")
    assert "h̃[1]" in keras
    assert "columns 1 (z), 4 (r) and 7 (h̃); “c” is kernel's row 2" in keras


def test_layers_directions_and_edits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = explained(
        capsys, "--step", "3", "--layer", "1", "--direction", "reverse",
        "--set", "n_l1_reverse[1] = 0.5", model="deep",
    )  # fmt: skip
    trace = reference("deep").with_edits("n_l1_reverse[1] = 0.5").finish()
    step = trace.step(3, 1, "reverse")
    assert "layer 1, reverse" in text
    assert "h_t+1" in text
    assert "0.500†" in text
    assert "set by hand" in text
    np.testing.assert_allclose(
        np.array([row[0] for row in rows_of(text, "Reset gate")]), step.h_prev, atol=6e-4
    )
    assert len(re.findall(r"^x_\d ", text, re.M)) == 6


@pytest.mark.parametrize(
    "words", [[], ["--as-keras"], ["--notation", "course"], ["--reset", "before"]]
)
def test_it_finds_room_in_a_terminal(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "bundled:sixteen", "--step", "34", *words]) == 0
    assert max(map(width, capsys.readouterr().out.splitlines())) <= 100


def test_what_can_t_be_explained(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in (
        (["--step", "10"], "no step 10"), (["--step", "3", "--unit", "3"], "unit 3 is outside"),
        (["--step", "3", "--layer", "1"], "layer 1"),
    ):  # fmt: skip
        assert main(["explain", "small.safetensors", "--text", TEXT, *words]) == 1
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert said in err


def test_two_steps_in_a_row(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = explained(capsys, "--step", "3-4").split("═" * 92)
    assert [half.strip("\n") for half in both] == [
        explained(capsys, "--step", step).strip("\n") for step in ("3", "4")
    ]
    new, old = (np.array(rows_of(half, title)) for half, title in
                zip(both, ("Blend", "Reset gate"), strict=True))  # fmt: skip
    assert new[:, -1].tolist() == old[:, 0].tolist()
    back = explained(capsys, "--step", "3-4", "--direction", "reverse", model="deep")
    assert back.index("step 4 of 9") < back.index("step 3 of 9")
    with pytest.raises(SystemExit):
        main(["explain", "small.safetensors", "--text", TEXT, "--step", "3-5"])
    assert "two in a row" in capsys.readouterr().err


def test_it_writes_a_file_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["explain", "small.safetensors", "--text", TEXT, "--step", "3", "-o", "sheet.txt"]
    printed = explained(capsys, "--step", "3")
    assert main(words) == 0
    assert Path("sheet.txt").read_text(encoding="utf-8") == printed
    assert main(words) == 1
    assert main([*words, "--force"]) == 0


def test_its_sentences_have_thresholds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = explained(capsys, "--step", "3", "--threshold", "low=0.5", "--threshold", "little=0.5")
    words = " ".join(text.split())
    assert "keep less than 50 % of their old value" in words
    assert "units by less than 0.5." in words
    few = re.search(r"(\d+) of \d+ units keep less than", words)
    assert few
    assert int(few[1]) == (reference().step(3).z < 0.5).sum() > 0
    assert main(["explain", "small.safetensors", "--text", TEXT, "--step", "3", "--threshold",
                 "low=0.95"]) == 1  # fmt: skip
    assert "low is larger than high" in capsys.readouterr().err
