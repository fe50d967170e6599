import threading

import pytest

from dataset_builder.engines.aside import Aside


def test_calls_are_made_in_order_in_one_other_thread():
    found = []
    aside = Aside(ahead=2)
    for number in range(50):
        aside.call(lambda number: found.append((number, threading.get_ident())), number)
    aside.finish()
    assert [number for number, _ in found] == list(range(50))
    assert len({thread for _, thread in found}) == 1
    assert found[0][1] != threading.get_ident()


def test_what_a_call_raises_is_raised_here():
    aside = Aside(ahead=1)
    aside.call(int, "x")
    with pytest.raises(ValueError, match="'x'"):
        aside.finish()
    aside.finish()


def test_a_call_that_waits_for_an_earlier_one_raises_what_that_raised():
    aside = Aside(ahead=1)
    aside.call(int, "x")
    with pytest.raises(ValueError, match="'x'"):
        aside.call(int, "1")


def test_no_more_than_told_are_waiting():
    gate, begun = threading.Event(), []
    aside = Aside(ahead=2)

    def hold(number):
        begun.append(number)
        gate.wait(10)

    aside.call(hold, 1)
    aside.call(hold, 2)
    third = threading.Thread(target=aside.call, args=(hold, 3))
    third.start()
    third.join(0.05)
    assert third.is_alive(), "the third call waits until the first has been made"
    gate.set()
    third.join(10)
    aside.finish()
    assert begun == [1, 2, 3]


def test_what_is_abandoned_is_not_called():
    gate, entered, found = threading.Event(), threading.Event(), []
    aside = Aside(ahead=9)

    def hold():
        entered.set()
        gate.wait(10)
        found.append("held")

    aside.call(hold)
    for _ in range(5):
        aside.call(found.append, "lost")
    entered.wait(10)
    threading.Timer(0.02, gate.set).start()
    aside.abandon()
    assert found == ["held"]
    aside.call(found.append, "next")
    aside.finish()
    assert found == ["held", "next"]
