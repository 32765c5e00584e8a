"""What a client may do wrong, and what it may do at any moment."""
import json
import os
import random
import signal
import time

from client import Client, edited

URI = "file:///nowhere/of/this/name.crnl"
GOOD = "network n {\n  species A = 1;\n  param rate = 1;\n  A ->{rate} 0;\n}\n"
BAD = GOOD.replace("->{rate}", "->{rte}")
# Some seconds of processor time, which nobody wants to wait for.
SLOW = ("fn f(n) = sum(i in 0..300 : sum(j in 0..300 : sum(k in 0..100 : sin(n + i * j - k))));\n"
        "const c = f(1);\n" + GOOD)


def fault(data, code, **more):
    """Bytes that are no message are answered by an error, and what follows is served."""
    c = Client(**more)
    c.write(data)
    message = c.read()
    assert message["error"]["code"] == code and message["id"] is None, message
    c.open(URI, BAD)
    assert [d["code"] for d in c.diagnostics(URI)] == ["E0201"]
    assert c.end() == 0


def pieces():
    c = Client(initialize=False)
    body = json.dumps({"jsonrpc": "2.0", "id": "one", "method": "initialize", "params": {"capabilities": {}}}).encode()
    data = b"content-length: %d\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n%s" % (len(body), body)
    for i in range(len(data)):
        c.write(data[i:i + 1])
    assert c.answer("one")["result"]["serverInfo"]["name"] == "crnlc"
    def frame(m):
        body = json.dumps(dict(m, jsonrpc="2.0")).encode()
        return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    c.version[URI] = 1
    c.write(frame({"method": "textDocument/didOpen",
                   "params": {"textDocument": {"uri": URI, "languageId": "crnl", "version": 1, "text": BAD}}})
            + frame({"id": 7, "method": "shutdown"}) + frame({"method": "exit"}))
    assert c.answer(7)["result"] is None
    assert c.process.wait(60) == 0


def order():
    c = Client(initialize=False)
    assert c.refused("textDocument/hover", {})["code"] == -32002
    c.tell("textDocument/didOpen", {})
    c.ask("initialize", {"capabilities": {}})
    assert c.refused("initialize", {"capabilities": {}})["code"] == -32600
    assert c.refused("no/such", {})["code"] == -32601
    c.tell("$/no/such", {})
    assert c.refused("textDocument/formatting", {"textDocument": {"uri": URI}})["code"] == -32602
    assert c.refused("textDocument/formatting", None)["code"] == -32602
    c.tell("textDocument/didChange", {"textDocument": {"uri": URI, "version": 3}, "contentChanges": [{"text": "a"}]})
    c.tell("textDocument/didOpen", {"textDocument": {"uri": 3}})
    c.tell("textDocument/didClose", {"textDocument": {"uri": URI}})
    c.open(URI, GOOD)
    for change in [{"text": 3}, {"range": {"start": 3}, "text": ""}, {"range": [], "text": ""}, {}, 3]:
        c.tell("textDocument/didChange", {"textDocument": {"uri": URI, "version": 1}, "contentChanges": [change]})
    assert c.diagnostics(URI) == []
    c.ask("shutdown", None)
    assert c.refused("textDocument/formatting", {"textDocument": {"uri": URI}})["code"] == -32600
    c.tell("exit", None)
    assert c.process.wait(60) == 0


def nobody_waits():
    """A question without an id has no answer, and starts no work: a rename ended its worker and was then refused."""
    c = Client()
    c.open(URI, GOOD)
    place = {"textDocument": {"uri": URI}, "position": {"line": 2, "character": 10}}
    for method in ("rename", "hover", "definition", "codeAction"):
        c.tell("textDocument/" + method, dict(place, newName="k", range={"start": place["position"], "end": place["position"]}))
    assert c.diagnostics(URI) == []
    assert len(c.ask("textDocument/rename", dict(place, newName="k"))["changes"][URI]) == 2
    assert c.end() == 0 and None not in c.answers, c.answers


def ends():
    """A client that goes away without a word."""
    for last in [b"", b"Content-Length: 100\r\n", b"Content-Length: 100\r\n\r\n{", b"Content-Le"]:
        c = Client()
        c.open(URI, SLOW)
        c.write(last)
        c.process.stdin.close()
        assert c.process.wait(60) == 1
    c = Client()
    c.tell("exit", None)
    assert c.process.wait(60) == 1
    c = Client()
    c.process.stdout.close()
    c.open(URI, BAD)
    assert c.process.wait(60) == 1


def while_checking():
    """Edits while a check runs: it is given up, and the last text is what is reported on."""
    c = Client()
    c.open(URI, SLOW)
    time.sleep(0.1)
    for i in range(50):
        c.change(URI, SLOW + "// %d\n" % i)
    c.change(URI, BAD)
    assert [d["code"] for d in c.diagnostics(URI)] == ["E0201"]
    assert not [m for m in c.told if m["method"] == "textDocument/publishDiagnostics"]
    c.change(URI, SLOW)
    time.sleep(0.1)
    c.close(URI)
    c.open(URI, GOOD)
    assert c.diagnostics(URI) == []
    c.change(URI, SLOW)
    assert c.end() == 0


def copy_dies():
    """What compiles may be ended by the system: the server says so and goes on."""
    c = Client()
    c.open(URI, SLOW)
    children = "/proc/%d/task/%d/children" % (c.process.pid, c.process.pid)
    if os.path.exists(children):
        for _ in range(1000):
            pids = open(children).read().split()
            if pids:
                break
            time.sleep(0.01)
        os.kill(int(pids[0]), signal.SIGKILL)
        assert c.diagnostics(URI) == []
        assert [m for m in c.told if m["method"] == "window/logMessage"]
    c.change(URI, BAD)
    assert [d["code"] for d in c.diagnostics(URI)] == ["E0201"]
    assert c.end() == 0


def units():
    """Places in UTF-16, as the protocol has it, and in bytes where both agree."""
    line = '  print "𝛼𝛽 µ 😀"; print nothing;'
    text = "network n { species A = 1; A ->{1} 0; }\r\nexperiment main {\r\n  run n for 1;\r\n" + line + "\r\n}\r\n"
    for encoding, size in [("utf-16", 2), ("utf-8", 1)]:
        general = {"positionEncodings": ["utf-8", "utf-16"] if encoding == "utf-8" else ["utf-16"]}
        c = Client(capabilities={"general": general})
        assert c.capabilities["positionEncoding"] == encoding
        def at(word):
            before = line[:line.index(word)]
            return len(before.encode("utf-16-le" if size == 2 else "utf-8")) // size
        c.open(URI, text)
        (d,) = c.diagnostics(URI)
        assert d["range"] == {"start": {"line": 3, "character": at("nothing")},
                              "end": {"line": 3, "character": at("nothing") + 7}}, d
        # behind the first word of the string, and in the middle of a pair of units, which is its start
        c.change(URI, (3, at("nothing"), 3, at("nothing") + 7, "n.A"), (3, at("😀"), 3, at("😀") + (2 if size == 2 else 4), "x"))
        assert c.diagnostics(URI) == []
        # Behind the end of a line is its end; behind the text as well.
        c.change(URI, (1, 0, 2, 999, "experiment main {"), (99, 0, 99, 5, "}"))
        found = c.diagnostics(URI)
        assert [(d["code"], d["range"]["start"]["line"]) for d in found] == [("E0101", 4)], found
        assert c.end() == 0


def edits():
    """A text after many changes is the text that a client has."""
    draw = random.Random(7)
    text = "network n {\n" + "".join("  species A%d = %d; // α%d 😀\r\n  A%d ->{1} 0;\n" % (i, i, i, i) for i in range(20)) + "}\n"
    c = Client()
    c.open(URI, text)
    def place(i):
        """UTF-16; what is between CR and LF is no place."""
        i -= i > 0 and text[i - 1:i + 1] == "\r\n"
        line = text[:i].count("\n")
        return i, line, len(text[text.rfind("\n", 0, i) + 1:i].encode("utf-16-le")) // 2
    for _ in range(300):
        changes = []
        for _ in range(draw.randrange(1, 4)):
            i = draw.randrange(len(text) + 1)
            k = min(len(text), i + draw.choice([0, 0, 0, 1, 2, 30]))
            i, line, column = place(i)
            k, last, end = place(max(i, k))
            piece = draw.choice(["x", ";", "\n", "😀", "}", "{ ", "α\r\n", "", "species B;", "//"])
            if text[k:k + 1] == "\n" and piece.endswith("\r"):
                continue
            changes.append((line, column, last, end, piece))
            text = text[:i] + piece + text[k:]
        c.change(URI, *changes)
    other = "untitled:other"
    c.open(other, text)
    assert c.diagnostics(URI) == c.diagnostics(other)
    c.change(URI, GOOD)
    assert c.diagnostics(URI) == []
    assert c.end() == 0


def layout():
    c = Client()
    ugly = GOOD.replace("  param rate", "param    rate").replace("A = 1", "A   =   1")
    c.open(URI, ugly)
    changes = c.ask("textDocument/formatting", {"textDocument": {"uri": URI}, "options": {"tabSize": 8}})
    assert edited(ugly, changes) == GOOD
    assert len(changes) == 1 and changes[0]["range"]["start"]["line"] == 1 and changes[0]["range"]["end"]["line"] == 3, changes
    c.change(URI, GOOD)
    assert c.ask("textDocument/formatting", {"textDocument": {"uri": URI}}) == []
    c.change(URI, GOOD + "}")
    assert c.refused("textDocument/formatting", {"textDocument": {"uri": URI}})["code"] == -32803
    assert c.end() == 0


fault(b"Content-Length: 7\r\n\r\n{\"id\": ", -32700)
fault(b"Content-Length: 6\r\n\r\n[1, 2]", -32600)
fault(b"Content-Length: 2\r\n\r\n{}", -32600)
fault(b"Content-Length: 4\r\n\r\nnull", -32700)
fault(b"Content-Length: 21\r\n\r\n{\"id\":[],\"method\":\"\"}", -32600)
fault(b"Content-Length: 0\r\n\r\n", -32700)
fault(b"Content-Length: -5\r\n\r\n", -32700)
fault(b"Content-Length: 99999999999999999999\r\n\r\n", -32700)
fault(b"Content-Type: text\r\n\r\n", -32700)
fault(b"x" * 5000, -32700)
fault(b"Content-Length: 1000000\r\n\r\n" + b"[" * 1000000, -32700)
fault(b"Content-Length: %d\r\n\r\n%s" % (65 << 20, b" " * (65 << 20)), -32700)
for each in [pieces, order, nobody_waits, ends, while_checking, copy_dies, units, edits, layout]:
    each()
