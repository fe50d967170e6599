import pytest

from dataset_builder.describe.hub import languages, licenses, size_category


@pytest.mark.parametrize(
    ("spdx", "hub"),
    [
        ("CC-BY-4.0", "cc-by-4.0"),
        ("cc0-1.0", "cc0-1.0"),
        ("GPL-3.0-or-later", "gpl-3.0"),
        ("LGPL-2.1-only", "lgpl-2.1"),
        ("GFDL-1.3-only", "gfdl"),
        ("ODbL-1.0", "odbl"),
        ("ODC-By-1.0", "odc-by"),
        ("PDDL-1.0", "pddl"),
        ("etalab-2.0", "etalab-2.0"),
        ("C-UDA-1.0", "c-uda"),
    ],
)
def test_licences_that_the_hub_knows(spdx, hub):
    assert licenses(spdx) == {"license": hub}


@pytest.mark.parametrize(
    ("spdx", "name", "link"),
    [
        ("CC-BY-SA-2.5", "cc-by-sa-2.5", "https://spdx.org/licenses/CC-BY-SA-2.5.html"),
        ("LicenseRef-All-Rights-Reserved", "licenseref-all-rights-reserved", None),
        ("MIT OR Apache-2.0", "mit-or-apache-2.0", None),
        ("(MIT AND CC-BY-4.0)", "mit-and-cc-by-4.0", None),
    ],
)
def test_other_licences_are_named(spdx, name, link):
    expected = {"license": "other", "license_name": name} | ({"license_link": link} if link else {})
    assert licenses(spdx) == expected


@pytest.mark.parametrize(
    ("articles", "bucket"),
    [
        (0, "n<1K"),
        (999, "n<1K"),
        (1_000, "1K<n<10K"),
        (99_999, "10K<n<100K"),
        (1_000_000, "1M<n<10M"),
        (10**9, "1B<n<10B"),
        (10**11, "100B<n<1T"),
        (10**12, "n>1T"),
    ],
)
def test_sizes(articles, bucket):
    assert size_category(articles) == bucket


def test_languages():
    assert languages([]) == {}
    assert languages(["de", "en"]) == {"language": ["de", "en"]}
    assert languages(["pt-BR", "pt-PT"]) == {"language": ["pt"], "language_details": ["pt-BR", "pt-PT"]}
