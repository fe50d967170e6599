"""Versions published to an S3 server: side by side, each with its manifest last, and never changed."""

from pathlib import Path

import pytest
from datasets import load_dataset

import dataset_builder
from dataset_builder.errors import OutputError, UsageError
from tests.acceptance.publishing import Versions, contents
from tests.acceptance.s3 import Bucket, Proxy, Request

boto3 = pytest.importorskip("boto3", reason="absent: boto3, to look at what is in the S3 server")
pytest.importorskip("moto", reason="absent: moto, the S3 server")
pytest.importorskip("s3fs", reason="absent: s3fs, what s3:// is written with")
pytestmark = pytest.mark.acceptance

TARGET = "s3://corpus/public"


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path)


def test_each_version_lies_there_as_it_was_built(versions: Versions, bucket: Bucket, proxy: Proxy) -> None:
    builds = {version: versions.build(version, f"Title {version}") for version in ("1.0.0", "1.1.0")}
    for version, build in builds.items():
        proxy.quiet()
        result = dataset_builder.publish(build, f"{TARGET}/")
        assert (result.new, result.tag, result.written) == (True, f"v{version}", len(contents(build)))
        assert proxy.written[-1] == f"corpus/public/v{version}/manifest.json"
    for version, build in builds.items():
        assert bucket.contents(f"public/v{version}/") == contents(build)
        files = {"train": f"{TARGET}/v{version}/data/articles/train-*.parquet"}
        loaded = load_dataset("parquet", data_files=files, split="train", streaming=True)
        assert f"Title {version}" in {row["title"] for row in loaded}
    assert dataset_builder.verify(f"{TARGET}/v1.1.0").diagnostics == ()


def test_the_same_again_puts_nothing(versions: Versions, bucket: Bucket, proxy: Proxy) -> None:
    build = versions.build("1.0.0")
    dataset_builder.publish(build, TARGET)
    proxy.quiet()
    again = dataset_builder.publish(build, TARGET)
    assert (again.new, again.written, again.kept) == (False, 0, len(contents(build)))
    assert proxy.written == []


def test_other_bytes_under_a_published_version_are_refused(versions: Versions, bucket: Bucket) -> None:
    first, second = versions.build("1.0.0", "One"), versions.build("1.0.0", "Two")
    dataset_builder.publish(first, TARGET)
    with pytest.raises(UsageError, match="never changed"):
        dataset_builder.publish(second, TARGET)
    assert bucket.contents("public/v1.0.0/") == contents(first)


def test_a_dry_run_and_a_build_in_the_way_put_nothing(versions: Versions, bucket: Bucket) -> None:
    build = versions.build("1.0.0")
    assert dataset_builder.publish(build, TARGET, dry_run=True).new
    assert bucket.contents() == {}
    bucket.put("public/manifest.json", b"{}")
    with pytest.raises(UsageError, match="is a build itself"):
        dataset_builder.publish(build, TARGET)
    assert list(bucket.contents()) == ["public/manifest.json"]


@pytest.mark.parametrize("seed", range(2))
def test_a_network_that_breaks_changes_nothing(versions: Versions, bucket: Bucket, proxy: Proxy, seed: int) -> None:
    build = versions.build("1.0.0")
    proxy.fail_now_and_then(seed)
    assert dataset_builder.publish(build, TARGET).new
    proxy.quiet()
    assert bucket.contents("public/v1.0.0/") == contents(build)


def test_one_that_can_not_be_finished_is_taken_back_and_then_made(
    versions: Versions, bucket: Bucket, proxy: Proxy
) -> None:
    build = versions.build("1.0.0")

    def fault(request: Request) -> str | None:
        return "slow down" if request.method == "PUT" and request.key.endswith("croissant.json") else None

    proxy.fault = fault
    with pytest.raises(OutputError):
        dataset_builder.publish(build, TARGET)
    assert bucket.contents() == {}
    proxy.quiet()
    assert dataset_builder.publish(build, TARGET).new
    assert bucket.contents("public/v1.0.0/") == contents(build)


def test_what_an_interrupted_run_left_of_another_build_is_named_as_that(versions: Versions, bucket: Bucket) -> None:
    left = next(path for path in contents(versions.build("1.0.0", "One")) if path.startswith("data/articles/"))
    bucket.put(f"public/v1.0.0/{left}", b"x")
    with pytest.raises(UsageError, match=r"holds no version, and yet .*interrupted run may have left"):
        dataset_builder.publish(versions.build("1.0.0", "Two"), TARGET)
    assert list(bucket.contents()) == [f"public/v1.0.0/{left}"]


def test_what_the_store_does_not_keep_is_found_out(versions: Versions, bucket: Bucket, proxy: Proxy) -> None:
    build = versions.build("1.0.0")
    size = (build / "README.md").stat().st_size

    def after(request: Request) -> None:
        if request.writes and request.key.endswith("v1.0.0/manifest.json"):
            bucket.put("public/v1.0.0/README.md", b"?" * size)

    proxy.after = after
    with pytest.raises(OutputError, match=r"README\.md is not what was written"):
        dataset_builder.publish(build, TARGET)
