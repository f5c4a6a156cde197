"""A fault within an answer that is not a problem: its code and values, and its English words as a field."""

from pydantic import BaseModel, computed_field

from ballotcast.faults import Fault, Value


class Worded(BaseModel):
    """Of a fault's `to_json`; who derives from it says in which field the words are."""

    code: str
    params: dict[str, Value]

    @property
    def words(self) -> str:
        return str(Fault(self.code, self.params))


class Told(Worded):
    @computed_field
    def detail(self) -> str:
        """In English."""
        return self.words
