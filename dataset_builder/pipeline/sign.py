"""A build's statement, signed."""

from pathlib import Path

from dataset_builder.describe.statement import STATEMENT
from dataset_builder.errors import FindingsError, UsageError
from dataset_builder.pipeline.verify import verify
from dataset_builder.release.signing import sign_file

__all__ = ["sign"]


def sign(build: Path | str, key: Path | str) -> Path:
    """The signature of the statement of the build in the folder `build`, by the user's SSH key `key`.

    The build is verified first, so that nothing is signed that isn't what it says.

    Raises:
        FindingsError: the build isn't what its manifest and its statement say.
        UsageError: there is no build, no ssh-keygen, or the key can't be used.
        OutputError: the signature can't be written.
    """
    folder = Path(build)
    found = verify(folder)
    if not found.ok:
        message = f"{folder} is not what was built, so it isn't signed: build it again"
        raise FindingsError(message, found)
    if not (folder / STATEMENT).is_file():
        message = f"{folder} has no {STATEMENT}: build it again"
        raise UsageError(message)
    return sign_file(folder / STATEMENT, Path(key))
