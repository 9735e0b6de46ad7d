"""Being told to end: batch systems, runners and closing terminals send a signal some seconds before the kill."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

TERMINATION = ("SIGTERM", "SIGHUP")


def on_termination(act: Callable[[str], None]) -> Callable[[], None]:
    """Call `act` with the name of a signal that asks this process to end, where nothing else does.

    A signal that somebody handles already, or ignores (``nohup``), is left alone, and so is a process whose tests do
    not run in the main thread: Python handles signals there only. Forked children end on these signals as ever.

    Returns
    -------
    Callable[[], None]
        Restores what was there.

    """
    numbers = [getattr(signal, name) for name in TERMINATION if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    taken = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]

    def handle(number: int, frame: FrameType | None) -> None:
        act(signal.Signals(number).name)

    def restore() -> None:
        for number in taken:
            if signal.getsignal(number) is handle:
                signal.signal(number, signal.SIG_DFL)

    for number in taken:
        signal.signal(number, handle)
    if taken and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=restore)
    return restore
