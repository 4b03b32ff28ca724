"""TorchScript's code followed, with signs in the place of numbers: a reader of its few forms.

Layout facts: torch/csrc/jit/serialization/python_print.cpp.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from gru_debugger.formats.aten import cells, operators, plain_values
from gru_debugger.formats.aten.calls import Call, tensors_in
from gru_debugger.formats.aten.plain_values import Named
from gru_debugger.formats.aten.script_code import Code, dotted
from gru_debugger.formats.aten.values import (
    Array,
    Counted,
    Flow,
    Impossible,
    Param,
    Unfollowed,
    Unknown,
)

_DEEPEST = 40
_ROOTS = ("__torch__", "torch", "ops")
_PACKED = "__torch__.torch.nn.utils.rnn.PackedSequence"

Scope = dict[str, Any]


@dataclass(eq=False)
class Module:
    """An object of the network: where it stands, its class's name, and its attributes."""

    path: str
    kind: str
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Function:
    name: str


class _Return(Exception):  # noqa: N818
    def __init__(self, value: Any) -> None:
        self.value = value


class Script:
    """One way through the code, for a text of one length."""

    def __init__(self, code: Code, constants: list[Any], flow: Flow) -> None:
        self._code, self._constants, self._flow = code, constants, flow
        self._at: list[tuple[str, bool]] = [("", False)]  # the module; whether it is torch's own
        self._cells: dict[Any, tuple[Param, ...]] = {}  # methods that are one, and its weights

    def method(self, module: Module, name: str, args: list[Any]) -> Any:
        function = self._code.function(module.kind, name)
        if function is None:
            raise Unfollowed(f"{module.kind.rpartition('.')[2]}.{name} is not in the code")
        key = function, module, *((a.dims, a.kind) if isinstance(a, Array) else () for a in args)
        if key in self._cells:
            return self._op("gru_cell", [*args, *self._cells[key]])
        begun = len(self._flow.ops)
        result = self._run(function, [module, *args], module.path, module.kind)
        weights = cells.whole(args, result, self._flow.ops[begun:])
        if weights is not None:
            self._cells[key] = weights
        return result

    def _op(self, kind: str, args: Iterable[Any], named: Scope | None = None) -> Any:
        name = self._at[-1][0]
        return operators.applied(Call(self._flow, kind, list(args), named or {}, name))

    def _run(self, function: ast.FunctionDef, args: list[Any], path: str, kind: str) -> Any:
        if len(self._at) > _DEEPEST:
            raise Unfollowed("its code is nested too deep")
        names, defaults = [a.arg for a in function.args.args], function.args.defaults
        own = {name: self._value(default, {}) for name, default in
               zip(names[len(names) - len(defaults) :], defaults, strict=True)}  # fmt: skip
        self._at.append((path, kind.startswith("__torch__.torch.nn.")))
        try:
            self._block(function.body, own | dict(zip(names, args, strict=False)))
        except _Return as done:
            return done.value
        finally:
            self._at.pop()
        return None

    # Statements ----------------------------------------------------------------------------

    def _spend(self) -> None:
        self._flow.patience.spend()

    def _block(self, body: list[ast.stmt], scope: Scope) -> None:
        for statement in body:
            self._spend()
            match statement:
                case ast.Assign(targets=[target], value=value):
                    self._assign(target, self._value(value, scope), scope)
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    self._assign(target, self._value(value, scope), scope)
                case ast.Expr(value=value):
                    self._value(value, scope)
                case ast.Return(value=returned):
                    raise _Return(returned and self._value(returned, scope))
                case ast.Pass():
                    pass
                case _:
                    self._branch(statement, scope)

    def _branch(self, statement: ast.stmt, scope: Scope) -> None:
        match statement:
            case ast.If():
                self._if(statement, scope)
            case ast.For(target=target, iter=over, body=inner):
                items = self._value(over, scope)
                if not isinstance(items, (list, tuple, range)):
                    raise Unfollowed("a loop whose length is computed")
                for item in items:
                    self._assign(target, item, scope)
                    self._block(inner, scope)
            case ast.While(test=test, body=inner):
                while self._truth(test, scope):
                    self._block(inner, scope)
            case _:
                raise Unfollowed(f"a statement ({type(statement).__name__}) in its code")

    def _truth(self, test: ast.expr, scope: Scope) -> Any:
        """None where it isn't known."""
        value = self._plain(self._value(test, scope))
        self._spend()
        return None if isinstance(value, (Unknown, Array, Param)) else value

    def _if(self, statement: ast.If, scope: Scope) -> None:
        value = self._truth(statement.test, scope)
        name, library = self._at[-1]
        refuses = _refuses(statement.body), _refuses(statement.orelse)
        if value is None:
            if refuses[0] == refuses[1] and not library:
                raise Unfollowed("what it does depends on numbers that it computes")
            value = refuses[1]
        elif isinstance(value, Counted) and not any(refuses) and not library:
            self._flow.op("if", name, reason="it depends on how long the text is")
        self._block(statement.body if value else statement.orelse, scope)

    def _assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                scope[name] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                for one, part in zip(targets, self._parts(value, len(targets)), strict=True):
                    self._assign(one, part, scope)
            case ast.Attribute(value=owner, attr=name):
                self._cells.clear()
                self._module(self._value(owner, scope)).attributes[name] = value
            case _:
                raise Unfollowed("an assignment in its code")

    def _parts(self, value: Any, count: int) -> Any:
        if isinstance(value, (Array, Unknown)):
            maker = value.maker or self._flow.op("unpack", self._at[-1][0], [value])
            return [Unknown(maker)] * count
        if not isinstance(value, (list, tuple)) or len(value) != count:
            raise Impossible("values that are not as many as their names")
        return value

    # Expressions ---------------------------------------------------------------------------

    def _value(self, node: ast.expr, scope: Scope) -> Any:
        self._spend()
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name) if name in scope:
                return scope[name]
            case ast.Attribute():
                return self._attribute(node, scope)
            case ast.Call():
                return self._call(node, scope)
            case ast.List(elts=parts):
                return [self._value(part, scope) for part in parts]
            case ast.Tuple(elts=parts):
                return tuple(self._value(part, scope) for part in parts)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._number(self._value(operand, scope))
        return self._container(node, scope)

    def _container(self, node: ast.expr, scope: Scope) -> Any:
        match node:
            case ast.Subscript(value=owner, slice=index):
                return self._item(self._value(owner, scope), self._value(index, scope))
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                return {self._key(self._value(k, scope)): self._value(v, scope)
                        for k, v in pairs if k is not None}  # fmt: skip
        raise Unfollowed(f"an expression ({type(node).__name__}) in its code")

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Any:
        name = self._code.dotted(node)
        root = name.partition(".")[0]
        if re.fullmatch(r"CONSTANTS\.c[0-9]{1,9}", name):
            index = int(name[11:])
            if index >= len(self._constants):
                raise Unfollowed("a constant that is not there")
            return self._constants[index]
        if root in _ROOTS and root not in scope:
            return _Function(name)
        return self._of(self._module(self._value(node.value, scope)), node.attr)

    def _module(self, value: Any) -> Module:
        if not isinstance(value, Module):
            raise Unfollowed("an attribute of something unknown")
        return value

    def _of(self, module: Module, name: str) -> Any:
        if name == "training":
            return False  # as it is used
        if name not in module.attributes:
            raise Unfollowed(f"an attribute ({name[:60]}) that is not in the file")
        return module.attributes[name]

    def _call(self, node: ast.Call, scope: Scope) -> Any:
        function = node.func
        name = self._code.dotted(function)
        if name in _FORMS and name not in scope:
            return _FORMS[name](self, node.args, scope)
        args = [self._value(arg, scope) for arg in node.args]
        root = name.partition(".")[0]
        if isinstance(function, ast.Attribute) and (root not in _ROOTS or root in scope):
            owner = self._module(self._value(function.value, scope))
            return self.method(owner, function.attr, args)
        found = self._value(function, scope)
        if not isinstance(found, _Function):
            raise Unfollowed("a call of something unknown")
        named = {k.arg: self._value(k.value, scope) for k in node.keywords if k.arg}
        if found.name.startswith("__torch__."):
            return self._own(found.name, args)
        return self._function(found.name, args, named)

    def _own(self, name: str, args: list[Any]) -> Any:
        """A function of the archive's."""
        if name == _PACKED:
            return tuple(args)
        function = self._code.function("", name)
        if function is None:
            raise Unfollowed(f"{name.rpartition('.')[2]} is not in the code")
        return self._run(function, args, self._at[-1][0], name)

    def _function(self, name: str, args: list[Any], named: Scope) -> Any:
        """One of torch's."""
        kind = name.rpartition(".")[2]
        if kind in plain_values.FUNCTIONS and not tensors_in(args):
            return plain_values.computed(kind, args)
        if kind in plain_values.OF_ANYTHING:
            return plain_values.OF_ANYTHING[kind](*args[:2])
        if name.startswith("ops.prim."):
            return self._primitive(kind, args)
        first = args[0] if args else None
        if kind in plain_values.CHANGES and isinstance(first, list):
            return plain_values.changed(kind, first, args[1:])
        if kind == "dim" and isinstance(first, (Array, Param)):
            return len(first.dims)
        if kind == "dim" and isinstance(first, Unknown):
            return first
        if kind == "__getitem__":
            return self._item(first, args[1])
        if kind == "len":
            return self._op("size", [first, 0])
        return self._op(kind, args, named)

    def _primitive(self, kind: str, args: list[Any]) -> Any:
        if kind == "RaiseException":
            raise Impossible("the network refuses it")
        if kind in ("NumToTensor", "data", "unchecked_unwrap_optional"):
            return args[0]
        if kind in ("dtype", "layout"):
            return Named(kind)
        if kind == "type":  # of a device
            return "cpu"
        if kind in ("is_cuda", "requires_grad", "is_quantized", "is_mkldnn", "is_sparse"):
            return False
        raise Unfollowed(f"prim::{kind} in its code")

    # Plain values --------------------------------------------------------------------------

    def _plain(self, value: Any) -> Any:
        """A number, where a tensor of one holds one that is known."""
        if isinstance(value, Array) and value.signs.size == 1:
            known = self._flow.values(value)
            return value if known is None else known.reshape(-1)[0].item()
        return value

    def _number(self, value: Any) -> Any:
        value = self._plain(value)
        if not isinstance(value, (int, float)):
            raise Unfollowed("a number that is computed")
        return value

    def _key(self, value: Any) -> Any:
        value = self._plain(value)
        if not isinstance(value, (str, int, float)):
            raise Unfollowed("a key that is computed")
        return value

    def _item(self, owner: Any, index: Any) -> Any:
        key = self._key(index)
        if isinstance(owner, dict) and key in owner:
            return owner[key]
        if isinstance(owner, (list, tuple)) and isinstance(key, int):
            if -len(owner) <= key < len(owner):
                return owner[key]
            raise Impossible("an element that is not there")
        raise Unfollowed("an element of something unknown")


def _refuses(branch: list[ast.stmt]) -> bool:
    """Whether it ends the run, which no text that is read can mean."""
    return any(
        isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)
        and dotted(s.value.func) in ("ops.prim.RaiseException", "torch.warn")
        for s in branch
    )  # fmt: skip


# Forms that look like calls ----------------------------------------------------------------------

_Form = Callable[[Script, list[ast.expr], Scope], Any]


def _range(script: Script, args: list[ast.expr], scope: Scope) -> Any:
    found = range(*(int(script._number(script._value(arg, scope))) for arg in args))
    if len(found) > plain_values.MOST:
        raise Unfollowed("a loop that is too long")
    return found


def _second(script: Script, args: list[ast.expr], scope: Scope) -> Any:
    return script._value(args[1], scope)


def _whole(script: Script, args: list[ast.expr], scope: Scope) -> Any:
    value = script._value(args[0], scope)
    if isinstance(value, Unknown):
        return value
    number = script._number(value)
    return number if isinstance(number, Counted) else int(number)


def _get(script: Script, args: list[ast.expr], scope: Scope) -> Any:
    owner, name = (script._value(arg, scope) for arg in args)
    return script._of(script._module(owner), str(name))


def _is_instance(script: Script, args: list[ast.expr], scope: Scope) -> Any:
    value = script._value(args[0], scope)
    if dotted(args[1]) != "Tensor":
        raise Unfollowed("a question for a type in its code")
    return isinstance(value, (Array, Param, Unknown))


def _print(script: Script, args: list[ast.expr], scope: Scope) -> None:
    for arg in args:
        script._value(arg, scope)


_FORMS: dict[str, _Form] = {
    "print": _print,
    "annotate": _second, "unchecked_cast": _second, "uninitialized": lambda *_: None,
    "range": _range, "int": _whole, "getattr": _get, "isinstance": _is_instance,
    "float": lambda s, args, scope: float(s._number(s._value(args[0], scope))),
    "bool": lambda s, args, scope: bool(s._number(s._value(args[0], scope))),
}  # fmt: skip
