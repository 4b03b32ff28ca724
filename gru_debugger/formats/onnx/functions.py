"""A model's own functions, put where they are called; early dynamo exporters of torch wrote them.

Field numbers: onnx/onnx.proto. How far they grow is bounded by the budget of the message they are
read from, which each copy spends again.
"""

from __future__ import annotations

from collections.abc import Iterator

from gru_debugger.formats.onnx.graph import NESTED, Node
from gru_debugger.formats.protobuf import Message

_DEEPEST = 16


def nodes(model: Message, graph: Message) -> list[Node]:
    """The graph's, with the nodes of functions for those that call them. Raises ValueError."""
    functions = {(f.text(10), f.text(1)): f for f in model.messages(25)}
    return list(_inlined([Node.of(m) for m in graph.messages(1)], functions, 0))


def _inlined(
    given: list[Node], functions: dict[tuple[str, str], Message], depth: int
) -> Iterator[Node]:
    if depth > _DEEPEST:
        raise ValueError("its functions are nested too deep")
    for number, node in enumerate(given):
        function = functions.get((node.message.text(7), node.op))
        if function is None:
            yield node
        else:
            body = _body(node, function, f"{node.name or node.op}/{depth}.{number}/")
            yield from _inlined(body, functions, depth + 1)


def _body(call: Node, function: Message, prefix: str) -> list[Node]:
    """A function's nodes, its inputs and outputs being the caller's, all else under the prefix."""
    outer = dict(zip(function.texts(4), [*call.inputs, *[""] * 99], strict=False))
    outer |= {
        inner: name for inner, name in zip(function.texts(5), call.outputs, strict=False) if name
    }
    given = {a.text(1): a for a in function.messages(11)} | call.attributes

    def name(inner: str) -> str:
        return outer.get(inner, f"{prefix}{inner}" if inner else "")

    body = []
    for message in function.messages(7):
        node = Node.of(message)
        node.name = f"{prefix}{node.name}" if node.name else call.name
        node.inputs = [name(n) for n in node.inputs]
        node.outputs = [name(n) for n in node.outputs]
        node.attributes = _attributes(message, given)
        body.append(node)
    return body


def _attributes(message: Message, given: dict[str, Message]) -> dict[str, Message]:
    """Those of a function's node: its own, and the caller's where it refers to them."""
    found = {}
    for attribute in message.messages(5):
        reference = attribute.text(21)
        if not reference:
            found[attribute.text(1)] = attribute
        elif reference in given:
            found[attribute.text(1)] = given[reference]
    return found


def inside(node: Node, ops: tuple[str, ...], depth: int = 0) -> str | None:
    """The first of these operators in the bodies of an If, Loop or Scan."""
    if depth > _DEEPEST:
        return None
    for attribute in node.attributes.values():
        for body in (graph for number in NESTED for graph in attribute.messages(number)):
            for inner in (Node.of(m) for m in body.messages(1)):
                found = inner.op if inner.op in ops else inside(inner, ops, depth + 1)
                if found:
                    return found
    return None
