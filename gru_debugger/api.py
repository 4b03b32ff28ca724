"""What ``import gru_debugger`` offers of a run: a recording with the questions as its methods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import trace as core
from gru_debugger.core.cell import Notation
from gru_debugger.core.model import Direction, Model
from gru_debugger.core.reading import Rows
from gru_debugger.errors import InputError
from gru_debugger.questions import (
    causes,
    expressions,
    generation,
    influence,
    memory,
    similarity,
    told,
    writes,
    writing,
)
from gru_debugger.questions.thresholds import Thresholds

if TYPE_CHECKING:
    from gru_debugger.exports.picture import Picture


class Trace(core.Trace):
    """A text run through a model: every number inside the GRU at every step, and what to ask of it.

    Steps count from 1: step t reads character t and turns h(t - 1) into h(t); h(0) is the initial
    state. In a reverse direction row t is still character t, and its h_prev is the h of row t + 1.
    All of the text is recorded when the object is made; `gru_debugger.trace` makes one too.

    model
        what `gru_debugger.load_model` gives.
    text
        a str, a step a character (or a symbol of the vocabulary, such as ``<pad>``); or, for a
        model that reads no characters, an array of numbers (steps, input), a step a row.
    h0
        the initial state: an array (layers · directions, units), such as the `final_states()` of
        another trace. None: what the model stores, or zeros.
    unknown
        True: what the vocabulary lacks is read as its unknown symbol, such as ``<unk>``.

    Raises TextError for a character that the vocabulary lacks, VocabularyError where there is no
    vocabulary, InputError for an empty text, rows of another width, an h0 of the wrong shape, or
    more steps than there is room for. All are GRUDebuggerErrors; each message is one line.

    `model`, `text`, `characters` (one a step), `steps` (how many), `h0` and `edits` are what it was
    made of; `reference` is the trace that the edits were made upon.

    >>> import gru_debugger
    >>> model = gru_debugger.load_model("bundled:sixteen")
    >>> trace = gru_debugger.Trace(model, "the cat sat")
    >>> trace
    <Trace 11 steps of “the cat sat”, sixteen>
    >>> trace.step(4).z.shape
    (16,)
    """

    def __init__(
        self, model: Model, text: str | Rows | NDArray[Any], h0: Any = None, unknown: bool = False
    ) -> None:
        if not isinstance(model, Model):
            path = model if isinstance(model, str) else "model.pt"
            raise InputError(
                f"{model!r:.80} is no model; load it first: trace(load_model({path!r:.80}), …)."
            )
        super().__init__(model, text, h0, unknown)
        self.finish()

    def evaluate(self, expression: str) -> NDArray[Any]:
        """An expression at every step: (steps,), or (steps, units) where it has several values.

        Numbers are float32 as recorded or float64 as computed, truths bool, characters str. The
        language is that of the window's and of ``gru-debugger find``; README's *Find* lists it.
        Raises ExpressionError, one line that says at which character, for what can't be read or
        means nothing for this run.

        >>> trace.evaluate("max(abs(h - h_prev))").round(2)[:4].tolist()
        [0.93, 1.87, 1.94, 1.91]
        >>> trace.evaluate("predicted").tolist()[:4]
        ['h', 'e', ' ', 's']
        """
        return expressions.evaluate(expression, self)

    def where(self, condition: str) -> NDArray[np.int64]:
        """The steps, counted from 1, at which a condition holds. Raises as `evaluate`.

        >>> trace.where("z[9] < 0.05 and character != ' '").tolist()
        [5, 7, 9, 11]
        """
        return expressions.where(condition, self)

    def causes(self, value: str, t: int) -> list[causes.Cause]:
        """What `value`, such as ``z[9]``, is made of at step `t`, the largest contribution first.

        Each cause has a `name`, such as ``h[3]``, the character or “bias”; the `address` of what
        it meets, ``3:h[3]``, or None; and `weight` times `met` is its `contribution` (`met` is
        None for what stands alone). All quantities of the cell have causes, but x of layer 0,
        ``logits[4]`` and ``probabilities[4]`` too; ``z_l1_reverse[9]`` is another layer's.

        Contributions add up to the value; of r, z and n to the sum before the activation, of a
        probability to its logit less the mean of all logits. A value that an edit sets has that
        edit as its one cause. Raises InputError for what the run lacks, and for several values.

        >>> for cause in trace.causes("z[9]", 4)[:2]:
        ...     print(cause.name, cause.address, round(cause.contribution, 2))
        h[11] 3:h[11] 2.43
        h[7] 3:h[7] -1.96
        >>> trace.causes("h[9]", 4)[0].address
        '4:n[9]'
        """
        return causes.causes(self, value, t)

    def written(
        self, unit: int, t: int, layer: int = 0, direction: Direction | None = None
    ) -> NDArray[np.float64]:
        """What each step put into h[unit] at step t: a share each, which sum to it.

        `layer` counts from 0; without `direction` the model's first is meant. A step's share is
        what it took of its candidate, (1 - z) · n, times z of every step since; where an edit sets
        h[unit], it is that value, and nothing older is left. Forward (t + 1,): row s is step s, row
        0 the initial state. In reverse (steps - t + 2,): row 0 is step t, the last row the initial
        state. Raises InputError for what the run lacks.

        >>> shares = trace.written(9, 4)
        >>> shares.round(2).tolist()
        [0.0, -0.04, 0.0, -0.0, 0.85]
        >>> bool(abs(shares.sum() - trace.step(4).h[9]) < 1e-6)
        True
        """
        return writing.shares(self, unit, t, layer, direction)

    def history(
        self,
        unit: int,
        t: int,
        layer: int = 0,
        direction: Direction | None = None,
        written: float = writes.USUAL.written,
        candidate: float = writes.USUAL.candidate,
        kept: float = writes.USUAL.kept,
    ) -> list[writes.Write]:
        """The steps up to `t` that wrote h[unit], and those whose write was refused.

        `layer` counts from 0; without `direction` the model's first is meant; in reverse the steps
        from `t` on. A step wrote where it put more than `written` into the state, in magnitude; it
        was `refused` where its candidate is beyond `candidate` in magnitude, z above `kept`.

        Each has `step`, `character`, `old` and `new` state, what it `wrote`, what is `left` of
        that at step t (the share of `written`), and `n`, `z` and `refused`. Raises InputError for
        what the run lacks.

        >>> for row in trace.history(9, 7)[-3:]:
        ...     print(row.step, row.character, round(row.old, 2), round(row.new, 2), row.refused)
        5 c 0.81 0.97 False
        6 a 0.97 0.96 True
        7 t 0.96 -0.97 False
        """
        bounds = writes.Bounds(written, candidate, kept)
        return writes.history(self, unit, t, layer, direction, bounds)

    def memory(
        self,
        first: int,
        last: int,
        unit: int | None = None,
        layer: int = 0,
        direction: Direction | None = None,
    ) -> NDArray[np.float64]:
        """Who still speaks: of the state after each of the steps first..last, each writer's part.

        A part is |what is left of what a step wrote| over the sum of these, as `written` has them;
        of all units together where `unit` is None. Forward (steps + 1, steps): column t is the
        state after step `first` + t, row 0 what stood there before step `first`, row s the step
        first + s - 1. In reverse row s is the step first + s, the last row what stood there when
        step `last` was read. `layer` counts from 0; without `direction` the model's first is meant.
        A column sums to 1, or to 0 where nothing stands there. Raises InputError for what the run
        lacks, and for more than 2,000 steps.

        >>> trace.memory(1, 4, unit=9)[:, 3].round(2).tolist()   # step 4 overwrote what was there
        [0.0, 0.04, 0.0, 0.0, 0.95]
        """
        return memory.memory(self, first, last, unit, layer, direction)

    def half_life(self, unit: int, layer: int = 0, direction: Direction | None = None) -> float:
        """In how many steps h[unit] loses half of what it holds: ln ½ / mean ln z over the run.

        `layer` counts from 0; without `direction` the model's first is meant. z counts as 1e-30 at
        least; infinite where the unit never loses anything. Raises InputError for what the run
        lacks.

        >>> round(trace.half_life(9), 2)
        0.24
        """
        return writes.half_life_of(self, unit, layer, direction)

    def influence(self, t: int, of: str | None = None) -> influence.Influence:
        """How strongly every earlier state and character moves one number of step `t`: gradients.

        `of`: the number, ``h[9]``, ``n_l1[3]``, ``sum_z[9]``, ``logits[4]`` or
        ``probability("e")``; None is the likeliest next character's logit. The gradients are total,
        as torch.autograd gives them, computed in float64; what an edit sets hands nothing back.

        Of what is returned, `value` is the number asked about and `arrays` are float32, also
        by ``["h_l0"]``: of each layer and direction ``h_l0`` (t + 1, units), row s for h(s);
        ``x`` (t, input) and ``attribution`` (t,), which is x · gradient. Of the value's own layer
        three paths more, carried back from the same gradient by one factor a step:
        ``direct_h_l0`` by diag(z), ``constant_gates_h_l0`` with r and z held, ``plain_rnn_h_l0``
        by the candidate alone, as in a plain RNN at the same states. `norms` are their rows'
        lengths, float64. Of a model that reads in reverse rows are those of the whole text; row k
        of ``h_l0_reverse`` is step k + 1, the last the initial state. Raises InputError for what
        the run lacks, for several values, and without `of` where there is no output layer.

        >>> found = trace.influence(11)
        >>> found
        <Influence on logits[1] of step 11>
        >>> left = found.norms["h_l0"] / found.norms["h_l0"][11]
        >>> left[[10, 8, 1]].round(3).tolist()
        [0.873, 1.006, 3.229]
        """
        return influence.influence(self, t, of)

    def sentences(
        self,
        t: int | None = None,
        unit: int | None = None,
        computation: str | None = None,
        layer: int = 0,
        direction: Direction | None = None,
        notation: Notation = "pytorch",
        **thresholds: float,
    ) -> list[str]:
        """What happens, in sentences made of the run's own numbers: the same ones each time.

        Of the whole run; of step `t`, all units; of `unit` (from 0) in it; or of one `computation`
        of the step: r, z, hidden_n, reset_product, n or blend. `layer` counts from 0; without
        `direction` the model's first is meant; `notation`: pytorch or course, which tells of
        Γu = 1 − z. `thresholds` say from where on a sentence counts: `low` and `high` (0.1, 0.9)
        of a gate, also of Γu, turned round, `saturated` (0.01), `full` (0.95) of a candidate,
        `little` (0.05) of a change, `dead` and `constant` (0.05) of a state, `sure` and `leaning`
        (0.9, 0.5) of a prediction. Numbers are told beside all of them. Raises InputError for what
        the run lacks, a threshold out of its range, and a unit or computation without a step.

        >>> for sentence in trace.sentences(4)[-2:]:
        ...     print(sentence)
        The network is undecided: “s” has most, 28 %.
        The text goes on with “c”, rank 4 at 13 %: 2.95 bits.
        >>> print(trace.sentences(4, unit=9, computation="hidden_n")[0][:17])
        Hidden part 0.50:
        >>> print(trace.sentences()[-2])
        Unit 5 holds longest: it loses half in 0.30 steps.
        """
        bounds = Thresholds.of(thresholds)
        return told.sentences(self, t, unit, computation, layer, direction, notation, bounds)

    def generate(self, count: int, temperature: float = 1.0, seed: int | None = None) -> str:
        """What the model writes on from the last state: `count` symbols.

        They are drawn with probabilities softmax(logits / temperature); at temperature 0 the
        likeliest is taken. `seed`, a whole number, gives the same again; None another each time.
        Edits without a last step (``"r = 1"``) go on. Raises InputError where the run predicts no
        next character: without an output layer, on rows, or where the model reads in reverse; and
        where an edit lets states grow beyond all numbers.

        >>> trace.generate(21, temperature=0)
        ' on the sea was deep '
        """
        written = generation.generate(self, count, temperature, seed)
        return "".join(letter.symbol for letter in written)

    def similar(
        self,
        t: int,
        units: Iterable[int] | None = None,
        layer: int = 0,
        direction: Direction | None = None,
        quantile: float = 0.8,
        limit: int | None = 10,
    ) -> similarity.Similar:
        """The steps at which `units` are on together as they are at step t, most similar first.

        A unit is on where its h lies above its own `quantile` of all steps, or below 1 −
        `quantile`: from 0.5 to below 1. `units`, such as [3, 9] or range(8), are looked at alone,
        without them all; of `layer` (from 0) in `direction`, without that the model's first.

        A triple: `steps`, `limit` of them or None for all; their `scores`, how many units are on at
        both steps with the same sign, of those on at either; and the `units` that are on at t. Of
        equals the step whose h is nearer comes first, then the earlier one; what has nothing in
        common is left out. Raises InputError for what the run lacks, and where none is on at t.

        >>> steps, scores, units = trace.similar(11, limit=2)  # “sat” is most like “cat”
        >>> steps.tolist(), scores.round(2).tolist(), units.tolist()
        ([7, 3], [0.4, 0.09], [1, 3, 4, 9, 11, 13, 15])
        """
        return similarity.similar(self, t, units, layer, direction, quantile, limit)

    def picture(
        self,
        t: int,
        pane: str = "window",
        *,
        unit: int | None = None,
        quantity: str | None = None,
        symbol: int | None = None,
        layer: int = 0,
        direction: Direction | None = None,
        notation: Notation = "pytorch",
        centre: str = "cell",
        two_steps: bool = False,
        characters: range | None = None,
        contributions: bool = False,
        all_terms: bool = False,
        all_equations: bool = False,
        units: range | None = None,
        full_axes: bool = False,
        order: str = "index",
        lens: bool = True,
        all_units: bool = False,
        of_selected: bool = False,
        thresholds: Mapping[str, float] | None = None,
        theme: str = "light",
        scale: int = 1,
        format: str = "png",  # noqa: A002
    ) -> Picture:
        """Position t, 0..steps, as the window or one of its panes shows it: 0 is before step 1.

        A notebook shows what is returned; its `save(path)` writes a file. `pane`: window, strip,
        cell, calculation, overview, reset, update, candidate, product, blend, unit, prediction,
        ledger, curves, memory, influence or gradients. `unit` (from 0) and `quantity` (z, sum_z, …)
        are selected, without them what the model's example selects; with `symbol` (from 0) “Why?”
        tells of its probability instead; `layer` (from 0) and `direction` (forward, reverse) are
        shown. `notation`: pytorch or course. `centre`: the pane in the middle of the window.
        `two_steps`: the calculation is that of the step before too. `characters`, such as
        range(20, 60): the overview draws the surprise of these alone.
        `contributions`: matrices show weights times what they meet; `all_terms`: “Why?” shows all
        its terms; `all_equations`: the unit's four, not one alone; `units`, such as range(8): the
        charts show these alone; `full_axes`: axes reach as far as any value of the whole trace, and
        no bar is cut. `order`: of the units, index, value or change (of the selected quantity at
        t), “z at 34”, “changed(h) at 34” or likeness; `lens`: of many units those around the
        selected one are wider; `all_units`: the memory is that of all units, not of the selected
        one; `of_selected`: influence is that on the selected value, not on the likeliest symbol's
        logit; `thresholds`, such as {"low": 0.05}: from where on its words count, by the names that
        the window and ``--threshold`` have for them. `theme`: light or dark; `scale`, 1 to 4: so
        many pixels in the place of one; `format`: png, svg or pdf.

        Needs no display. Call it in the main thread: Qt draws, by an application object that is
        made if there is none. Raises InputError for what is not there, GRUDebuggerError in another
        thread or where Qt can't draw.

        >>> trace.picture(4, pane="blend", unit=9)
        <Picture sixteen.safetensors  ·  60117eb925a4  ·  step 4  ·  space: PNG, 1,260 × 228>
        """
        from gru_debugger.exports.picture import picture_of

        return picture_of(
            self, t, pane, format, theme, scale, unit=unit, quantity=quantity, symbol=symbol,
            layer=layer, direction=direction, notation=notation, centre=centre,
            two_steps=two_steps, characters=characters, contributions=contributions,
            all_terms=all_terms, all_equations=all_equations, zoom=units, full_axes=full_axes,
            order=order, lens=lens, all_units=all_units, of_selected=of_selected,
            thresholds=thresholds,
        )  # fmt: skip


def trace(
    model: Model, text: str | Rows | NDArray[Any], h0: Any = None, unknown: bool = False
) -> Trace:
    """Run a text through `model`, a step a character; or an array of rows (steps, input).

    `h0`: the initial state (layers · directions, units); None is the model's own, or zeros.
    `unknown`: what the vocabulary lacks is read as its unknown symbol. Raises TextError,
    VocabularyError or InputError, GRUDebuggerErrors of one line; `Trace` says when.

    >>> import gru_debugger
    >>> model = gru_debugger.load_model("bundled:sixteen")
    >>> trace = gru_debugger.trace(model, "the cat sat")
    >>> trace.step(4).h.shape, trace.column("h").shape
    ((16,), (11, 16))
    """
    return Trace(model, text, h0, unknown)
