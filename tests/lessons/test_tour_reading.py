"""A tour may come from a stranger: what is wrong is one line with stop and field."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import model, save

from gru_debugger.errors import InputError, TextError
from gru_debugger.lessons import reading
from gru_debugger.lessons.reading import read
from gru_debugger.lessons.tour import BUNDLED
from gru_debugger.paths import resource

Change = Callable[[dict[str, Any]], object]


def content() -> dict[str, Any]:
    stop = {
        "heading": "It forgets",
        "model": "bundled:sixteen",
        "at": "34:h[9]",
        "computation": "n",
        "values": {"z": "z[9]", "half": {"half_life": 9}},
        "say": {"pytorch": "z = {z} [1]", "course": "Γu = {z} [1]"},
        "marks": ["z[9]"],
        "hidden": "h[9]",
        "ask": "What now?",
        "answers": [{"words": "it flips", "right": "h[9] < 0"}, {"words": "no", "right": False}],
        "then": "Half-life {half}, {z%}.",
    }
    return {"format": "gru-debugger-tour", "version": 1, "title": "Mine", "stops": [stop]}


def write(folder: Path, told: Any) -> Path:
    path = folder / "mine.grutour"
    path.write_text(told if isinstance(told, str) else json.dumps(told))
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    tour = read(write(tmp_path, content()))
    (stop,) = tour.stops
    assert (tour.title, tour.minutes) == ("Mine", 0)
    assert (stop.heading, stop.at, stop.computation) == ("It forgets", "34:h[9]", "n")
    assert stop.view == "cell"
    assert stop.say["course"] == "Γu = {z} [1]"
    assert [answer.right for answer in stop.answers] == ["h[9] < 0", False]
    assert stop.text is None
    assert stop.show == ()


def test_what_a_notation_says_in_its_own_way(tmp_path: Path) -> None:
    told = content()
    told["stops"][0] |= {
        "heading": {"pytorch": "z", "course": "Γu"}, "show": ["influence", "gradients"],
        "say": "{z=} {z/half} {half#}",
    }  # fmt: skip
    (stop,) = read(write(tmp_path, told)).stops
    assert (stop.heading, stop.headings["course"]) == ("z", "Γu")
    assert stop.show == ("influence", "gradients")


def test_a_stop_reads_what_the_one_before_did(tmp_path: Path) -> None:
    save(model(), tmp_path / "m.safetensors")
    (tmp_path / "t.txt").write_text("abc")
    told = content()
    told["stops"] = [
        {"heading": "a", "model": "m.safetensors", "text_file": "t.txt", "at": "1"},
        {"heading": "b", "where": "z[0] < 2"},
        {"heading": "c", "model": "bundled:sonnets", "at": "1"},
    ]
    a, b, c = read(write(tmp_path, told)).stops
    assert a.model == b.model == str(tmp_path / "m.safetensors")
    assert (a.text, b.text, c.text) == ("abc", "abc", None)


def stop(**fields: Any) -> Change:
    return lambda told: told["stops"][0].update(fields)


def answer(**fields: Any) -> Change:
    return lambda told: told["stops"][0]["answers"][0].update(fields)


WRONG: list[tuple[Change, str]] = [
    (lambda told: told.update(format="x"), "“format”"),
    (lambda told: told.update(version=2), "“version”"),
    (lambda told: told.update(stops=[]), "“stops”"),
    (lambda told: told.update(stops={}), "“stops”"),
    (lambda told: told.update(stops=[3]), "stop 1"),
    (lambda told: told.update(stops=told["stops"] * 61), "“stops”"),
    (lambda told: told.update(run="rm"), "“run”"),
    (stop(heading=""), "stop 1, “heading”"),
    (stop(heading="x" * 201), "stop 1, “heading”"),
    (stop(model="/etc/passwd"), "stop 1, “model”"),
    (stop(model="../m.pt"), "stop 1, “model”"),
    (stop(model="bundled:none"), "stop 1, “model”"),
    (stop(model=""), "stop 1, “model”"),
    (stop(text=3), "stop 1, “text”"),
    (stop(text="a" * 10_001), "stop 1, “text”"),
    (stop(text_file="/etc/passwd"), "stop 1, “text_file”"),
    (stop(at=""), "stop 1, “at”"),
    (stop(where="z[0] < 1"), "stop 1, “at”"),
    (stop(computation="exec"), "stop 1, “computation”"),
    (stop(view="html"), "stop 1, “view”"),
    (stop(values=[]), "stop 1, “values”"),
    (stop(values={"Z": "z[9]"}), "stop 1, “values”"),
    (stop(values={"z": 3}), "stop 1, “values”"),
    (stop(values={"z": {"run": "x"}}), "stop 1, “values”"),
    (stop(values={"z": {"left": "whole", "back": [1]}}), "stop 1, “values”"),
    (stop(values={f"v{i}": "z[9]" for i in range(31)}), "stop 1, “values”"),
    (stop(say="{nothing}"), "stop 1, “say”"),
    (stop(say="{z.__class__}"), "stop 1, “say”"),
    (stop(say="{z!r}"), "stop 1, “say”"),
    (stop(say="{"), "stop 1, “say”"),
    (stop(say={"pytorch": "one alone"}), "stop 1, “say”"),
    (stop(say="x" * 2001), "stop 1, “say”"),
    (stop(then=["x"]), "stop 1, “then”"),
    (stop(marks=["z[9]"] * 10), "stop 1, “marks”"),
    (stop(marks=[9]), "stop 1, “marks”"),
    (stop(say="{z/}"), "stop 1, “say”"),
    (stop(say="{z/nothing}"), "stop 1, “say”"),
    (stop(say="{z%=}"), "stop 1, “say”"),
    (stop(heading={"pytorch": "a", "course": ""}), "stop 1, “heading”"),
    (stop(show=["cell"]), "stop 1, “show”"),
    (stop(show=["nothing"]), "stop 1, “show”"),
    (stop(show=[["unit"]]), "stop 1, “show”"),
    (stop(show="influence"), "stop 1, “show”"),
    (stop(answers=[]), "stop 1, “answers”"),
    (stop(ask=""), "stop 1, “answers”"),
    (stop(surprise=1), "stop 1, “surprise”"),
    (answer(right=1), "stop 1, answers, “right”"),
    (answer(right="{nothing} > 1"), "stop 1, “answers”"),
    (answer(code="x"), "stop 1, answers, “code”"),
]


@pytest.mark.parametrize(("change", "where"), WRONG)
def test_what_is_wrong_is_said_in_a_line(change: Change, where: str, tmp_path: Path) -> None:
    told = content()
    change(told)
    path = write(tmp_path, told)
    with pytest.raises(InputError) as fault:
        read(path)
    assert str(fault.value).startswith(f"{path}: {where}: ")
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{\n\"format\": ,", "line 2: not JSON"),
        ("[" * 100_000, "not JSON"),
        ("", "the file is empty"),
        ("[]", "no object"),
        (" " * (reading.LARGEST + 1), "more than"),
    ],
)
def test_what_is_no_tour_at_all(words: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        read(write(tmp_path, words))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "b.grutour").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not JSON"):
        read(tmp_path / "b.grutour")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out.txt"
    inside.mkdir()
    outside.write_text("secret")
    (inside / "t.txt").symlink_to(outside)
    told = content()
    told["stops"][0]["text_file"] = "t.txt"
    with pytest.raises(InputError, match="own folder"):
        read(write(inside, told))


def test_the_bundled_one_is_read() -> None:
    assert len(read(BUNDLED).stops) == 13
    assert read(resource("tours", "gates.grutour")).path == BUNDLED, "by its file too"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(reading._STOP) | st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(where=st.sampled_from([*reading._STOP, "", "right", "words"]), what=JSON)
def test_whatever_stands_there_is_read_or_told(
    where: str, what: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told = content()
    inner = {"right": told["stops"][0]["answers"][0], "words": told["stops"][0]["answers"][0]}
    if where:
        inner.get(where, told["stops"][0])[where] = what
    else:
        told["stops"] = what
    path = write(tmp_path_factory.mktemp("fuzz"), told)
    with suppress(InputError, TextError):  # any other is a fault of ours
        read(path)
