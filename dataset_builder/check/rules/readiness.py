"""REL: what stands in the way of a release."""

from collections.abc import Iterator

from dataset_builder.check.release_view import ReleaseView
from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.wording import quoted
from dataset_builder.model.diagnostic import Place

__all__ = ["RULES"]


@rule("REL007", "release-repository", looks=Looks.AT_RELEASE, broken=Case(by="release"))
def release_repository(view: ReleaseView) -> Iterator[Finding]:
    """The project is in no git repository that a commit could be added to, or in one whose releases aren't all here.

    **Why it matters.** A release is a commit and a tag: that is how others come by just this version. What it is
    compared with is the release before; a clone that doesn't reach back to that would make a first one again.

    **How to fix it.** Run `git init`, and commit the project. A commit can only be added where a branch is checked out,
    and no merge or rebase is under way. A shallow clone, as most CI services make, is completed by
    `git fetch --unshallow --tags`.
    """
    repository = view.repository
    if repository.problem is not None:
        message = f"there is no git repository to release from: {repository.problem}"
        yield Finding(message=message, place=Place(file=view.file), help="run `git init`, and commit the project")
    elif repository.branch is None:
        yield Finding(
            message="no branch is checked out, and the release's commit would belong to none",
            place=Place(file=view.file),
            help="run `git switch BRANCH`",
        )
    if repository.shallow and view.version is not None and view.previous is None:
        message = "only a part of the history is here, and no release is in it"
        yield Finding(message=message, place=Place(file=view.file), help="run `git fetch --unshallow --tags`")
    if repository.operation is not None:
        message = f"{repository.operation} is under way in the repository"
        yield Finding(message=message, place=Place(file=view.file), help="finish it, or run its --abort")


@rule("REL008", "release-tree", looks=Looks.AT_RELEASE, broken=Case(by="release"))
def release_tree(view: ReleaseView) -> Iterator[Finding]:
    """A file is changed, staged or not tracked; or it is a source, and git ignores it.

    **Why it matters.** What is released is what is committed. What is only here would be missing from it, and nobody
    could build the release again.

    **How to fix it.** Commit the file, or put it away: `git stash --include-untracked`. What is made, and belongs in no
    commit, is named in `.gitignore`; a source isn't.
    """
    for path in view.repository.changed:
        yield Finding(
            message="the file is not as it is committed",
            place=Place(file=_from_project(path, view.repository.prefix)),
            help="commit it, or put it away with `git stash --include-untracked`",
        )
    for path in view.repository.ignored:
        yield Finding(
            message="git ignores this source, and the release would lack it",
            place=Place(file=path),
            help="commit it with `git add --force`, or move it away",
        )


def _from_project(path: str, prefix: str) -> str:
    """The way from the project to a file of the repository."""
    return path.removeprefix(prefix) if path.startswith(prefix) else "../" * prefix.count("/") + path


@rule("REL009", "release-identity", looks=Looks.AT_RELEASE, broken=Case(by="release"))
def release_identity(view: ReleaseView) -> Iterator[Finding]:
    """Git doesn't know who makes the release.

    **Why it matters.** Every commit and every tag names who made it.

    **How to fix it.** Run `git config user.name NAME` and `git config user.email ADDRESS`.
    """
    identity = view.repository.identity
    if identity is not None:
        message = "git doesn't know who you are, and a commit needs a name and an address"
        remedy = "run `git config user.name NAME` and `git config user.email ADDRESS`"
        yield Finding(message=message, place=Place(file=view.file), help=remedy)


@rule("REL010", "release-stale", looks=Looks.AT_RELEASE, broken=Case(by="release"))
def release_stale(view: ReleaseView) -> Iterator[Finding]:
    """The card, a plot of it, or the lock file of splits or annotators is not what the data gives, or isn't there.

    **Why it matters.** All are part of what is released. A card that is stale says what isn't so; without the lock
    files an article may fall into another split the next time, and an annotator get another pseudonym.

    **How to fix it.** Run `dataset-builder build` and `dataset-builder card`, look at what changed, and commit it.
    """
    for path in view.stale:
        yield Finding(
            message="the committed file is not what the data gives",
            place=Place(file=path),
            help="run `dataset-builder build` and `dataset-builder card`, and commit what changed",
        )


@rule("REL011", "release-unchanged", looks=Looks.AT_RELEASE, broken=Case(by="release"))
def release_unchanged(view: ReleaseView) -> Iterator[Finding]:
    """Nothing has changed since the last release.

    **Why it matters.** Two versions of the same data make people look for a difference that isn't there.

    **How to fix it.** There is nothing to release. What is no part of the data, as the tool's own code, doesn't count.
    """
    if view.unchanged and view.previous is not None:
        message = f"nothing has changed since {view.previous}"
        yield Finding(message=message, place=Place(file=view.file), help="there is nothing to release")


@rule("REL012", "release-version", looks=Looks.AT_RELEASE, broken=Case(by="release"))
def release_version(view: ReleaseView) -> Iterator[Finding]:
    """The version grows by less than the differences demand, or the configuration states one below the last release.

    **Why it matters.** People pin versions by what their parts promise: a patch takes nothing away, and a minor version
    neither. A column, label or article that is gone breaks what was built on it; an article that moved into or out of
    `test` makes figures incomparable.

    **How to fix it.** Release with `--bump auto`, or with the bump that is named. The version in the configuration is
    either the last release's or the one that you want to release.
    """
    if view.too_small is not None and view.version is not None:
        message = (
            f"{view.version} is a {view.bump} version after {view.previous}, and what changed demands a "
            f"{view.too_small} one"
        )
        remedy = f"release with --bump {view.too_small}; `dataset-builder diff v{view.previous}` shows what changed"
        yield Finding(message=message, place=Place(file=view.file), help=remedy)
    elif view.previous is not None and view.version is None and not view.unchanged:
        message = f"the configuration states the version {view.configured}, and {view.previous} is released"
        yield Finding(message=message, place=Place(file=view.file), help=f"put it back to {view.previous}")


@rule("REL013", "release-tag", looks=Looks.AT_RELEASE, broken=Case(by="release"))
def release_tag(view: ReleaseView) -> Iterator[Finding]:
    """The version is there already: it has a tag, of something else than what is checked out, or an entry.

    **Why it matters.** A version names one state of the data for good; whoever has fetched the tag keeps the old one.
    An entry in the changelog without a tag means that the tag wasn't fetched, and that the release before isn't known.

    **How to fix it.** If the other release is right, merge it, or choose a higher version. If the tag is a mistake that
    nobody has fetched, `git tag --delete` takes it away. `git fetch --tags` fetches those that weren't; an entry that
    was written ahead belongs under the heading Unreleased.
    """
    if view.tag is not None and view.tag in view.repository.tags:
        message = f"the tag {quoted(view.tag)} is there already"
        remedy = "merge what it is of, choose a higher version, or take it away with `git tag --delete`"
        yield Finding(message=message, place=Place(file=view.file), help=remedy)
    elif view.entered and not view.repository.shallow:
        message = f"the changelog has an entry for {view.version} already, and there is no tag of it here"
        remedy = "run `git fetch --tags`, or put what was written ahead under the heading Unreleased"
        yield Finding(message=message, place=Place(file=view.file), help=remedy)


@rule("REL014", "release-refused", looks=Looks.AT_RELEASE, broken=Case(by="release"))
def release_refused(view: ReleaseView) -> Iterator[Finding]:
    """A hook of the repository refuses the release's commit or changes it, or it can't be signed.

    **Why it matters.** The commit is yours: it is made by your rules and with your signature, or not at all.

    **How to fix it.** Do what the hook says, or see to your signing key. Nothing was released.
    """
    if view.refusal is not None:
        message = f"`{view.refusal.by}` refuses the release: {view.refusal.said}"
        yield Finding(message=message, place=Place(file=view.file), help="see to it, and release again")


RULES = (
    release_repository,
    release_tree,
    release_identity,
    release_stale,
    release_unchanged,
    release_version,
    release_tag,
    release_refused,
)
"""The rules that `release` runs beside all others."""
