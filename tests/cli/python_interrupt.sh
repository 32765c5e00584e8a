# Ctrl-C in Python at each moment of a run: it is never lost, and what ran has ended when KeyboardInterrupt arrives.
if [ "$SANITIZED" = yes ]; then
    echo "Python cannot load a library with sanitizers"
    exit 77
fi
if ! "$PYTHON" -c 'import numpy' 2>/dev/null; then
    echo "no NumPy"
    exit 77
fi
cat >moments.py <<'END_OF_TEXT'
import _thread
import os
import random
import signal
import sys
import threading
import types

import crnl
import crnl._program

net = crnl.compile("network n { species X; 0 ->{1000} X; X -> 0; }")["n"]


def endless():
    net.run(until="X < 0", by="ssa", courses=False)


def interrupted(work):
    """A press that belongs to `work` may come while its helpers still end."""
    try:
        work()
    except KeyboardInterrupt:
        return True
    return False


def nothing_runs(threads):
    for _ in range(1000):
        if _thread._count() <= threads:
            return True
        threading.Event().wait(0.01)
    return False


net.run(1)
before = _thread._count()


# The signal is taken by another thread, as one that comes just before a wait for a lock: the wait does not end by itself.
def press_when_told():
    told.wait()
    os.kill(os.getpid(), signal.SIGINT)


told = threading.Event()
presser = threading.Thread(target=press_when_told)
presser.start()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
_apart = crnl._program._apart


def tells(work, cancel=None):
    if cancel is not None:
        told.set()
    return _apart(work, cancel)


crnl._program._apart = tells
assert interrupted(endless)
crnl._program._apart = _apart
presser.join()
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
assert nothing_runs(before)


# It comes when the thread was made, which has not begun or has; when it waits for the thread, and when that has ended.
def starts(function, arguments):
    _thread.start_new_thread(function, arguments)
    raise KeyboardInterrupt


class Lock:
    def __init__(self):
        self.lock = _thread.allocate_lock()
        self.release = self.lock.release
        self.waits = 0

    def acquire(self, **options):
        got = self.lock.acquire(**options)
        self.waits += "timeout" in options
        if self.waits == 1:
            raise KeyboardInterrupt
        return got


for more in ({"start_new_thread": starts}, {"allocate_lock": Lock}):
    own = {"start_new_thread": _thread.start_new_thread, "allocate_lock": _thread.allocate_lock, **more}
    crnl._program._thread = types.SimpleNamespace(**own)
    for work in (endless, lambda: net.run(1)):
        assert interrupted(work) and nothing_runs(before), more
crnl._program._thread = _thread

# A search that is cancelled gives the best so far, and the program goes on: to an endless run here, which another press ends.
search = crnl.compile("""network n(k = 1) { species A = 1; A ->{k} 0; }
network endless { species X; 0 ->{1000} X; X -> 0; }
experiment main {
  minimize over n.k in 0.1..10 by adam(steps = 1000000000) { run n for 1; loss (n.A - 0.5)^2; }
  print "so far"; run endless until X < 0 by ssa;
}""")
presses = []


def press_until_it_ends():
    while not ended.wait(0.3):
        presses.append(os.kill(os.getpid(), signal.SIGINT))


ended = threading.Event()
presser = threading.Thread(target=press_until_it_ends)
presser.start()
try:
    assert interrupted(lambda: search.run())
finally:
    while presser.is_alive():
        interrupted(lambda: (ended.set(), presser.join()))
assert len(presses) >= 1 and nothing_runs(before)

# When results are freed no line of Python runs, where what Ctrl-C raises would be thrown away.
lines = []
results = [crnl.compile("network m { species A; 0 -> A; }")["m"].run(1), net.run(1), net.run(1, every=0.5)["X"]]
sys.setprofile(lambda frame, event, _: lines.append(frame.f_code.co_name) if event == "call" else None)
results.clear()
sys.setprofile(None)
assert lines == [], lines

# At random moments, where threads change often: one press each.
sys.setswitchinterval(1e-6)
random.seed(1)
for i in range(150):
    moment = random.random() * 0.004 * (1 if i % 2 else 10)

    def press():
        threading.Event().wait(moment)
        os.kill(os.getpid(), signal.SIGINT)

    presser = threading.Thread(target=press)
    assert interrupted(lambda: (presser.start(), endless())), moment
    presser.join()
assert nothing_runs(before)
assert abs(net.run(1).final("X") - 1000 * (1 - 2.718281828 ** -1)) < 0.1
END_OF_TEXT
timeout 250 "$PYTHON" moments.py
