"""A client of the kernel: what cells see of one another, messages at their lines, completion, an endless run."""
import os
import queue
import sys
import time

from jupyter_client.manager import KernelManager

km = KernelManager(kernel_name="crnl")
km.start_kernel()
kc = km.blocking_client()
kc.start_channels()
kc.wait_for_ready(timeout=120)


class Told:
    def __init__(self):
        self.out, self.err, self.shown, self.error, self.reply = "", "", [], None, None


def collect(number, told):
    """All that is said about the request, to its end."""
    while True:
        m = kc.get_iopub_msg(timeout=120)
        if m["parent_header"].get("msg_id") != number:
            continue
        kind, content = m["msg_type"], m["content"]
        if kind == "stream" and content["name"] == "stdout":
            told.out += content["text"]
        elif kind == "stream":
            told.err += content["text"]
        elif kind == "display_data":
            told.shown.append(content["data"])
        elif kind == "error":
            told.error = "\n".join(content["traceback"])
        elif kind == "status" and content["execution_state"] == "idle":
            return told


def answer(number):
    while True:
        reply = kc.get_shell_msg(timeout=120)
        if reply["parent_header"].get("msg_id") == number:
            return reply["content"]


def cell(text):
    number = kc.execute(text, stop_on_error=False)
    told = collect(number, Told())
    told.reply = answer(number)
    assert (told.reply["status"] == "error") == (told.error is not None)
    return told


def good(text):
    told = cell(text)
    assert told.error is None, told.error
    return told


def prints(text, expected):
    told = good(text)
    assert told.out == expected, (text, expected, told.out, told.err)


# What is declared stays; what is declared anew takes the place of the old; statements stand alone or beside declarations.
told = good("network decay(k = 1) { species A = 100, B; A ->{k} B; }")
assert (told.out, told.err, told.shown) == ("", "", [])
prints('run decay for 1;\nprint "{decay.A:.3f}";', "36.788\n")
prints("fn twice(x) = 2 * x;\nconst N = 3;", "")
prints('print twice(N); // a comment; with } and {\nprint "a;)(\\{";', "6\na;)({\n")
assert good("const N = 4;\nprint N, twice(N);").out.split() == ["4", "8"]
prints("network decay(k = 2) { species A = 100; A ->{k} 0; }", "")
prints('run decay for 1;\nprint "{decay.A:.3f}";', "13.534\n")
prints("if N > 3 { print 1; } else { print 2; }\nfor i in 0..2 { print i; }", "1\n0\n1\n")
# The experiments of a cell are executed, each once; later cells do not execute them.
prints("experiment main { print 5; }\nexperiment other { print 7; }\nprint 9;", "5\n7\n9\n")
prints("print 1;", "1\n")
prints("use std.majority;\nuse std.laws;", "")
prints("", "")
prints("  // nothing\n", "")
# A variable and a run are of their cell.
assert "'winner' is not declared" in (good("let winner = 3;") and cell("print winner;")).error
prints("print decay.A;", "100\n")

# Messages have the cell and its line, and carets; what is wrong is not kept, what is reported at run time is.
told = cell("network wrong { species A;\n  A ->{rte} 0; }")
head = "In[%d]:2:8: error[E0201]" % told.reply["execution_count"]
assert told.error.startswith(head) and "\n    2 |   A ->{rte} 0; }\n" in told.error and told.reply["ename"] == "E0201", told.error
assert "wrong" in cell("run wrong for 1;").error
told = cell("network two { species C; }\n\nrun two for 1;\nassert two.C > 0,\n  \"no C\";")
assert "In[%d]:4:1: error[E0901]" % told.reply["execution_count"] in told.error and "no C" in told.error, told.error
prints("run two for 1; print two.C;", "0\n")
number = good("\nexperiment uses_two {\n  run two for 1;\n  print two.C;\n}").reply["execution_count"]
told = cell("network two { species D; }")
assert told.error.startswith("In[%d]:4:" % number) and "\n    4 |   print two.C;\n" in told.error, told.error
prints("run two for 1; print two.C;", "0\n")
# Warnings, once.
told = good("network idle { species A; A -> 0; species Z; }\nnetwork of_it { idle(); }\nrun idle for 1;")
seen = told.err
assert good("print 1;").err == "", seen
assert cell("run decay for 1").error.startswith("In[")

# Lines for the kernel.
prints("param p = 1;", "")
prints("%set p = 3\nprint p;", "3\n")
prints("print p;", "1\n")
draw = '\nrun decay for 0.3 by ssa;\nprint decay.A;'
assert good("%seed 5" + draw).out == good("%seed 5" + draw).out
assert len({good("%%seed %d" % i + draw).out for i in range(6)}) > 1
for wrong in ["%sed 3", "%seed", "%seed -1", "%set p", "%reset all"]:
    told = cell(wrong + "\nprint 1;")
    assert wrong in (told.error or ""), (wrong, told.out, told.err, told.reply)
assert "p" in (good("%reset") and cell("print p;")).error
good("network decay(kappa = 1) { species Alpha = 100, B; Alpha ->{kappa} B; }")

# Pictures and tables.
told = good("run decay for 1 every 0.25 -> \"rows.csv\";\nplot decay: Alpha;\nplot decay: B -> \"kept.svg\";\nplot decay: B -> \"kept.png\";")
kinds = [set(d) for d in told.shown]
assert {"text/html", "text/plain"} in kinds and {"image/png", "text/plain"} in kinds, kinds
assert sum("image/svg+xml" in k for k in kinds) == 2, kinds
page = [d["text/html"] for d in told.shown if "text/html" in d][0]
assert page.count("<tr>") == 6 and "<th>Alpha</th>" in page and "rows.csv: 5 rows" in page, page
assert sorted(f for f in os.listdir(".") if f.startswith(("cell_", "kept", "rows"))) == [
    "kept.png", "kept.png.dat", "kept.png.gp", "kept.svg", "kept.svg.dat", "kept.svg.gp", "rows.csv"], os.listdir(".")
page = [d["text/html"] for d in good("run decay for 100 every 1 -> \"long.csv\";").shown][0]
assert page.count("<tr>") == 22 and "long.csv: 101 rows" in page and "<td>…</td>" in page and "<td>100</td>" in page, page


def completed(text, at=None):
    reply = answer(kc.complete(text, at))
    assert reply["status"] == "ok"
    return reply


# Completion and hover, by the server, with the names of earlier cells.
reply = completed("run dec")
assert reply["matches"] == ["decay"] and reply["cursor_start"] == 4 and reply["cursor_end"] == 7, reply
assert "Alpha" in completed("print 1;\nrun decay for 1;\nprint decay.")["matches"]
assert "std.majority" in completed("use std.ma")["matches"] and completed("use std.ma")["cursor_start"] == 4
assert completed("network n {\n  spe")["matches"] == ["species"]
assert "run" in completed("ru")["matches"]
assert completed('print "α"; run dec')["cursor_start"] == 15
reply = answer(kc.inspect("run decay for 1;", 6))
assert reply["found"] and "kappa" in reply["data"]["text/plain"], reply
assert not answer(kc.inspect("print 12;", 7))["found"]
assert answer(kc.is_complete("network n {"))["status"] == "incomplete"
assert answer(kc.is_complete("network n { } // {"))["status"] == "complete"


# Interrupted: an endless run, an endless loop, a long compilation. What was printed is shown, and the kernel goes on.
def interrupted(text, seconds, first=""):
    """`first` is seen while the cell runs, before it is interrupted."""
    number = kc.execute(text, stop_on_error=False)
    told = Told()
    while kc.get_iopub_msg(timeout=120)["content"].get("execution_state") != "busy":
        pass
    while told.out != first:
        told.out += kc.get_iopub_msg(timeout=120)["content"].get("text", "")
    time.sleep(seconds)
    km.interrupt_kernel()
    told = collect(number, told)
    told.reply = answer(number)
    assert told.reply["status"] == "error" and told.reply["ename"] == "KeyboardInterrupt", (text, told.reply)
    return told


assert interrupted('print "α 1";\nprint "before";\nrun decay for 1e15 by ssa(volume = 1e9);', 0.1, "α 1\nbefore\n").out == "α 1\nbefore\n"
interrupted("network endless { species A; 0 -> A; A -> 0; }\nrun endless for 1e15 by ssa;", 1.5)
interrupted("let i = 0;\nwhile true { i = i + 1; }", 1.5)
interrupted("fn f(n) = sum(i in 0..300 : sum(j in 0..300 : sum(k in 0..1000 : sin(n + i * j - k))));\nconst c = f(1);\nprint c;", 0.5)
prints('run decay for 1;\nprint "{decay.Alpha:.3f}";', "36.788\n")
assert km.is_alive()
kc.stop_channels()
km.shutdown_kernel()
