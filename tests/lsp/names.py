"""Places of definitions, uses, renames and outlines in texts of which they are known, over files that are open and
files that are not; reports on files that are used; requests that are cancelled."""
import os
import re
import sys
import time

from client import Client, edited, uri_of

# Each name of the texts is followed by nothing that is part of it: places are found by the word and the number of its turn.
LIB = """/// How fast.
const K = 2;

/// Falls apart.
network decay(k = K) {
  species A = 1, B;
  A ->{k} B;
}
"""
MAIN = """use "lib.crnl";
network two {
  a: decay(k = K);
  species C;
  a.A ->{1} C;
}
experiment main {
  run decay with k = 3 for 1;
  run two for 1;
  print decay.A, decay.k, two.a.A, two.C;
  let A = 1;
  print A;
}
"""
OTHER = """use "lib.crnl";
experiment other { run decay for K; print decay.A; }
"""
UNRELATED = """const K = 5;
experiment lib { print K; }
"""


def place(text, word, turn=0):
    """The turn-th time that the word stands there as a word of its own: line and character."""
    at = [m.start() for m in re.finditer(r"(?<!\w)%s(?!\w)" % word, text)][turn]
    return text.count("\n", 0, at), at - (text.rfind("\n", 0, at) + 1)


def span(text, word, turn=0):
    line, column = place(text, word, turn)
    return line, column, line, column + len(word)


def spans(places):
    """{file name: sorted spans}"""
    found = {}
    for p in places:
        r = p["range"]
        found.setdefault(os.path.basename(p["uri"]), []).append(
            (r["start"]["line"], r["start"]["character"], r["end"]["line"], r["end"]["character"]))
    assert all(len(v) == len(set(v)) for v in found.values())
    return {k: sorted(v) for k, v in found.items()}


files = {"lib.crnl": LIB, "main.crnl": MAIN, "other.crnl": OTHER, "unrelated.crnl": UNRELATED}
for name, text in files.items():
    open(name, "w").write(text)
uri = {name: uri_of(name) for name in files}
c = Client()
c.open(uri["main.crnl"], MAIN)
assert c.diagnostics(uri["main.crnl"]) == []


def references(name, word, turn=0, declaration=True):
    line, column = place(files[name], word, turn)
    return spans(c.at("references", uri[name], line, column, context={"includeDeclaration": declaration}))


# Uses: in the file that declares, in this one, in one that nobody has open; not in one that has a name like it.
of_k = {"lib.crnl": [span(LIB, "K", 0), span(LIB, "K", 1)], "main.crnl": [span(MAIN, "K")],
        "other.crnl": [span(OTHER, "K")]}
assert references("main.crnl", "K") == of_k, references("main.crnl", "K")
of_a = {"lib.crnl": [span(LIB, "A", 0), span(LIB, "A", 1)],
        "main.crnl": [span(MAIN, "A", 0), span(MAIN, "A", 1), span(MAIN, "A", 2)], "other.crnl": [span(OTHER, "A")]}
assert references("main.crnl", "A", 1) == of_a, references("main.crnl", "A", 1)
without = {"lib.crnl": of_a["lib.crnl"][1:], "main.crnl": of_a["main.crnl"], "other.crnl": of_a["other.crnl"]}
assert references("main.crnl", "A", 1, declaration=False) == without
assert references("main.crnl", "A", 4) == {"main.crnl": [span(MAIN, "A", 3), span(MAIN, "A", 4)]}
assert references("main.crnl", "C") == {"main.crnl": [span(MAIN, "C", i) for i in range(3)]}
# The same from a file that is open beside it, and where one differs from what is on disk.
c.open(uri["other.crnl"], OTHER + "// more\nconst J = K;\n")
c.diagnostics(uri["other.crnl"])
more = OTHER + "// more\nconst J = K;\n"
assert references("main.crnl", "K") == dict(of_k, **{"other.crnl": [span(OTHER, "K"), span(more, "K", 1)]})
c.close(uri["other.crnl"])

# Definitions, in another file and in the library, where that is installed.
line, column = place(MAIN, "decay", 1)
assert spans([c.at("definition", uri["main.crnl"], line, column)]) == {"lib.crnl": [span(LIB, "decay")]}
assert spans([c.at("definition", uri["main.crnl"], 0, 6)]) == {"lib.crnl": [(0, 0, 0, 0)]}

# A new name, in all files, open or not; names that are taken, that are none, and those of the library are refused.
line, column = place(MAIN, "A", 1)
assert c.at("prepareRename", uri["main.crnl"], line, column)["placeholder"] == "A"
changes = c.at("rename", uri["main.crnl"], line, column, newName="Alpha")["changes"]
assert spans([dict(e, uri=u) for u, edits in changes.items() for e in edits]) == of_a
renamed = {n: edited(t, changes.get(uri[n], [])) for n, t in files.items()}
assert renamed["lib.crnl"] == LIB.replace("A = 1", "Alpha = 1").replace("A ->", "Alpha ->")
assert renamed["other.crnl"] == OTHER.replace("decay.A", "decay.Alpha") and renamed["unrelated.crnl"] == UNRELATED
assert renamed["main.crnl"] == MAIN.replace("a.A", "a.Alpha").replace("decay.A", "decay.Alpha"), renamed["main.crnl"]
for name, code in [("B", -32803), ("network", -32602), ("2a", -32602), ("", -32602)]:
    refused = c.refused("textDocument/rename", {"textDocument": {"uri": uri["main.crnl"]}, "newName": name,
                                                "position": {"line": line, "character": column}})
    assert refused["code"] == code, (name, refused)

# The outline.
outline = c.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri["main.crnl"]}})
assert [(s["name"], [child["name"] for child in s["children"]]) for s in outline] == [
    ("two", ["a", "C"]), ("main", [])], outline
assert [s["kind"] for s in (*outline, *outline[0]["children"])] == [2, 6, 19, 8], outline
r = outline[0]["range"], outline[0]["selectionRange"]
assert (r[0]["start"], r[0]["end"]) == ({"line": 1, "character": 0}, {"line": 5, "character": 1}), r
assert r[1]["start"] == {"line": 1, "character": 8}

# What is wrong in a file that is used stands at its place there, and at the `use` here; once it is right, it is taken back.
bad = LIB.replace("->{k}", "->{kk}")


def said(name):
    """The last reports on the file that are not of its own document: those have a version."""
    found = None
    for m in c.told:
        if m["method"] == "textDocument/publishDiagnostics" and m["params"]["uri"] == uri[name] and "version" not in m["params"]:
            found = m["params"]["diagnostics"]
    return found


opened = {"main.crnl": MAIN}


def settled():
    """What is said of main.crnl once each open document has been looked at anew."""
    c.told.clear()
    of = {}
    for name, text in opened.items():
        c.change(uri[name], text)
        of[name] = c.diagnostics(uri[name])
    c.at("hover", uri["main.crnl"], 0, 0)  # what is said on other files has come before the answer
    return of["main.crnl"]


open("lib.crnl", "w").write(bad)
c.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri["lib.crnl"], "type": 2}]})
(here,) = settled()
assert here["range"]["start"] == {"line": 0, "character": 0} and here["range"]["end"]["line"] == 0, here
assert here["range"]["end"]["character"] >= len('use "lib.crnl"') and "lib.crnl" in here["message"], here
(there,) = said("lib.crnl")
line, column = place(bad, "kk")
assert there["range"]["start"] == {"line": line, "character": column} and there["code"] == "E0201", there
# Two documents say it, once; it goes when the last of them is closed, and comes from the file's own document when it is open.
c.open(uri["other.crnl"], OTHER)
c.diagnostics(uri["other.crnl"])
opened["other.crnl"] = OTHER
settled()
assert len(said("lib.crnl")) == 1
c.open(uri["lib.crnl"], bad)
assert [d["code"] for d in c.diagnostics(uri["lib.crnl"])] == ["E0201"]
settled()
assert said("lib.crnl") is None
c.close(uri["lib.crnl"])
settled()
assert len(said("lib.crnl")) == 1
open("lib.crnl", "w").write(LIB)
c.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri["lib.crnl"], "type": 2}]})
assert settled() == [] and said("lib.crnl") in ([], None)
c.change(uri["other.crnl"], OTHER + "//")
assert c.diagnostics(uri["other.crnl"]) == []
c.close(uri["other.crnl"])
del opened["other.crnl"]
assert settled() == [] and said("lib.crnl") is None

# Cancelled: what is under way is refused as such, and ended; what is done or was never asked is no matter.
slow = ("fn f(n) = sum(i in 0..300 : sum(j in 0..300 : sum(k in 0..300 : sin(n + i * j - k))));\nconst c = f(1);\n"
        "network n { species A = c; A -> 0; }\n")
c.open("file:///slow.crnl", slow)
number = c.begin("textDocument/rename", {"textDocument": {"uri": "file:///slow.crnl"}, "newName": "Z",
                                         "position": {"line": 2, "character": 20}})
time.sleep(0.2)
c.tell("$/cancelRequest", {"id": number})
began = time.time()
answer = c.answer(number)
assert answer["error"]["code"] == -32800 and time.time() - began < 10, answer
c.tell("$/cancelRequest", {"id": number})
c.tell("$/cancelRequest", {"id": 99999})
c.tell("$/cancelRequest", {})
assert c.at("hover", uri["main.crnl"], 1, 9)
c.close("file:///slow.crnl")
assert c.end() == 0

# The library as files: a definition lies there, and what is declared there can be asked for its uses, but not renamed.
if len(sys.argv) > 1:
    text = "use std.majority;\nnetwork n { species X = 3, Y = 2, Z, W, V; m: approximate_majority(X, Y, Z); }\n"
    library = os.path.join(sys.argv[2], "majority.crnl")
    found = re.search(r"^network (\w+)", open(library).read(), re.M)
    text = text.replace("approximate_majority", found[1])
    c = Client(command=[sys.argv[1], "lsp"])
    c.open("file:///n.crnl", text)
    at = text.split("\n")[1].index(found[1])
    got = c.at("definition", "file:///n.crnl", 1, at)
    source = open(library).read()
    assert got["uri"] == uri_of(library), got
    assert got["range"]["start"] == dict(zip(("line", "character"), place(source, found[1]))), got
    got = c.at("definition", "file:///n.crnl", 0, 6)
    assert got["uri"] == uri_of(library), got
    refused = c.refused("textDocument/rename", {"textDocument": {"uri": "file:///n.crnl"}, "newName": "other",
                                                "position": {"line": 1, "character": at}})
    assert "library" in refused["message"], refused
    assert c.end() == 0
