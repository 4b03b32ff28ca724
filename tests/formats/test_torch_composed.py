"""Small networks composed at random around a GRU: exact, told with the grade inside, or refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from judged import Run, judged
from torch import Tensor, nn

SYMBOLS, WIDE, STEPS = "abcdef", 4, 9
PLACES = np.random.default_rng(5).integers(0, len(SYMBOLS), STEPS)
TEXT = "".join(SYMBOLS[i] for i in PLACES)

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
]

# Of indices (1, steps).
ON_INDICES = {
    "identity": "i = i.clone()",
    "int32": "i = i.int().long()",
    "as floats": "i = i.float().long()",
    "in a row": "i = i.view(-1).unsqueeze(0)",
    "turned": "i = i.flip(1)",
    "added": "i = (i + 1) % 6",
    "added nothing": "i = i + 0",
    "clipped": "i = i.clamp(0, 3)",
    "bool": "i = i.to(torch.bool).long()",
    "set": "i = i.clone(); i[0, 1] = 2",
    "masked": "i = torch.where(i == 2, torch.zeros_like(i), i)",
    "shifted": "i = torch.cat([i[:, -1:], i[:, :-1]], 1)",
    "looked up": "i = torch.tensor([2, 0, 1, 5, 3, 4])[i]",
}
# Of x (1, steps, 4).
ON_X = {
    "identity": "x = x.contiguous()",
    "dropout": "x = torch.dropout(x, 0.5, False)",
    "dropped": "x = torch.dropout(x, 0.5, True)",
    "there and back": "x = x.transpose(0, 2).transpose(2, 0)",
    "flat": "x = x.reshape(-1, 4).view(1, -1, 4)",
    "squeezed": "x = x.squeeze(0).unsqueeze(0)",
    "in parts": "x = torch.cat(x.split(2, 1), 1)",
    "in parts of features": "x = torch.cat(x.chunk(2, 2), 2)",
    "parts exchanged": "x = torch.cat(x.chunk(2, 2)[::-1], 2)",
    "turned": "x = x.flip(1)",
    "turned twice": "x = x.flip(1).flip(1)",
    "features turned": "x = x.flip(2)",
    "rolled": "x = x.roll(1, 1)",
    "exchanged": "x = x.transpose(1, 2).reshape(1, -1, 4)",
    "permuted": "x = x[:, :, torch.tensor([1, 0, 3, 2])]",
    "shifted": "x = torch.cat([torch.zeros(1, 1, 4), x[:, :-1]], 1)",
    "times": "x = x * 1.7",
    "times in place": "x = x.clone(); x.mul_(1.7)",
    "a step set": "x = x.clone(); x[:, 3] = 0.5",
    "a view scaled": "x = x.clone(); x.transpose(1, 2)[0, 1].mul_(3.0)",
    "another changed": "y = x.clone(); y.mul_(2.0)",
    "plus": "x = x + 0.3",
    "relu": "x = torch.relu(x)",
    "softmax": "x = torch.softmax(x, -1)",
    "linear": "x = self.part(x)",
    "product": "x = x @ self.part.weight",
    "sum": "x = x.cumsum(1)",
    "normalised": "x = x / x.norm(2, [2], True)",
    "masked": "x = x.masked_fill(x > 0.5, 0.0)",
    "first repeated": "x = x[:, :1].expand(1, x.size(1), 4)",
    "half": "x = torch.cat([x[:, :4], x[:, 4:] * 2.0], 1)",
    "by the length": "if x.size(1) > 7:\n            x = x * 2.0",
    "if it has axes": "if x.dim() == 3:\n            x = x.clone()",
    "piece by piece": "rows: List[Tensor] = []\n        for k in range(x.size(1)):\n"
                      "            rows.append(x[:, k])\n        x = torch.stack(rows, 1)",
    "backwards": "back: List[Tensor] = []\n        for k in range(x.size(1)):\n"
                 "            back.append(x[:, -1 - k])\n        x = torch.stack(back, 1)",
}  # fmt: skip
H0 = {
    "none": "None", "zeros": "torch.zeros(1, 1, 4)", "of the size": "torch.zeros(1, x.size(0), 4)",
    "ones": "torch.ones(1, 1, 4)", "stored": "self.start", "scaled": "self.start * 2.0",
    "expanded": "self.start[:, :1].expand(1, x.size(0), 4)", "first": "x[:, 0].unsqueeze(0)",
    "mean": "x.mean(1).unsqueeze(0)", "filled": "torch.full([1, 1, 4], 0.3)",
}  # fmt: skip
WITHIN = {  # of a loop of cells: x (1, 4), h (1, 4)
    "nothing": "pass", "decay": "h = h * 0.9", "feedback": "x1 = x1 + h", "dropout":
    "h = torch.dropout(h, 0.5, False)", "skip": "x1 = x[:, 0]", "clamp": "h = h.clamp(-0.2, 0.2)",
    "begun anew": "h = torch.zeros(1, 4)", "turned": "h = h.flip(1)",
}  # fmt: skip
BETWEEN = {
    "states": "x = h", "scaled": "x = h * 0.5", "residual": "x = h + x", "turned": "x = h.flip(1)",
    "dropout": "x = torch.dropout(h, 0.3, False)", "the first again": "x = x.clone()",
}  # fmt: skip
ON_STATES = {name: line.replace("x", "h") for name, line in ON_X.items() if name in (
    "identity", "dropout", "flat", "squeezed", "turned", "features turned", "times",
    "times in place", "plus", "relu", "rolled", "in parts")}  # fmt: skip
BEHIND = {
    "softmax": "y = torch.softmax(y, -1)", "log softmax": "y = torch.log_softmax(y, 2)",
    "softmax of steps": "y = torch.softmax(y, 1)", "times": "y = y / 0.7", "tanh": "y = y.tanh()",
    "twice": "y = y + torch.relu(y)", "identity": "y = y.contiguous()", "first": "y = y - y[:, :1]",
    "symbols turned": "y = y.flip(2)", "a symbol barred": "y = y.clone(); y[:, :, 0] = -9.0",
    "symbols exchanged": "y = y[:, :, torch.tensor([1, 0, 2, 3, 4, 5])]",
    "a symbol again": "y = torch.cat([y, y[:, :, :1]], 2)[:, :, 1:]",
    "barred in a view": "y = y.clone(); y[0, 1].mul_(3.0)", "last": "y = y[:, -1:]",
    "turned and chosen": "y = torch.softmax(y.flip(2), -1)",
    "chosen and turned": "y = torch.softmax(y, -1).flip(2)",
}  # fmt: skip
HEADS = {
    "fc": "y = self.fc(h)",
    "linear": "y = torch.ops.aten.linear(h, self.fc.weight, self.fc.bias)",
    "without bias": "y = torch.ops.aten.linear(h, self.fc.weight)",
    "product": "y = h @ self.fc.weight.t()",
    "in two parts": "y = torch.matmul(h, self.fc.weight.t()) + self.fc.bias",
    "another bias": "y = torch.matmul(h, self.fc.weight.t()) + self.fc.bias * 2.0",
    "twice": "y = self.fc(h) + self.fc(h)",
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    indices: tuple[str, ...] = ()
    x: tuple[str, ...] = ()
    h0: str = "none"
    cell: str = ""  # what a loop of cells does within; “”: a GRU
    upper: str = ""  # what stands between this GRU and a second; “”: there is none
    states: tuple[str, ...] = ()
    head: str = "fc"
    behind: tuple[str, ...] = ()


def some(table: dict[str, str], most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(list(table)), max_size=most).map(tuple)


def plans() -> st.SearchStrategy[Plan]:
    return st.builds(
        Plan, some(ON_INDICES, 2), some(ON_X, 2), st.sampled_from(list(H0)),
        st.sampled_from(["", "", *WITHIN]), st.sampled_from(["", "", *BETWEEN]),
        some(ON_STATES, 2), st.sampled_from(list(HEADS)), some(BEHIND, 1),
    )  # fmt: skip


def code(plan: Plan) -> str:
    """Its forward, as TorchScript; it gives the scores, and the states of each GRU."""
    lines = [ON_INDICES[step] for step in plan.indices]
    lines += ["x = self.embedding(i)", *(ON_X[step] for step in plan.x)]
    h0 = H0[plan.h0]
    if plan.cell:
        lines += [
            f"h = {'torch.zeros(1, 4)' if h0 == 'None' else f'({h0})[0]'}",
            "all: List[Tensor] = []",
            "for t in range(x.size(1)):", "    x1 = x[:, t]", f"    {WITHIN[plan.cell]}",
            "    h = self.cell(x1, h)", "    all.append(h)", "h = torch.stack(all, 1)",
        ]  # fmt: skip
    else:
        lines.append(f"h = self.gru(x, {h0})[0]")
    lines.append("first = h.clone()")
    if plan.upper:
        lines += [BETWEEN[plan.upper], "h = self.upper(x, None)[0]"]
    lines += ["second = h.clone()", *(ON_STATES[step] for step in plan.states)]
    lines += [HEADS[plan.head], *(BEHIND[step] for step in plan.behind)]
    split = [part for line in lines for part in line.split("; ")]
    body = "\n".join(f"        {line}" for line in [*split, "return y, first, second"])
    return f"def forward(self, i: Tensor) -> Tuple[Tensor, Tensor, Tensor]:\n{body}\n"


def network(plan: Plan, trace: bool) -> Any:
    """Of the same code, as TorchScript or as Python's own, to be traced."""
    torch.manual_seed(3)
    parts = {
        "embedding": nn.Embedding(6, WIDE), "part": nn.Linear(WIDE, WIDE), "fc": nn.Linear(WIDE, 6),
        "cell" if plan.cell else "gru":
        nn.GRUCell(WIDE, WIDE) if plan.cell else nn.GRU(WIDE, WIDE, batch_first=True),
    }  # fmt: skip
    if plan.upper:
        parts["upper"] = nn.GRU(WIDE, WIDE, batch_first=True)

    base: Any = nn.Module if trace else torch.jit.ScriptModule

    class Network(base):  # type: ignore[misc]  # a class each: those alike would share their code
        def __init__(self) -> None:
            super().__init__()
            for name, part in parts.items():
                setattr(self, name, part)
            self.start = nn.Parameter(torch.randn(1, 1, WIDE))

    net = Network()
    for parameter in net.parameters():
        with torch.no_grad():
            parameter.copy_(torch.randn_like(parameter) * 0.6)
    if not trace:
        net.define(code(plan))
        return net.eval()
    scope: dict[str, Any] = {"torch": torch, "Tensor": Tensor, "List": list, "Tuple": tuple}
    exec(code(plan), scope)
    Network.forward = scope["forward"]
    return net.eval()


def outcome(plan: Plan, trace: bool = False) -> str:
    """Exact, told or refused; raises AssertionError for anything else."""
    net = network(plan, trace)
    indices = torch.from_numpy(PLACES)[None]
    with torch.no_grad():
        try:
            scores, *states = (out.numpy() for out in net(indices))
        except RuntimeError:
            return "impossible"
    runs = [(net.cell.weight_hh if plan.cell else net.gru.weight_hh_l0, states[0])]
    if plan.upper:
        runs.append((net.upper.weight_hh_l0, states[1]))
    own = [(weight.detach().numpy(), each[0].reshape(-1, WIDE)) for weight, each in runs]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.pt"
        torch.jit.save(torch.jit.trace(net, (indices,)) if trace else net, path)
        found = list(judged(path, Run(SYMBOLS, TEXT, own, scores)).values())
    assert not any(verdict.silent for verdict in found), found
    outcomes = {verdict.outcome for verdict in found}
    return "refused" if "refused" in outcomes else "told" if "inside" in outcomes else "exact"


@settings(deadline=None, max_examples=25)
@given(plans())
@example(Plan(x=("times in place",)))
@example(Plan(x=("exchanged",)))
@example(Plan(cell="decay", h0="zeros"))
@example(Plan(x=("half",)))
@example(Plan(x=("a step set",)))
@example(Plan(x=("by the length",)))
@example(Plan(states=("turned",)))
@example(Plan(behind=("symbols turned",)))
@example(Plan(behind=("a symbol barred",)))
def test_exact_or_told_or_refused(plan: Plan) -> None:
    outcome(plan)


@settings(deadline=None, max_examples=20)
@given(plans())
@example(Plan(states=("turned",)))
def test_traced_too(plan: Plan) -> None:
    outcome(plan, trace=True)


def test_what_only_moves_numbers_is_exact() -> None:
    """So that the tests above do not pass by telling of everything."""
    for plan in (
        Plan(), Plan(indices=("identity", "int32"), x=("dropout", "there and back")),
        Plan(x=("flat", "squeezed"), h0="stored", states=("flat",)),
        Plan(x=("in parts", "in parts of features"), h0="ones", states=("in parts", "dropout")),
        Plan(x=("turned twice", "another changed"), h0="of the size", behind=("log softmax",)),
        Plan(x=("piece by piece", "if it has axes"), h0="expanded", head="in two parts"),
        Plan(h0="scaled", head="without bias", behind=("softmax",)),
        Plan(cell="nothing", h0="filled", head="product"), Plan(cell="dropout", h0="zeros"),
        Plan(indices=("as floats", "in a row"), head="linear"),
    ):  # fmt: skip
        assert outcome(plan) == "exact", plan
        assert outcome(plan, trace=True) == "exact", plan
