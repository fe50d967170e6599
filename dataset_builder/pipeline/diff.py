"""Two builds compared: by digests first, then column by column, and only what differs value by value."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from dataset_builder.engines.local import collection_paused
from dataset_builder.errors import OutputError, UsageError
from dataset_builder.model.diff import Diff
from dataset_builder.model.result import Progress, silent
from dataset_builder.pipeline.comparing import compare_builds
from dataset_builder.pipeline.sides import Named, Sides

__all__ = ["diff"]


def diff(  # noqa: PLR0913 - each is an option of the command
    old: Named,
    new: Named | None = None,
    *,
    directory: Path | None = None,
    limit: int | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Diff:
    """What differs between the builds `old` and `new`; unless given, the latter is the working tree.

    Either is a folder that holds a build; or a project, or a folder that holds one, which is built for this; or a git
    revision, as a string that names no folder: of the repository that holds the project or build in `directory`, or
    around the current folder. Projects are built aside, and nothing is written into them.

    Of each section at most `limit` changes are kept, all if that is None; all are counted in any case.

    Raises:
        UsageError: there is no such build, project or revision, or it is damaged.
        FindingsError: a project has findings of severity error, and so no build.
        OutputError: there is no room to build in.
    """
    try:
        with TemporaryDirectory(prefix="dataset-builder-") as scratch:
            sides = Sides(home=directory, scratch=Path(scratch), jobs=jobs, progress=progress)
            before, after = sides.open(old), sides.open(new)
            with collection_paused():
                return compare_builds(before, after, limit, progress or silent)
    except (pa.ArrowException, json.JSONDecodeError) as error:
        reason = str(error).partition("\n")[0]
        message = f"a build's tables hold what none can: {reason}; `dataset-builder verify` says more"
        raise UsageError(message) from error
    except OSError as error:
        message = f"{error.filename or 'a temporary folder'}: {error.strerror or error}"
        raise OutputError(message) from error
