import pytest

from dataset_builder.release.version import grown, latest, rank, step


@pytest.mark.parametrize(
    ("tags", "version"),
    [
        ((), None),
        (("v1.0.0", "v1.10.0", "v1.9.3"), "1.10.0"),
        (("v1.0", "v01.0.0", "v1.0.0-rc1", "1.0.0", "release-1.0.0", "v1.0.0.0"), None),
        (("v0.9.9", "vv2.0.0"), "0.9.9"),
    ],
)
def test_the_last_release_is_the_highest_version(tags, version):
    assert latest(tags) == version


@pytest.mark.parametrize(("bump", "version"), [("major", "1.0.0"), ("minor", "0.10.0"), ("patch", "0.9.10")])
def test_a_version_grows_and_its_smaller_parts_begin_anew(bump, version):
    assert grown("0.9.9", bump) == version
    assert step("0.9.9", version) == bump


@pytest.mark.parametrize("version", ["1.2.3", "1.2.2", "1.1.9", "0.9.9"])
def test_a_version_that_is_not_above_is_no_step(version):
    assert step("1.2.3", version) is None


def test_bumps_are_ordered():
    assert sorted(("major", None, "patch", "minor"), key=rank) == [None, "patch", "minor", "major"]
