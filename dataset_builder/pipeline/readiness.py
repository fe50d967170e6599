"""What stands in the way of a release, as findings."""

from dataset_builder.check.release_view import ReleaseView
from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import run
from dataset_builder.errors import FindingsError
from dataset_builder.model.result import CheckResult, Summary

__all__ = ["refuse_unready"]


def refuse_unready(view: ReleaseView) -> None:
    """Nothing, if nothing stands in the way.

    Raises:
        FindingsError: something does.
    """
    found = tuple(sorted(run(Looks.AT_RELEASE, view), key=lambda diagnostic: diagnostic.sort_key))
    if found:
        stand = "1 finding stands" if len(found) == 1 else f"{len(found)} findings stand"
        message = f"{stand} in the way; nothing was released"
        raise FindingsError(message, CheckResult(diagnostics=found, summary=Summary.of(found)))
