"""How fast work goes, and how long it will take: what stands behind a bar."""

from rich.progress import ProgressColumn, Task
from rich.text import Text

__all__ = ["Pace"]

_SURE = 2  # seconds before which a rate says nothing


class Pace(ProgressColumn):
    """Articles a second since the stage began, and the time left at that rate.

    The mean of the whole stage, as results come by the shard and from many workers at once: a rate of the last moments
    would jump. Between two results the time left counts down.
    """

    def render(self, task: Task) -> Text:
        """The pace of `task`; nothing before there is one."""
        seen, now = task.fields.get("seen") or 0.0, task.elapsed or 0.0  # seconds since the stage began
        if not task.completed or not task.total or seen < _SURE:
            return Text()
        rate = task.completed / seen
        left = max(0, round((task.total - task.completed) / rate - (now - seen)))
        shown = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
        return Text(f"{shown}/s, {_clock(left)} left", style="progress.remaining")


def _clock(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
