# On a terminal a law of many states says what it does: how many it has found, and how far the solution is. The program
# would run for minutes and is ended when both were seen.
cat >law.crnl <<'END'
network big { species A = 120, B, C, D; A <->{1, 2} B; B <->{1, 1} C; C <->{1, 3} D; 2 B <->{0.01, 1} 2 D; }
experiment main { run big to steady by cme(max_states = 1000000000); }
END
cat >terminal.py <<'END'
import os
import pty
import re
import signal
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
said = ""
wanted = [r"big: [1-9][0-9]* states found  ", r"big: [1-9][0-9]* states, and their law +[0-9]+ %  "]
while not all(re.search(w, said) for w in wanted):
    try:
        part = os.read(terminal, 4096)
    except OSError:
        part = b""
    if not part:
        sys.exit("the program has ended: " + said)
    said += part.decode()
os.kill(pid, signal.SIGTERM)
os.waitpid(pid, 0)
END
"$PYTHON" terminal.py "$CRNLC" run law.crnl
