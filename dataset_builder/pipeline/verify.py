"""A build checked again: that its files are those that its manifest names, and that its parts say the same."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dataset_builder.check.build_view import BuildView
from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import run
from dataset_builder.describe.manifest import parse_manifest
from dataset_builder.describe.statement import STATEMENT
from dataset_builder.errors import InternalError, UsageError
from dataset_builder.model.build import Manifest
from dataset_builder.model.diagnostic import Diagnostic
from dataset_builder.model.project import Project
from dataset_builder.model.result import CheckResult, Progress, Summary
from dataset_builder.pipeline.rebuilding import rebuilt
from dataset_builder.pipeline.stores import build_at
from dataset_builder.read.build import MANIFEST, SIGNATURE, TableDigest, read_build
from dataset_builder.read.schemas import read_schemas
from dataset_builder.release.signing import signer_of
from dataset_builder.schema.registry import SchemaSet
from dataset_builder.tables.blocks import digest_of_files

__all__ = ["refuse_damaged", "verify"]


def verify(
    directory: Path | str,
    *,
    rebuild: Project | None = None,
    signers: Path | str | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> CheckResult:
    """What is wrong with the build in `directory`: files changed, missing or too many, parts that contradict others.

    `directory` is a folder or a URL. What lies in a store is copied to this machine to be looked at.

    Everything is read again, and the content digest of each table computed again. With a project in `rebuild`, that is
    built again, and every file's bytes are compared. `signers` is an allowed_signers file of OpenSSH, of whom one must
    have signed the build's statement.

    Raises:
        StorageError: the store can't be read.
        UsageError: there is no such directory; or `rebuild` has other inputs, or other versions are at work than those
            that made the build; or there is no such file of signers.
        FindingsError: `rebuild` has errors.
    """
    with build_at(directory) as folder:
        signed = None if signers is None else _is_signed(folder, Path(signers))
        found = _verify(folder, _table_digest(folder), signed=signed)
        if rebuild is None or any(each.place.file == MANIFEST for each in found.diagnostics):
            return found
        more = rebuilt(rebuild, folder, jobs=jobs, progress=progress)
        together = tuple(sorted((*found.diagnostics, *more), key=lambda diagnostic: diagnostic.sort_key))
        return CheckResult(diagnostics=together, summary=_figures(found, together))


def _figures(found: CheckResult, together: tuple[Diagnostic, ...]) -> Summary:
    return Summary.of(together, articles=found.summary.articles, annotations=found.summary.annotations)


def refuse_damaged(staging: Path) -> None:
    """Nothing, if the build in `staging` is what its manifest says.

    Content digests are not computed again, and the schemas, which were just compiled, not once more.

    Raises:
        InternalError: it is not, so it must not be put in place.
    """
    found = _verify(staging, None, schemas=False).diagnostics
    if found:
        place = found[0].place.file
        message = f"what was written is not what was meant ({place}: {found[0].message}); the build before is whole"
        raise InternalError(message)


def _is_signed(folder: Path, signers: Path) -> bool:
    statement, signature = folder / STATEMENT, folder / SIGNATURE
    if not signers.is_file():
        message = f"{signers} is no file: name one with a line for each signer, as `ssh-keygen` wants it"
        raise UsageError(message)
    if not statement.is_file() or not signature.is_file():
        return False
    return signer_of(statement, signature, signers) is not None


def _verify(
    directory: Path, table_digest: TableDigest | None, *, schemas: bool = True, signed: bool | None = None
) -> CheckResult:
    build = read_build(directory, parse_manifest=parse_manifest, table_digest=table_digest)
    view = BuildView(build=build, schemas=_schemas(directory) if schemas else None, signed=signed)
    found = tuple(sorted(run(Looks.AT_BUILD, view), key=lambda diagnostic: diagnostic.sort_key))
    counts = build.manifest.counts if isinstance(build.manifest, Manifest) else {}
    return CheckResult(diagnostics=found, summary=Summary.of(found, **counts))


def _schemas(directory: Path) -> SchemaSet | None:
    """The schemas of a build; None where one has a flaw."""
    project = Project(root=directory.resolve(), file="", name="", title="", version="", license="")
    schemas, documents = read_schemas(project)
    return None if any(document.flaws for document in documents.values()) else schemas


def _table_digest(directory: Path) -> TableDigest:
    articles = sorted(directory.glob("data/articles/*.parquet"))

    def digest(name: str, files: Mapping[str, Sequence[Path]]) -> str:
        if name in ("articles", "links"):
            return digest_of_files(files, "id", files)
        cut_by = {split: [path for path in articles if path.name.startswith(f"{split}-")] for split in files}
        return digest_of_files(files, "article", cut_by)

    return digest
