"""What is open as JSON: back as it was, or nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import model, save, text_for

from gru_debugger.core.address import Address
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.model import Example, Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.files import Text, read_text
from gru_debugger.formats.arrays import read_rows
from gru_debugger.questions.thresholds import Thresholds
from gru_debugger.session import saved
from gru_debugger.session.opening import with_vocabulary
from gru_debugger.session.saved import Saved, from_json, to_json
from gru_debugger.session.view import View
from gru_debugger.session.zoom import Zoom
from gru_debugger.source import Choice

VIEW = View(0, "forward", 3, "n", "course", True, ("weights",), True, Zoom(2, 8), None, True)


@pytest.fixture
def opened(tmp_path: Path) -> Model:
    made = model(16)
    path = str(save(made, tmp_path / "m.safetensors"))
    return replace(made, source=replace(made.source, path=path, choice=Choice("enc", None, "out")))


def back(run: Run, position: int = 5, view: View = VIEW) -> Saved:
    found = from_json(json.loads(json.dumps(to_json(run, position, view))))
    assert found is not None
    return found


def test_there_and_back(opened: Model) -> None:
    h0 = InitialState(np.linspace(-1, 1, 16, dtype=np.float32).reshape(1, 16), "h.csv")
    run = Run(opened, "abcab", h0, True, ("r = 1", "z[9] = 0 at 2"))
    found = back(run)
    source = opened.source
    assert (found.path, found.sha256, found.choice) == (source.path, source.sha256, source.choice)
    assert (found.read_source(), found.unknown, found.edits) == ("abcab", True, run.edits)
    assert (found.at, found.view) == (Address(5), VIEW)
    assert found.initial is not None
    assert found.initial.origin == "h.csv"
    np.testing.assert_array_equal(found.initial.states, h0.states)
    assert found.vocabulary is None
    assert found.there


def test_a_long_text_by_its_path(opened: Model, tmp_path: Path) -> None:
    text = text_for(opened, saved.LONGEST + 1)
    assert to_json(Run(opened, text), 1, VIEW) is None, "typed, and long"
    (tmp_path / "t.txt").write_text(text, encoding="utf-8", newline="")
    found = back(Run(opened, read_text(tmp_path / "t.txt")))
    assert found.read_source() == text
    (tmp_path / "t.txt").unlink()
    assert not found.there


def test_a_short_text_keeps_its_name(opened: Model) -> None:
    source = back(Run(opened, Text("abc", "a.txt, edited"))).read_source()
    assert isinstance(source, Text)
    assert (source, source.name, source.path) == ("abc", "a.txt, edited", "")


def test_the_models_own_text(opened: Model) -> None:
    long = text_for(opened, saved.LONGEST + 1)
    found = back(Run(replace(opened, example=Example(long)), long))
    assert found.own_text
    assert found.read_source() is None


@pytest.mark.parametrize("name", ["x.npy", "x.npz:b"])
def test_rows_by_their_path(name: str, opened: Model, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.eye(8)[:3])
    np.savez(tmp_path / "x.npz", a=np.eye(8)[:2], b=np.eye(8)[:3])
    found = back(Run(opened, read_rows(tmp_path / name)))
    source = found.read_source()
    assert isinstance(source, Rows)
    np.testing.assert_array_equal(source.values, np.eye(8)[:3])
    assert found.there
    (tmp_path / name.partition(":")[0]).unlink()
    assert not found.there
    assert to_json(Run(opened, Rows(np.eye(8))), 1, VIEW) is None, "no file's"


def test_a_vocabulary_by_hand(opened: Model) -> None:
    assert back(Run(with_vocabulary(opened, tuple("hgfedcba")), "abc")).vocabulary == tuple(
        "hgfedcba"
    )


def test_a_model_that_is_no_file(opened: Model, tmp_path: Path) -> None:
    gone = replace(opened, source=replace(opened.source, path=str(tmp_path / "gone.pt")))
    assert to_json(Run(gone, "abc"), 1, VIEW) is None
    bundled = replace(opened, source=replace(opened.source, path="bundled:sixteen"))
    assert back(Run(bundled, "abc")).there


def test_a_large_state_is_not_kept(opened: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "LONGEST", 15)
    state = InitialState(np.zeros((1, 16), np.float32), "x")
    assert to_json(Run(opened, "abc", state), 1, VIEW) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("model", None), ("model", {"path": "m"}), ("at", "z"), ("at", 3), ("text", 5),
        ("text", None), ("rows", "x.npy"), ("edits", 7), ("vocabulary", 3), ("view", 3),
        ("initial_state", {"values": "x", "origin": ""}), ("initial_state", {"values": [[1]]}),
    ],
)  # fmt: skip
def test_what_is_damaged_is_nothing(key: str, value: Any, opened: Model) -> None:
    content = to_json(Run(opened, "abc"), 1, VIEW)
    assert content is not None
    assert from_json(content | {key: value}) is None


def test_what_a_view_does_not_know_is_left_out(opened: Model) -> None:
    content = to_json(Run(opened, "abc"), 1, VIEW)
    assert content is not None
    content["view"] |= {"layer": "x", "notation": "none", "zoom": 3, "tomorrows": 1, "unit": 7,
                        "characters": {"first": 1.5, "count": 3}}  # fmt: skip
    found = from_json(content)
    assert found is not None
    assert found.view == replace(VIEW, layer=0, notation="pytorch", zoom=Zoom(), unit=7)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"low": 0.2, "dead": 0}, {"low": 0.2, "dead": 0}), (7, {}), (None, {}), ([0.2], {}),
        ({"low": 0.2, "tomorrows": 0.5}, {"low": 0.2}),
        ({"low": 2, "high": -1, "sure": float("nan"), "full": 3.5}, {"full": 3.5}),
        ({"low": "0.2", "high": True, "used": None, "kept": 10**400, "little": [0.1]}, {}),
        ({"low": 0.95, "dead": 0.2}, {}), ({"saturated": 0.7, "little": 0.12345}, {}),
    ],
)  # fmt: skip
def test_thresholds_are_numbers_in_range(said: Any, kept: dict[str, float], opened: Model) -> None:
    """As a session of anybody may say them; those in no order mean nothing together."""
    content = to_json(Run(opened, "abc"), 1, VIEW)
    assert content is not None
    content["view"]["thresholds"] = said
    found = from_json(json.loads(json.dumps(content)))
    assert found is not None
    assert found.view == replace(VIEW, thresholds=Thresholds(**kept))


def test_thresholds_are_kept_where_they_are_not_as_usual(opened: Model) -> None:
    view = replace(VIEW, thresholds=Thresholds(low=0.2, dead=0.5))
    content = to_json(Run(opened, "abc"), 1, view)
    assert content is not None
    assert content["view"]["thresholds"] == {"low": 0.2, "dead": 0.5}
    assert back(Run(opened, "abc"), view=view).view == view


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip
KEYS = ["model", "text", "text_file", "rows", "own_text", "at", "edits", "view", "initial_state"]


@given(JSON | st.dictionaries(st.sampled_from(KEYS), JSON))
def test_any_json_is_something_or_nothing(content: Any) -> None:
    assert from_json(content) is None or isinstance(from_json(content), Saved)
