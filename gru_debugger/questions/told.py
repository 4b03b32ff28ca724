"""A run, a step, a unit or a computation in sentences, as text: for scripts and commands."""

from __future__ import annotations

from gru_debugger.core.cell import Notation
from gru_debugger.core.edits import Place, set_at
from gru_debugger.core.model import Direction
from gru_debugger.core.quantities import COMPUTATIONS
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.phrases import in_text
from gru_debugger.questions.run_sentences import RunCounts, run_sentences
from gru_debugger.questions.sentences import sentence
from gru_debugger.questions.step_sentences import Sentence, StepSentences, step_sentences
from gru_debugger.questions.thresholds import USUAL, Thresholds


def sentences(
    trace: Trace, t: int | None = None, unit: int | None = None, computation: str | None = None,
    layer: int = 0, direction: Direction | None = None, notation: Notation = "pytorch",
    thresholds: Thresholds = USUAL,
) -> list[str]:  # fmt: skip
    """Of the run; of step t; of a unit or a computation in it. Raises InputError for what the run
    lacks, and for a unit or a computation without a step."""
    model = trace.model
    model.cell(layer, direction)
    place: Place = (layer, direction or model.ways[0])
    if unit is not None:
        model.check_unit(unit)
    order = COMPUTATIONS[model.reset]
    if computation is not None and computation not in order:
        raise InputError(f"no computation {computation!r:.40}: a step has {', '.join(order)}.")
    if notation not in ("pytorch", "course"):
        raise InputError(f"no notation {notation!r:.40}: there are pytorch and course.")
    if t is None:
        if unit is not None or computation is not None:
            raise InputError("a unit's or computation's sentences are of a step: give one.")
        return _in_text(_of_run(trace, place, notation, thresholds))
    step = trace.step(t, *place)
    if unit is not None:
        hand = [name for name, units in set_at(trace.edits, place, t, model.hidden_size).items()
                if units[unit]]  # fmt: skip
        activations = model.cell(*place).activations
        wanted = [computation] if computation else order
        said = (sentence(step, unit, one, model.reset, notation, activations, hand, thresholds)
                for one in wanted)  # fmt: skip
        return [in_text(one) for one in said]
    if computation is not None:
        told = StepSentences.of(trace, step, place, notation, thresholds)
        return _in_text(told.told(computation))
    return _in_text(step_sentences(trace, step, place, notation, thresholds))


def _of_run(
    trace: Trace, place: Place, notation: Notation, thresholds: Thresholds
) -> list[Sentence]:
    counts = RunCounts(trace.finish(), place, thresholds)
    while counts.advance():
        pass
    return run_sentences(counts, notation)


def _in_text(said: list[Sentence]) -> list[str]:
    return [in_text(one) for one in said]
