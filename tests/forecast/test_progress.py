"""What a watch passes on."""

from __future__ import annotations

from busyhour.forecast.progress import Event, Watch


def test_work_on_another_question_tells_no_proof():
    """Its bound would read as one of the user's question."""
    told: list[Event] = []
    watch = Watch(told.append, time_limit_s=100.0)
    for aside in (watch.aside(), watch.aside(best=True)):
        aside.tell("cover", "Monday", best=5.0, bound=4.0, gap=0.25)
    assert told == [Event("cover", "Monday"), Event("cover", "Monday", best=5.0)]
    watch.stop.set()
    assert aside.stopped
    assert aside.left_s <= 100.0
