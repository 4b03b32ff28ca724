"""Fields of a stranger's JSON, checked one by one: what is wrong is said with stop and field."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NoReturn, TypeVar

from gru_debugger.errors import InputError
from gru_debugger.lessons.tour import Words

T = TypeVar("T")

LONGEST = 2000  # characters of what is said
NOTATIONS = ("pytorch", "course")


class Fields:
    """The fields of an object called `name` in messages; each is asked for once, then `close`."""

    def __init__(self, content: Any, name: str, path: str) -> None:
        self.name, self.path = name, path
        if not isinstance(content, dict):
            self.refuse("", "this is no object; write {…}.")
        self._left: dict[str, Any] = dict(content)

    def refuse(self, field: str, why: str) -> NoReturn:
        """Raises InputError."""
        where = f"{self.name}, “{field[:60]}”" if self.name and field else self.name or f"“{field}”"
        raise InputError(f"{self.path}: {where}: {why}")

    def take(self, field: str, usual: Any = None) -> Any:
        return self._left.pop(field, usual)

    def close(self, known: Collection[str]) -> None:
        """Nothing is left: a wrong name would be a thing that silently does not happen."""
        if self._left:
            names = ", ".join(known)
            self.refuse(next(iter(self._left)), f"there is no such field; there are {names}.")

    def string(self, field: str, longest: int = 200, needed: bool = False) -> str:
        value = self.take(field, "")
        if not isinstance(value, str):
            self.refuse(field, "this is no text; write it in quotation marks.")
        if len(value) > longest:
            self.refuse(field, f"{len(value)} characters are too many; {longest} are allowed.")
        if needed and not value.strip():
            self.refuse(field, "it is missing or empty.")
        return value

    def whole(self, field: str, largest: int, usual: int = 0) -> int:
        value = self.take(field, usual)
        if type(value) is not int or not 0 <= value <= largest:
            self.refuse(field, f"give a whole number from 0 to {largest}.")
        return int(value)

    def list_of(self, field: str, most: int, read: Callable[[Any, int], T]) -> tuple[T, ...]:
        value = self.take(field, [])
        if not isinstance(value, list):
            self.refuse(field, "this is no list; write […].")
        if len(value) > most:
            self.refuse(field, f"{len(value)} are too many; {most} are allowed.")
        return tuple(read(one, i) for i, one in enumerate(value, 1))

    def mapping(self, field: str, most: int) -> Mapping[str, Any]:
        value = self.take(field, {})
        if not isinstance(value, dict):
            self.refuse(field, "this is no object; write {…}.")
        if len(value) > most:
            self.refuse(field, f"{len(value)} are too many; {most} are allowed.")
        return value

    def words(self, field: str, longest: int = LONGEST, needed: bool = False) -> Words:
        """A text, or one a notation."""
        value = self.take(field, "")
        if isinstance(value, str):
            value = dict.fromkeys(NOTATIONS, value)
        if not isinstance(value, dict) or set(value) != set(NOTATIONS):
            self.refuse(field, "give a text, or an object with “pytorch” and “course”.")
        for one in value.values():
            if not isinstance(one, str) or len(one) > longest:
                self.refuse(field, f"give a text of at most {longest} characters.")
            if needed and not one.strip():
                self.refuse(field, "it is missing or empty.")
        return value
