"""Properties that are all accounted for: used, or known to mean nothing on one machine."""

from collections.abc import Collection, Mapping
from typing import Any

from .errors import TemplateError
from .parameters import text
from .values import Values


class Properties:
    """The used properties, resolved; each is read with its path in errors.

    Raises TemplateError if there is a property that is neither in `used` nor in `idle`: the template would say
    something that the runtime does not do.
    """

    def __init__(
        self, values: Values, written: Any, where: str, *, used: Collection[str], idle: Collection[str] = ()
    ) -> None:
        self.where = where
        self._values = values
        if not isinstance(written, Mapping):
            raise TemplateError(where, "must be a mapping")
        for name in written:
            if name not in used and name not in idle:
                raise TemplateError(f"{where}.{name}", "this property is not supported by the runtime")
        found = values.resolve({name: written[name] for name in used if name in written}, where)
        self._found: dict[str, Any] = found

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def names(self) -> list[str]:
        return [*self._found]

    def at(self, name: str) -> str:
        return f"{self.where}.{name}"

    def value(self, name: str, default: Any = None) -> Any:
        return self._found.get(name, default)

    def text(self, name: str, default: str | None = None) -> str:
        """Required if there is no default, as in the methods below."""
        value = self._required(name, default)
        if isinstance(value, dict | list):
            raise TemplateError(self.at(name), "must be a text")
        return text(value)

    def number(self, name: str, default: int | None = None) -> int:
        value = self.text(name, None if default is None else str(default))
        try:
            return int(value)
        except ValueError:
            raise TemplateError(self.at(name), f"{value!r} is not a whole number") from None

    def flag(self, name: str) -> bool:
        """False if absent."""
        value = self.text(name, "false")
        if value not in ("true", "false"):
            raise TemplateError(self.at(name), f"{value!r} is neither true nor false")
        return value == "true"

    def one_of(self, name: str, allowed: Collection[str], default: str | None = None) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise TemplateError(self.at(name), f"{value!r} is not supported, only {', '.join(allowed)}")
        return value

    def entries(self, name: str) -> list[Any]:
        """Empty if absent."""
        value = self._found.get(name, [])
        if not isinstance(value, list):
            raise TemplateError(self.at(name), "must be a list")
        return value

    def within(self, name: str, *, used: Collection[str], idle: Collection[str] = ()) -> "Properties":
        """The properties inside one that is a mapping; none if it is absent."""
        return Properties(self._values, self._found.get(name, {}), self.at(name), used=used, idle=idle)

    def each(self, name: str, *, used: Collection[str], idle: Collection[str] = ()) -> list["Properties"]:
        """The properties of every entry of one that is a list."""
        return [
            Properties(self._values, entry, f"{self.at(name)}[{at}]", used=used, idle=idle)
            for at, entry in enumerate(self.entries(name))
        ]

    def _required(self, name: str, default: Any) -> Any:
        if name not in self._found and default is None:
            raise TemplateError(self.at(name), "is missing")
        return self._found.get(name, default)
