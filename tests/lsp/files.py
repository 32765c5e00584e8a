"""Examples, the library and 200 texts that were made from them by cutting and changing: the server reports what `crnlc check`
reports, answers everywhere, and a fix that it offers takes its report away."""
import glob
import json
import os
import random
import subprocess

from client import Client, edited, uri_of

SRC = os.environ["SRC"]
draw = random.Random(20)


def broken(text):
    """One to three mistakes of the kinds that typing makes."""
    for _ in range(draw.randrange(1, 4)):
        i = draw.randrange(len(text))
        k = min(len(text), i + draw.choice([1, 1, 3, 20, 200]))
        text = draw.choice([
            lambda: text[:i],
            lambda: text[:i] + text[k:],
            lambda: text[:i] + draw.choice(list("{}();,.=\"/+->αx0 \n")) + text[i:],
            lambda: text[:i] + text[i:k][::-1] + text[k:],
            lambda: text[:i] + text[draw.randrange(len(text)):][:60] + text[i:],
        ])() or " "
    return text


good = {}
for name in sorted(glob.glob(SRC + "/examples/*.crnl") + glob.glob(SRC + "/stdlib/*.crnl")):
    good[name] = open(name, encoding="utf-8").read()
texts = dict(good)
small = [t for n, t in good.items() if len(t) < 6000]
os.makedirs("broken", exist_ok=True)
for number in range(200):
    name = os.path.abspath("broken/%03d.crnl" % number)
    texts[name] = broken(draw.choice(small))
    open(name, "w", encoding="utf-8", newline="").write(texts[name])

checked = subprocess.run([os.environ["CRNLC"], "check", "--json", "--max-errors", "100000"] + list(texts),
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
expected = {name: set() for name in texts}
for report in json.loads(checked.stdout):
    if "file" in report and report["file"] in expected:
        expected[report["file"]].add((report["code"], report["line"] - 1))

client = Client()
fixes = fixed = asked = 0
for name, text in texts.items():
    uri = uri_of(name)
    client.open(uri, text)
    found = client.diagnostics(uri)
    if len(found) < 200:
        got = {(d["code"], d["range"]["start"]["line"]) for d in found if d["range"]["end"] != d["range"]["start"] or d["range"]["start"]["line"]}
        missing = {e for e in expected[name] if e not in {(d["code"], d["range"]["start"]["line"]) for d in found}}
        assert not missing, (name, missing, found)
    lines = text.split("\n")
    client.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    for _ in range(4):
        line = draw.randrange(len(lines))
        column = draw.randrange(len(lines[line]) + 1)
        for method in ["hover", "completion", "definition", "documentHighlight", "prepareRename"]:
            client.at(method, uri, line, column)
            asked += 1
    if found and fixes < 60 and name not in good:
        everything = {"start": {"line": 0, "character": 0}, "end": {"line": len(lines), "character": 0}}
        for action in client.ask("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": everything,
                                                             "context": {"diagnostics": []}})[:2]:
            old = action["diagnostics"][0]
            client.change(uri, edited(text, action["edit"]["changes"][uri]))
            left = [d for d in client.diagnostics(uri) if (d["code"], d["message"], d["range"]["start"]) ==
                    (old["code"], old["message"], old["range"]["start"])]
            fixes += 1
            fixed += not left
            client.change(uri, text)
            client.diagnostics(uri)
    client.close(uri)
assert asked > 4000
print("%d of %d fixes take their report away" % (fixed, fixes))
assert fixes >= 20 and fixed == fixes
assert client.end() == 0
