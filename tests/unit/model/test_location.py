import pytest

from dataset_builder.model.location import is_remote, is_url, normal_url, place_of, redacted, shown_url, url_problem


@pytest.mark.parametrize(
    "url",
    [
        "s3://bucket",
        "s3://bucket/a/b/",
        "gs://bucket/a b/ü",
        "hf://datasets/owner/name@main/seeds",
        "hf://datasets/owner/name@refs%2Fpr%2F1",
        "file:///data/corpus",
        "s3://bucket/a@b",
    ],
)
def test_urls_that_can_be_used(url):
    assert url_problem(url) is None
    assert is_url(url)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://host/a", "of a kind that isn't known"),
        ("S3://bucket/a", "of a kind that isn't known"),
        ("://x", "of a kind that isn't known"),
        ("simplecache::s3://bucket/a", "of a kind that isn't known"),
        ("s3://key:secret@bucket/a", "credentials"),
        ("s3://key:se/cret@bucket/a", "credentials"),
        ("s3://key@bucket", "credentials"),
        ("gs://token@bucket/a", "credentials"),
        ("file://user:secret@host/a", "credentials"),
        ("s3://bucket/a?versionId=1", '"?" or "#"'),
        ("s3://bucket/a#b", '"?" or "#"'),
        ("s3://bucket/a\\b", "backslash"),
        ("s3://bucket/a\nb", "control character"),
        ("s3://", "without a name"),
        ("s3:///a", "without a name"),
        ("s3://bucket//a", "an empty name"),
        ("s3://bucket/../a", '".."'),
        ("file://host/a", "not absolute"),
        ("file:///", "the whole file system"),
        ("file:///a/../b", '".."'),
    ],
)
def test_urls_that_can_not_be_used(url, problem):
    assert problem in url_problem(url)


@pytest.mark.parametrize(
    "url", ["s3://KEY:SECRET@bucket/a", "s3://KEY:SEC/SECRET@bucket", "s3://bucket/a?token=SECRET"]
)
def test_secrets_are_not_shown(url):
    assert "SECRET" not in shown_url(url)
    line = f'output = "{url}" # "rest"'
    assert "SECRET" not in redacted(line)
    assert len(redacted(line)) == len(line)
    assert redacted(line).endswith('" # "rest"')


def test_what_is_no_secret_is_shown():
    for url in ("s3://bucket/a/b", "https://example.org/a", "me@example.org"):
        assert shown_url(url) == url


def test_where_files_are():
    assert place_of("/p", "seeds/a.txt") == "/p/seeds/a.txt"
    assert place_of("/p", "file:///data/a.txt") == "/data/a.txt"
    assert place_of("/p", "s3://bucket/in/a.txt") == "/p/.dataset-builder/mirror/s3/bucket/in/a.txt"
    assert [is_remote(each) for each in ("seeds", "file:///a", "s3://a")] == [False, False, True]
    assert normal_url("s3://Bucket/A//") == "s3://Bucket/A"
