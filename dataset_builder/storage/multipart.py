"""Files put to S3, large ones in parts: completed, or taken back."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from dataset_builder.storage.retry import Patience, status_of

__all__ = ["PART", "put_object"]

PART = 16 * 1024 * 1024
"""Bytes in a part. What is no larger than two goes in one request."""

_MOST_PARTS = 10_000  # S3 takes no more


def put_object(fs: Any, place: str, path: Path, patience: Patience) -> None:
    """Puts the file at `path` to `place`, which is bucket and key. A part that fails is sent again, not the whole.

    An upload that can't be completed is aborted, so that its parts aren't kept, and paid for, for good.
    """
    bucket, _, key = place.partition("/")
    target = {"Bucket": bucket, "Key": key}
    size = path.stat().st_size
    if size <= 2 * PART:
        fs.call_s3("put_object", **target, Body=path.read_bytes())
        return
    begun = _begin(fs, target, patience)
    upload = {**target, "UploadId": begun["UploadId"]}
    try:
        parts = [
            {"PartNumber": number, "ETag": _put_part(fs, upload, number, data, patience)}
            for number, data in enumerate(_parts(path, size), 1)
        ]
        patience.keep_trying(lambda: _complete(fs, upload, parts, size))
    except BaseException:
        _abort(fs, upload, patience)
        raise


def _begin(fs: Any, target: dict[str, str], patience: Patience) -> dict[str, Any]:
    try:
        begun: dict[str, Any] = fs.call_s3("create_multipart_upload", **target)
    except Exception:
        # The answer may have been lost, and with it the name of an upload that has begun.
        with suppress(Exception):
            patience.keep_trying(lambda: _abort_unknown(fs, target, patience))
        raise
    return begun


def _abort_unknown(fs: Any, target: dict[str, str], patience: Patience) -> None:
    """Takes back whatever is being put to just this key. Two that put to one key at a time fail anyway."""
    found = fs.call_s3("list_multipart_uploads", Bucket=target["Bucket"], Prefix=target["Key"])
    for upload in found.get("Uploads", ()):
        if upload["Key"] == target["Key"]:
            _abort(fs, {**target, "UploadId": upload["UploadId"]}, patience)


def _parts(path: Path, size: int) -> Iterator[bytes]:
    length = max(PART, -(-size // _MOST_PARTS))
    with path.open("rb") as stream:
        while data := stream.read(length):
            yield data


def _put_part(fs: Any, upload: dict[str, Any], number: int, data: bytes, patience: Patience) -> str:
    answer = patience.keep_trying(lambda: fs.call_s3("upload_part", **upload, PartNumber=number, Body=data))
    return str(answer["ETag"])


def _complete(fs: Any, upload: dict[str, Any], parts: list[dict[str, Any]], size: int) -> None:
    try:
        fs.call_s3("complete_multipart_upload", **upload, MultipartUpload={"Parts": parts})
    except FileNotFoundError:
        # There is no such upload any more, as when it was completed and the answer lost.
        stored = fs.call_s3("head_object", Bucket=upload["Bucket"], Key=upload["Key"])
        if stored["ContentLength"] != size or not str(stored["ETag"]).strip('"').endswith(f"-{len(parts)}"):
            raise


def _abort(fs: Any, upload: dict[str, Any], patience: Patience) -> None:
    """Takes back what was sent, as far as that can be done; what went wrong before is what is told."""

    def abort() -> None:
        try:
            fs.call_s3("abort_multipart_upload", **upload)
        except Exception as error:
            if status_of(error) != 404:
                raise

    with suppress(Exception):
        patience.keep_trying(abort)
