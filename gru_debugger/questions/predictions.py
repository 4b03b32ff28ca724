"""Whether the output of a run tells of the next character"""

from __future__ import annotations

from gru_debugger.core.trace import Trace
from gru_debugger.phrases import told


def none_because(trace: Trace) -> str:
    """Why it does not, in words; empty where it does."""
    model = trace.model
    if model.output is None:
        return told("the model has no output layer")
    if not trace.predicts_next or model.vocabulary is None:
        return told("the output of this run predicts no next character")
    if len(model.output.bias) != model.symbols:
        return told("the output has another size than the vocabulary")
    return ""
