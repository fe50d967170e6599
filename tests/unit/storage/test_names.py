import pytest

from dataset_builder.storage.names import hidden, refused_names


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("../x.txt", 'an empty name, "." or ".."'),
        ("a/../x.txt", 'an empty name, "." or ".."'),
        ("a/./x.txt", 'an empty name, "." or ".."'),
        ("/x.txt", 'an empty name, "." or ".."'),
        ("a//x.txt", 'an empty name, "." or ".."'),
        ("a\\..\\x.txt", "a backslash"),
        ("a\0.txt", "control characters"),
        ("a\u202e.txt", "do not print"),
        ("\udc80.txt", "do not print"),
        ("x" * 256, "longer than 255 bytes"),
        ("ß" * 128 + "/x", "longer than 255 bytes"),
    ],
)
def test_names_that_can_be_no_files(name, problem):
    ((refused, why),) = refused_names([name, "fine.txt", "fine/a.txt".replace("fine", "other")])
    assert refused == name
    assert problem in why


@pytest.mark.parametrize(
    ("names", "refused"),
    [
        (["a.txt", "A.txt"], ["a.txt"]),
        (["Ada/x.json", "ada/y.json"], ["ada/y.json"]),
        (["caf\u00e9.txt", "cafe\u0301.txt"], ["caf\u00e9.txt"]),
        (["a", "a/b.txt"], ["a/b.txt"]),
        (["a", "a/b.txt", "a/c.txt"], ["a/b.txt", "a/c.txt"]),
        (["straße.txt", "STRASSE.txt"], ["straße.txt"]),
        (["a.txt", "b.txt", "a/a.txt", "a/b.txt"], []),
        (["..x.txt", "x..txt", "...", "日本.txt"], []),
    ],
)
def test_of_names_that_collide_one_is_kept(names, refused):
    assert [name for name, _ in refused_names(names)] == refused
    assert [name for name, _ in refused_names(reversed(names))] == refused


def test_what_begins_with_a_dot_is_hidden_but_not_what_climbs():
    assert all(map(hidden, [".hydrated/a.txt", "a/.git/b", ".x"]))
    assert not any(map(hidden, ["a.txt", "../a.txt", "a/../b", "./a"]))
