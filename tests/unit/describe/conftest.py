import pytest

from tests.unit.reviews import reviews


@pytest.fixture(scope="session")
def corpus():
    return reviews()
