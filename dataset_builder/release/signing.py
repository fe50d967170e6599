"""A build's statement signed with a key that its user has, by OpenSSH: https://man.openbsd.org/ssh-keygen.1.

The form is that in which git signs with SSH keys. It is verified by a program that is nearly everywhere, takes keys
from agents and hardware, and needs no service. Keys are never read here.
"""

import os
import shutil
import subprocess
from pathlib import Path

from dataset_builder.errors import OutputError, UsageError

__all__ = ["NAMESPACE", "SIGNATURE", "sign_file", "signer_of"]

SIGNATURE = ".sig"
"""What is put behind the name of a file to name its signature."""

NAMESPACE = "dataset-builder"
"""What a signature is for: one that the same key made for something else doesn't count."""


def sign_file(path: Path, key: Path) -> Path:
    """The signature of `path` by `key`, a private key or the public one of a key that an agent holds.

    `ssh-keygen` may ask for a passphrase or a touch. A signature that was there is replaced.

    Raises:
        UsageError: there is no ssh-keygen, no such key, or it can't be used.
        OutputError: the signature can't be written.
    """
    if not key.is_file():
        message = f"{key} is no file: name a private SSH key, or the public one of a key that an agent holds"
        raise UsageError(message)
    target = path.with_name(path.name + SIGNATURE)
    # From its input it writes to its output, so that a signature that is there stays until the new one is made.
    done = _ssh_keygen("sign", "-f", os.fspath(key.absolute()), "-n", NAMESPACE, data=path.read_bytes(), ask=True)
    if done.returncode:
        message = f"{key} can't sign: {_last_line(done.stderr)}"
        raise UsageError(message)
    staged = target.with_name(f".{target.name}.unfinished")
    try:
        staged.write_bytes(done.stdout)
        staged.replace(target)
    except OSError as error:
        staged.unlink(missing_ok=True)
        message = f"{target} can't be written: {error.strerror or error}"
        raise OutputError(message) from error
    return target


def signer_of(path: Path, signature: Path, signers: Path) -> str | None:
    """Who of `signers`, an allowed_signers file, signed `path`; None where `signature` isn't by one of them.

    Raises:
        UsageError: there is no ssh-keygen.
    """
    given = ("-s", os.fspath(signature.absolute()), "-f", os.fspath(signers.absolute()))
    found = _ssh_keygen("find-principals", *given)
    for principal in found.stdout.decode("utf-8", "replace").splitlines() if not found.returncode else ():
        done = _ssh_keygen("verify", *given, "-I", principal, "-n", NAMESPACE, data=path.read_bytes())
        if not done.returncode:
            return principal
    return None


def _ssh_keygen(
    what: str, *arguments: str, data: bytes | None = None, ask: bool = False
) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("ssh-keygen")
    if program is None:
        message = "there is no ssh-keygen here: install OpenSSH (8.1 or newer)"
        raise UsageError(message)
    settings = {} if ask else {"SSH_ASKPASS_REQUIRE": "never"}
    return subprocess.run(  # noqa: S603 - a list of arguments, no shell
        [program, "-Y", what, *arguments],
        input=data if data is not None else b"",
        capture_output=True,
        check=False,
        env={**os.environ, "LC_ALL": "C", **settings},
    )


def _last_line(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "ssh-keygen doesn't say why"
