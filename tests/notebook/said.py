"""Ctrl-C that comes while something is shown, at each piece: all of it is shown, each piece once and in order."""
import os
import signal

from crnl import _program

shown, interrupts = [], 0


def show(text, is_message):
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(1000):  # Python would raise KeyboardInterrupt here
        pass
    shown.append((text, is_message))


said = _program._Said(show)
said._pieces += [(False, b"one"), (False, b" and two"), (True, b"three"), (False, b"four")]
while said._pieces:
    try:
        said.show()
    except KeyboardInterrupt:
        interrupts += 1
assert shown == [("one and two", False), ("three", True), ("four", False)] and interrupts == 3, (shown, interrupts)
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
