import threading

import pytest

from dataset_builder.engines.aside import Aside


def test_calls_are_made_in_order_in_one_other_thread():
    found = []
    aside = Aside(ahead=2)
    calls = [aside.call(lambda number: found.append((number, threading.get_ident())), number) for number in range(50)]
    calls[-1].result(10)
    assert [number for number, _ in found] == list(range(50))
    assert len({thread for _, thread in found}) == 1
    assert found[0][1] != threading.get_ident()


def test_what_a_call_gives_and_raises():
    aside = Aside(ahead=3)
    good, bad = aside.call(int, "12"), aside.call(int, "x")
    assert good.result(10) == 12
    with pytest.raises(ValueError, match="'x'"):
        bad.result(10)


def test_a_call_that_waits_for_an_earlier_one_raises_what_that_raised():
    aside = Aside(ahead=1)
    aside.call(int, "x")
    with pytest.raises(ValueError, match="'x'"):
        aside.call(int, "1")
    assert aside.call(int, "2").result(10) == 2


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
    aside.call(int, 0).result(10)
    assert begun == [1, 2, 3]


def test_what_is_cancelled_is_passed_over():
    gate, entered, found = threading.Event(), threading.Event(), []
    aside = Aside(ahead=2)

    def hold():
        entered.set()
        gate.wait(10)

    aside.call(hold)
    entered.wait(10)
    lost = aside.call(found.append, "lost")
    assert lost.cancel()
    gate.set()
    for number in range(3):
        last = aside.call(found.append, number)
    last.result(10)
    assert found == [0, 1, 2]
