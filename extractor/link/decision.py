"""What a decider answers: a value, the rule that took the decision, and whether it is certain."""

from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")


class Decision(NamedTuple, Generic[Value]):
    """`certain`: taken with near-perfect precision, so that it overrules a model."""

    value: Value
    rule: str
    certain: bool = False
