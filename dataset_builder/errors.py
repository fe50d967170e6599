"""Broken assumptions. Bad *data* is never one of these: it is a `Diagnostic`."""

from pathlib import Path


class DatasetBuilderError(Exception):
    """The root of all errors that this package raises; its message says the remedy."""


class UsageError(DatasetBuilderError):
    """What was asked for can't be done here: a missing project, an unknown code, a bad option."""


class FindingsError(DatasetBuilderError):
    """Findings of severity error stand in the way; nothing was written.

    Attributes:
        result: the `CheckResult` that holds them.
    """

    def __init__(self, message: str, result: object) -> None:
        super().__init__(message)
        self.result = result

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.result)


class ConfigurationError(UsageError):
    """The project's configuration has errors.

    Attributes:
        result: the `CheckResult` that holds them.
        root: the project's folder, which the files in it are relative to.
    """

    def __init__(self, message: str, result: object, root: Path) -> None:
        super().__init__(message)
        self.result = result
        self.root = root

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.result, self.root)


class OutputError(DatasetBuilderError):
    """The output could not be written (a full disk, a missing permission); the old build is whole."""


class StorageError(DatasetBuilderError):
    """A store behind a URL doesn't answer, or refuses what is asked of it."""


class EngineError(DatasetBuilderError):
    """The work could not be finished where it ran (lost workers, a lost scheduler); the old build is whole."""


class InternalError(DatasetBuilderError):
    """A fault of ours. The message says what to report."""
