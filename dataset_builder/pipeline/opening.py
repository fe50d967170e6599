"""A project opened: its configuration found, read and checked."""

from pathlib import Path

from dataset_builder.check.runner import report_flaws
from dataset_builder.check.selection import refused
from dataset_builder.errors import ConfigurationError
from dataset_builder.model.project import Project
from dataset_builder.model.result import CheckResult, Summary
from dataset_builder.read.project import find_project, read_project
from dataset_builder.scaffold.init import init as write_template

__all__ = ["init", "open_project"]


def open_project(directory: Path | None = None) -> Project:
    """The project in `directory`, or, if none is given, the nearest one at or above the current directory.

    Raises:
        UsageError: there is none.
        ConfigurationError: its configuration has errors; `result` holds them.
    """
    root = find_project(Path.cwd()) if directory is None else directory.resolve()
    project, document = read_project(root)
    found = report_flaws(document) if project is None else refused(project.check)
    errors = tuple(sorted(found, key=lambda diagnostic: diagnostic.sort_key))
    if project is None or errors:
        result = CheckResult(diagnostics=errors, summary=Summary.of(errors))
        message = f"{document.source.file} has {len(errors)} {'error' if len(errors) == 1 else 'errors'}"
        raise ConfigurationError(message, result, root)
    return project


def init(directory: Path) -> Project:
    """A new project in `directory` that builds at once: two articles, their annotations, schemas, a configuration.

    Raises:
        UsageError: the directory holds something already.
    """
    return open_project(write_template(directory))
