"""Where things lie outside of the project: URLs of stores, and where on this machine their files are."""

import re

__all__ = ["MIRROR", "SCHEMES", "is_remote", "is_url", "normal_url", "place_of", "redacted", "shown_url", "url_problem"]

MIRROR = ".dataset-builder/mirror"
"""The folder of the project that holds copies of what lies in stores; it may be deleted at any time."""

SCHEMES = ("file", "gs", "hf", "s3")

_LOCAL = "file://"
_UNUSABLE = re.compile(r"[\\\x00-\x1f\x7f]")
_SECRETS = re.compile(r"(?<=://)[^\s\"']*(?=@)|(?<=\?)[^\s\"']+")


def is_url(path: str) -> bool:
    """Whether `path` is a URL, of whatever scheme, rather than a path."""
    return "://" in path


def is_remote(path: str) -> bool:
    """Whether `path` is the URL of something that a file system of this machine doesn't hold."""
    return "://" in path and not path.startswith(_LOCAL)


def normal_url(url: str) -> str:
    """`url` without final slashes."""
    return url.rstrip("/")


def url_problem(url: str) -> str | None:
    """Why `url` can't be used as a place of files, as the rest of a sentence; None if it can."""
    scheme, _, rest = url.partition("://")
    if scheme not in SCHEMES:
        known = ", ".join(f"{each}://" for each in SCHEMES[:-1])
        return f"of a kind that isn't known: there are {known} and {SCHEMES[-1]}://"
    return _problem_of_rest(scheme, rest)


def _problem_of_rest(scheme: str, rest: str) -> str | None:
    """What is wrong behind `scheme://`. Buckets have neither "@" nor ":" in their names; branches on the Hub have."""
    head, _, path = rest.rstrip("/").partition("/")
    problems = (
        (
            scheme != "hf" and re.search("[@:]", head),
            "with credentials in it: take them out; they are read from the environment",
        ),
        (re.search("[?#]", rest), 'with "?" or "#" in it: options are read from the environment'),
        (_UNUSABLE.search(rest), "with a backslash or a control character in it"),
        (scheme == "file" and head, "not absolute: after file:// comes a path that begins with a slash"),
        (scheme != "file" and not head, f"without a name after {scheme}://"),
        (scheme == "file" and not path, "the whole file system: name a folder"),
        (path and not {"", ".", ".."}.isdisjoint(path.split("/")), 'with an empty name, "." or ".." between slashes'),
    )
    return next((words for is_so, words in problems if is_so), None)


def shown_url(url: str) -> str:
    """`url` as it may be told: without what may be a secret, whether or not that may stand in it."""
    return _SECRETS.sub("…", url)


def redacted(text: str) -> str:
    """`text` with what may be a secret in its URLs blanked; columns stay."""
    return _SECRETS.sub(lambda found: "░" * len(found[0]), text)


def place_of(root: str, file: str) -> str:
    """The path on this machine of `file`: of the project at `root`, or named by a URL, and then perhaps a copy."""
    if "://" not in file:
        return f"{root}/{file}"
    scheme, _, rest = file.partition("://")
    return rest if scheme == "file" else f"{root}/{MIRROR}/{scheme}/{rest}"
