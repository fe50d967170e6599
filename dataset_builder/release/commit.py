"""A release put into git: objects, which change nothing; branch and tag, in one step; then files and index."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dataset_builder.git import Git, GitError
from dataset_builder.model.release import Interrupted, Repository

__all__ = [
    "Draft",
    "Made",
    "announce",
    "finish_refs",
    "is_signed",
    "make_objects",
    "move_refs",
    "put_files",
    "was_made",
]

_PROGRAM = "100755"  # the mode of a file that may be run
_OF_TAGS = "^(user|committer|gpg|tag)\\."  # settings

Replace = Callable[[Path, bytes], None]
"""Puts bytes in the place of a file in one step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a release is to be."""

    version: str
    tag: str
    message: str
    moment: str  # of commit and tag, as git writes it: seconds and offset
    files: Mapping[str, bytes]  # by path relative to the top, as they are to be stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The objects of a release; nothing leads to them yet."""

    commit: str
    tagged: str
    signed: bool


def make_objects(git: Git, before: Repository, draft: Draft, scratch: Path) -> Made:
    """The commit and the tag of `draft`, by the user's hooks and with their signature where git is set up so.

    Raises:
        GitError: a hook refuses the commit or changes what is in it, or it can't be signed.
    """
    dated = git.at(Path(before.top)).having(GIT_COMMITTER_DATE=draft.moment, GIT_AUTHOR_DATE=draft.moment)
    aside = dated.having(GIT_INDEX_FILE=str(scratch / "index"))
    aside.ask("read-tree", before.head)
    _stage(aside, before.head, draft.files, scratch / "tree")
    tree = aside.line("write-tree")
    _hook(aside, "pre-commit")
    if aside.line("write-tree") != tree:
        raise GitError("git hook run pre-commit", ("it changes what was verified",), 1)
    message = scratch / "message"
    message.write_text(draft.message, encoding="utf-8")
    _hook(aside, "prepare-commit-msg", str(message), "message")
    _hook(aside, "commit-msg", str(message))
    sign = ("-S",) if git.setting("commit.gpgsign") else ()
    commit = dated.line("commit-tree", *sign, "-p", before.head, "-F", str(message), tree)
    tagged = _tag(dated, draft, commit, scratch)
    return Made(commit=commit, tagged=tagged, signed=is_signed(git, tagged))


def is_signed(git: Git, tagged: str) -> bool:
    """Whether a tag's object holds a signature."""
    return b"\n-----BEGIN " in git.ask("cat-file", "tag", tagged)


def _stage(git: Git, head: str, files: Mapping[str, bytes], tree: Path) -> None:
    """Puts the files into the index of `git`, as `git add` would, which looks at what is there: at its line ends.

    They lie in a working tree of their own, `tree`; attributes are those of the index.
    """
    for path, data in files.items():
        target = tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        if _entry(git, head, path)[0] == _PROGRAM:
            target.chmod(0o755)
    there = git.having(GIT_WORK_TREE=str(tree), GIT_DIR=git.line("rev-parse", "--absolute-git-dir")).at(tree)
    there.ask("update-index", "-z", "--add", "--stdin", given=_listed(files))


def _hook(git: Git, name: str, *arguments: str) -> None:
    """Runs a hook of the user's, as `git commit` does; what fails refuses."""
    separated = ("--", *arguments) if arguments else ()
    git.ask("hook", "run", "--ignore-missing", name, *separated)


def _tag(git: Git, draft: Draft, commit: str, scratch: Path) -> str:
    """The tag's object, made by `git tag` with the user's settings, so that it is signed just as theirs are.

    `git tag` always makes the ref too, and in its own transaction. So it runs in a repository of its own that shares
    the objects and the settings of the real one; its ref is thrown away with it.
    """
    folder = scratch / "tag.git"
    shared = Path(git.line("rev-parse", "--path-format=absolute", "--git-common-dir"))
    kind = git.line("rev-parse", "--show-object-format")
    git.ask("init", "--quiet", "--bare", "--template=", f"--object-format={kind}", str(folder))
    there = git.having(GIT_DIR=str(folder), GIT_OBJECT_DIRECTORY=str(shared / "objects"))
    settings = (*_settings(git), "-c", "core.hooksPath=/dev/null")
    there.ask(*settings, "tag", "--annotate", "--message", draft.message, draft.tag, commit)
    return there.line("rev-parse", f"refs/tags/{draft.tag}")


def _settings(git: Git) -> Iterator[str]:
    """What is set of who tags and signs, wherever: for this folder, for this working tree, for everything."""
    try:
        found = git.names("config", "-z", "--get-regexp", _OF_TAGS)
    except GitError:  # nothing is
        return
    for each in found:
        yield from ("-c", each.replace("\n", "=", 1))


def move_refs(git: Git, planned: Interrupted) -> None:
    """The branch leads to the commit, and the tag is there: both, or neither.

    Raises:
        GitError: one of them is no longer what it was.
    """
    steps = (
        "start",
        f"update {planned.branch} {planned.commit} {planned.old}",
        f"create refs/tags/{planned.tag} {planned.tagged}",
        "prepare",
        "commit",
    )
    given = "".join(f"{step}\n" for step in steps).encode()
    # What interrupts this process must not reach git between the two.
    git.ask("update-ref", "--stdin", "-m", f"release: {planned.tag}", given=given, apart=True)


def was_made(git: Git, planned: Interrupted) -> bool:
    """Whether a release is there, though perhaps not in the files, and nobody has gone on from it.

    Branch and tag are moved in one transaction. A machine that stops within its last instant may leave one of them.
    """
    branch, tag = _leads(git, planned.branch), _leads(git, f"refs/tags/{planned.tag}")
    stands = (branch == planned.commit and tag in (planned.tagged, None)) or (
        branch == planned.old and tag == planned.tagged
    )
    return stands and git.line("rev-parse", "--symbolic-full-name", "HEAD") == planned.branch


def finish_refs(git: Git, planned: Interrupted) -> None:
    """Both branch and tag lead to the release, of which at least one did."""
    if _leads(git, planned.branch) == planned.old:
        git.ask("update-ref", "-m", f"release: {planned.tag}", planned.branch, planned.commit, planned.old)
    if _leads(git, f"refs/tags/{planned.tag}") is None:
        git.ask("update-ref", f"refs/tags/{planned.tag}", planned.tagged, "0" * len(planned.tagged))


def _leads(git: Git, name: str) -> str | None:
    """The object that a ref is at."""
    try:
        return git.line("rev-parse", "--verify", "--quiet", name)
    except GitError:
        return None


def put_files(git: Git, top: Path, planned: Interrupted, replace: Replace) -> None:
    """The working tree and the index have the files of the release. A file that was changed meanwhile is left alone.

    What is done already is left as it is, so this can be done again.
    """
    here = git.at(top)
    absent = _not_checked_out(here, planned.files)
    entries = []
    for path in planned.files:
        if path not in absent:
            _put_file(here, top, planned, path, replace)
        mode, name = _entry(here, planned.commit, path)
        if _staged(here, path) in (_entry(here, planned.old, path), ("", "")):
            entries.append(f"{mode} {name}\t{path}\0")
    here.ask("update-index", "-z", "--add", "--index-info", given=os.fsencode("".join(entries)))
    here.ask("update-index", "-z", "--skip-worktree", "--stdin", given=_listed(absent))
    try:
        here.ask("update-index", "-q", "--refresh")
    except GitError:  # a file was changed meanwhile; `git status` shows it
        return


def _put_file(git: Git, top: Path, planned: Interrupted, path: str, replace: Replace) -> None:
    target = top / path
    there = target.read_bytes() if target.is_file() else None
    new = _held(git, planned.commit, path)
    if new is not None and there != new and _is_of(git, planned.old, path, there):
        target.parent.mkdir(parents=True, exist_ok=True)
        replace(target, new)


def _is_of(git: Git, commit: str, path: str, there: bytes | None) -> bool:
    """Whether a file of the working tree is that of the commit: just as git would write it, or just as it would add it.

    The two differ where line ends or filters were set up after the file was written.
    """
    name = _entry(git, commit, path)[1]
    if there is None:
        return not name
    added = git.line("hash-object", f"--path={path}", "--stdin", given=there)
    return added == name or there == _held(git, commit, path)


def _not_checked_out(git: Git, paths: Sequence[str]) -> list[str]:
    """Those of `paths` that this working tree isn't to hold: `git sparse-checkout` leaves them out."""
    found = git.names("ls-files", "-t", "-z", "--", *paths)
    return [line[2:] for line in found if line.startswith("S ")]


def _listed(paths: Iterable[str]) -> bytes:
    return os.fsencode("".join(f"{path}\0" for path in paths))


def _entry(git: Git, commit: str, path: str) -> tuple[str, str]:
    """Mode and object of a file of a commit; empty where it has none."""
    listed = git.line("ls-tree", "-z", commit, "--", path).split("\t")[0].split(" ")
    return (listed[0], listed[2]) if len(listed) == 3 else ("", "")


def _staged(git: Git, path: str) -> tuple[str, str]:
    """Mode and object of a file of the index; empty where it has none."""
    listed = git.line("ls-files", "--stage", "-z", "--", path).split("\t")[0].split(" ")
    return (listed[0], listed[1]) if len(listed) == 3 else ("", "")


def _held(git: Git, commit: str, path: str) -> bytes | None:
    """A file of a commit as the working tree has it; None where the commit has none."""
    if _entry(git, commit, path) == ("", ""):
        return None
    return git.ask("cat-file", "--filters", f"{commit}:{path}")


def announce(git: Git, top: Path) -> None:
    """Runs the hook that git runs after a commit; whatever that does, the release is made."""
    try:
        _hook(git.at(top), "post-commit")
    except GitError:
        return
