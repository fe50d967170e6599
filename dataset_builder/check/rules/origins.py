"""REL: a build that doesn't say where it is from, or says it of another build."""

from collections.abc import Iterator, Mapping
from typing import Any

from dataset_builder.check.build_view import MANIFEST, STATEMENT, BuildView
from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.wording import quoted

__all__ = ["RULES"]

_AGAIN = "build again, or fetch the build again"


@rule("REL024", "build-statement", looks=Looks.AT_BUILD, broken=Case(by="verify"))
def build_statement(view: BuildView) -> Iterator[Finding]:
    """The statement on the build's origin is missing, or names other files, inputs or versions than the manifest.

    **Why it matters.** It is what is signed. A signature on the statement of another build proves nothing of this one.

    **How to fix it.** Build again, or fetch the build again; then sign it anew.
    """
    document, manifest = view.build.statement, view.manifest
    if document is None and manifest is not None:
        yield _finding(view, "there is no such file, and every build has one")
    if not isinstance(document, Mapping) or manifest is None:
        return
    stated = _subjects(document)
    files = {path: file.sha256 for path, file in view.stated_files.items()} | {MANIFEST: view.build.manifest_sha256}
    for path in sorted(stated.keys() | files.keys()):
        if path not in files:
            yield _finding(view, f"it names the file {quoted(path)}, which the manifest does not")
        elif path not in stated:
            yield _finding(view, f"it does not name the file {quoted(path)}")
        elif stated[path] != files[path]:
            whose = "is not that of the file" if path == MANIFEST else "is not the manifest's"
            yield _finding(view, f"its SHA-256 of the file {quoted(path)} {whose}")
    definition = _inner(document, "predicate", "buildDefinition")
    parameters = _inner(definition, "externalParameters")
    versions = _inner(document, "predicate", "runDetails", "builder", "version")
    inputs = {each.get("name"): _inner(each, "digest").get("dataset-builder-inputs") for each in _list(definition)}
    told = {name: digest for name, digest in inputs.items() if digest is not None}
    for what, says, said in (
        ("name and version", parameters, {"name": manifest.name, "version": manifest.version}),
        ("tools", versions, dict(manifest.versions)),
        ("inputs", told, dict(manifest.inputs.digests)),
    ):
        if says != said:
            yield _finding(view, f"its {what} are not those of the manifest")


def _finding(view: BuildView, message: str) -> Finding:
    return Finding(message=message, place=view.place(STATEMENT), help=_AGAIN)


def _inner(value: Any, *steps: str) -> Mapping[str, Any]:
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _list(definition: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = definition.get("resolvedDependencies")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _subjects(document: Mapping[str, Any]) -> dict[str, Any]:
    listed = document.get("subject")
    subjects = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return {str(each.get("name")): _inner(each, "digest").get("sha256") for each in subjects}


@rule("REL025", "build-origins", looks=Looks.AT_BUILD, broken=Case(by="verify"))
def build_origins(view: BuildView) -> Iterator[Finding]:
    """Rows of a table have no origin in the provenance, or the provenance has one of rows that aren't there.

    **Why it matters.** Each row can be led back to the files that it was made of, and to their digests. Where that
    fails, nobody can tell what the row should be.

    **How to fix it.** Build again, or fetch the build again.
    """
    for file, message in view.build.origins:
        yield Finding(message=message, place=view.place(file), help=_AGAIN)


@rule("REL026", "build-signature", looks=Looks.AT_BUILD, broken=Case(by="verify"))
def build_signature(view: BuildView) -> Iterator[Finding]:
    """The build isn't signed by anybody who was asked for.

    **Why it matters.** Digests show that a build is whole, and not whose it is: who changes a file can change the
    manifest too.

    **How to fix it.** Fetch the build from where it was published. If it is yours, sign it with `dataset-builder sign`.
    If somebody else signed it whom you trust, add a line for them to the file that `--signers` names.
    """
    if view.signed is False:
        message = "none of the signers has signed it"
        yield Finding(message=message, place=view.place(STATEMENT), help="fetch the build again, or sign it")


RULES = (build_statement, build_origins, build_signature)
