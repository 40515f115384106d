"""Which of the policy's parameters a rule reads: those that its code, and what it calls in this room, names."""

from collections.abc import Iterator, Mapping
from inspect import unwrap
from types import CodeType, FunctionType

from jiuzhu_check.parameters.parameter import Parameter
from jiuzhu_check.rules.income.account import income_account
from jiuzhu_check.rules.rule import Rule


def parameters_of(rule: Rule, parameters: Mapping[str, Parameter]) -> list[str]:
    """The ids of the parameters that the rule reads, in the order declared; of one on the account also those of the account."""
    seen: set[str] = set()
    named = set(_texts(rule.find, seen))  # type: ignore[arg-type]
    if {"account", "account_line"} & set(rule.tables):
        named |= set(_texts(income_account, seen))  # type: ignore[arg-type]
    return [each.id for each in parameters.values() if each.column in named]


def _texts(function: FunctionType, seen: set[str]) -> Iterator[str]:
    """Every text in the code of a function, and in the functions and constants of this room that it names."""
    if (key := f"{function.__module__}.{function.__qualname__}") in seen:
        return
    seen.add(key)
    for code in _codes(function.__code__):
        for constant in code.co_consts:
            yield from constant if isinstance(constant, tuple) else (constant,)
        for name in code.co_names:
            called = function.__globals__.get(name)
            yield from _constant(called)
            called = unwrap(called) if isinstance(called, FunctionType) else called  # of once() what it calls
            if isinstance(called, FunctionType) and called.__module__.startswith("jiuzhu_check.rules."):
                yield from _texts(called, seen)


def _constant(said: object) -> Iterator[str]:
    """The texts of a module's constant: of a text, a tuple of them, or a mapping from or to them."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, tuple):
        yield from said
    elif isinstance(said, dict):
        yield from (*said.keys(), *said.values())


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)
