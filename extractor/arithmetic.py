"""Formulas of one number, as rules write them: "100 * (1 - 1 / x)" -> a function. Only +, -, * and /."""

import ast
import operator
from collections.abc import Callable
from functools import lru_cache

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
}


@lru_cache(maxsize=256)
def formula_of(text: str) -> Callable[[float], float]:
    """The function of x that `text` writes. ValueError if it is anything but arithmetic on x.

    >>> formula_of("100 * (x - 1)")(1.5)
    50.0
    """
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        tree = None
    if tree is None or not _is_arithmetic(tree):
        raise ValueError(f"{text!r} is no formula; write arithmetic on x, such as 100 * (x - 1)")
    return lambda x: _value(tree, x)


def _is_arithmetic(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=int() | float() as value):
            return not isinstance(value, bool)
        case ast.Name(id="x"):
            return True
        case ast.BinOp(left=left, op=op, right=right):
            return type(op) in OPERATORS and _is_arithmetic(left) and _is_arithmetic(right)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _is_arithmetic(operand)
    return False


def _value(node: ast.expr, x: float) -> float:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](_value(left, x), _value(right, x))
        case ast.UnaryOp(operand=operand):
            return -_value(operand, x)
    return x
