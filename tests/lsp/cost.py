"""A key in a file of 2,000 lines costs at most 50 ms of processor time, with its completion, and 1,000 keys leave no memory
behind."""
import os

from client import Client

URI = "file:///nowhere/long.crnl"
lines = ["/// A long program.", "param speed = 1;"]
for network in range(50):
    lines += ["/// Number %d." % network, "network net%d(param k = 2) {" % network]
    lines += ["  /// One of ten.\n  species S%d = %d;" % (i, i) for i in range(10)]
    lines += ["  S%d + S%d ->{k * speed} S%d;" % (i % 10, (i + 1) % 10, (i + 3) % 10) for i in range(15)]
    lines += ["  output y = S1 + S2;", "}", ""]
lines += ["experiment main {"] + ["  run net%d for 1;" % i for i in range(50)] + ["}"]
text = "\n".join(lines) + "\n"
count = text.count("\n")
assert count >= 2000, count


def cpu(pid):
    """Of the server and of the copies that have ended, in seconds."""
    fields = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()
    return sum(int(x) for x in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    return int([l for l in open("/proc/%d/status" % pid) if l.startswith("VmRSS")][0].split()[1])


client = Client()
client.open(URI, text)
client.diagnostics(URI)
pid = client.process.pid
before = cpu(pid)
KEYS = 40
for i in range(KEYS):
    client.change(URI, (5, 0, 5, 0 if i % 2 == 0 else 1, "x" if i % 2 == 0 else ""))
    client.diagnostics(URI)
    client.at("completion", URI, 30, 4)
each = 1000 * (cpu(pid) - before) / KEYS
print("%d lines: %.1f ms of processor time for a key" % (count, each))
if not os.environ.get("INSTRUMENTED"):
    assert each <= 50, each
first = None
for i in range(1000):
    client.change(URI, (5, 0, 5, 0 if i % 2 == 0 else 1, "y" if i % 2 == 0 else ""))
    if i % 20 == 0:
        client.at("hover", URI, 30, 4)
    if i == 100:
        client.diagnostics(URI)
        first = memory(pid)
client.diagnostics(URI)
last = memory(pid)
print("%d kB after 100 keys, %d kB after 1,000" % (first, last))
if not os.environ.get("INSTRUMENTED"):  # sanitizers keep what was freed for a while
    assert last - first < 4096
assert client.end() == 0
