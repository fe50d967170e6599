"""Violations of anyOf and oneOf: the branch that came closest is explained, not all of them."""

from collections.abc import Callable, Iterator
from typing import Any

from dataset_builder.check.violation import Terms, Violation
from dataset_builder.check.wording import article, either, identifier_like, nearest, quoted
from dataset_builder.model.diagnostic import Pointer, json_pointer

__all__ = ["explain_branches", "not_among"]

Explain = Callable[[Any, Terms], Iterator[Violation]]

_OF_NAMES = ("required", "additionalProperties", "unevaluatedProperties")


def explain_branches(error: Any, terms: Terms, explain: Explain) -> Iterator[Violation]:
    """What is wrong with a value that satisfies no branch, or more than the one that it may."""
    where: Pointer = tuple(error.instance_path)
    branches: list[list[Any]] = list(error.kind.context)
    if any(not branch for branch in branches):
        yield _several(error, where, [index for index, branch in enumerate(branches) if not branch])
    elif (options := _closed_set(branches, where)) is not None:
        yield not_among(error, terms, options)
    elif (types := _only(branches, where, "type")) is not None:
        wanted = dict.fromkeys(name for kind in types for name in kind.types)
        said = " or ".join(article(name) for name in sorted(wanted, key=lambda name: (name == "null", name)))
        message = f"expected {said}, found {terms.name(error.instance, where)}"
        yield Violation(rule="type", message=message, pointer=where)
    elif (missing := _only(branches, where, "required")) is not None:
        names = list(dict.fromkeys(kind.property for kind in missing))
        message = f"one of the properties {either(names)} is missing"
        yield Violation(rule="required", message=message, pointer=where)
    elif (meant := _meant(branches, where)) is not None:
        for inner in meant:
            yield from explain(inner, terms)
    else:
        yield _closest(error, where, branches, terms, explain)


def not_among(error: Any, terms: Terms, options: list[Any]) -> Violation:
    """A value that is none of a closed set; where these are strings, they are labels."""
    where: Pointer = tuple(error.instance_path)
    value = error.instance
    names = [option for option in options if isinstance(option, str)]
    if not names or not all(isinstance(option, str | None) for option in options):
        message = f"expected {either(options)}, found {terms.show(value, where)}"
        return Violation(rule="fixed-value", message=message, pointer=where)
    close = None
    if not isinstance(value, str):
        message = f"expected a label, found {terms.name(value, where)}"
    else:
        hidden = terms.hidden(where, value)
        message = "unknown label" if hidden else f"unknown label {quoted(value)}"
        close = _label_meant(value, names, hidden=hidden)
    listed = f"the labels are {either(options, 'and')}"
    hint = f"did you mean {quoted(close)}? {listed}" if close else listed
    return Violation(rule="label-unknown", message=message, pointer=where, help=hint)


def _label_meant(value: str, labels: list[str], *, hidden: bool) -> str | None:
    """The label that `value` probably stands for, outer white space aside.

    Of what must not be shown it is told at most that it is a label but for case: what a text is like is not told.
    """
    bare = value.strip()
    if not hidden or identifier_like(bare):
        return nearest(bare, labels)
    return next((label for label in labels if label.casefold() == bare.casefold()), None)


def _several(error: Any, where: Pointer, fitting: list[int]) -> Violation:
    listed = " and ".join(str(index + 1) for index in fitting[:2])
    return Violation(
        rule="combination",
        message=f"the value fits more than one of the {len(error.kind.context)} forms of which it may have just one",
        pointer=where,
        help=f"it fits the schema's forms {listed}: add or take out what tells them apart",
    )


def _closed_set(branches: list[list[Any]], where: Pointer) -> list[Any] | None:
    """The values that the branches admit, if each names them outright."""
    options: list[Any] = []
    for branch in branches:
        admitted = _admitted(branch, where)
        if admitted is None:
            return None
        options.extend(admitted)
    return options if any(option is not None for option in options) else None


def _admitted(branch: list[Any], where: Pointer) -> list[Any] | None:
    for error in branch:
        if tuple(error.instance_path) != where:
            return None
    kinds = {error.kind.name: error.kind for error in branch}
    if "const" in kinds:
        return [kinds["const"].expected_value]
    if "enum" in kinds:
        return list(kinds["enum"].options)
    if "type" in kinds and list(kinds["type"].types) == ["null"]:
        return [None]
    return None


def _only(branches: list[list[Any]], where: Pointer, name: str) -> list[Any] | None:
    """The one violation of each branch, if all are of the kind `name` and of the value itself."""
    fits = all(
        len(branch) == 1 and branch[0].kind.name == name and tuple(branch[0].instance_path) == where
        for branch in branches
    )
    return [branch[0].kind for branch in branches] if fits else None


def _meant(branches: list[list[Any]], where: Pointer) -> list[Any] | None:
    """The one branch that was meant: all others want another type, or another value of what tells them apart."""
    viable = [branch for branch in branches if not any(_rules_out(error, where, "type") for error in branch)]
    if len(viable) > 1:
        viable = [branch for branch in viable if not any(_tells_apart(error, where) for error in branch)]
    return viable[0] if len(viable) == 1 else None


def _rules_out(error: Any, where: Pointer, name: str) -> bool:
    return error.kind.name == name and tuple(error.instance_path) == where


def _tells_apart(error: Any, where: Pointer) -> bool:
    return error.kind.name in ("const", "enum") and tuple(error.instance_path[:-1]) == where


def _closest(error: Any, where: Pointer, branches: list[list[Any]], terms: Terms, explain: Explain) -> Violation:
    index = min(range(len(branches)), key=lambda number: _distance(branches[number], where))
    nearest_one = next(explain(branches[index][0], terms), None)
    hint = None
    related: tuple[tuple[Pointer, str], ...] = ()
    if nearest_one is not None:
        inner = nearest_one.pointer[len(where) :]
        at = f" at {json_pointer(inner)}" if inner else ""
        hint = f"form {index + 1} comes closest: {nearest_one.message}{at}"
        related = ((nearest_one.pointer, nearest_one.message),) if inner else ()
    message = f"{terms.name(error.instance, where)} fits none of the {len(branches)} forms that the schema admits here"
    return Violation(rule="combination", message=message, pointer=where, help=hint, related=related)


def _distance(branch: list[Any], where: Pointer) -> tuple[int, int, int]:
    """How far a branch is from being satisfied: a wrong type first, then how many violations, and how many of names.

    An object that has just the properties which a form asks for was meant to be of that form.
    """
    wrong_type = any(_rules_out(error, where, "type") for error in branch)
    misnamed = sum(any(_rules_out(error, where, name) for name in _OF_NAMES) for error in branch)
    return (int(wrong_type), len(branch), misnamed)
