"""A client of `crnlc lsp` for tests: says what it is told to, keeps what comes back."""
import json
import os
import select
import subprocess
import time


class Client:
    """One server. `command` may put something in front of it, such as valgrind."""

    def __init__(self, command=None, **initialize):
        self.process = subprocess.Popen(command or [os.environ["CRNLC"], "lsp"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, bufsize=0)
        self.bytes = b""
        self.number = 0
        self.answers = {}  # by id
        self.told = []  # notifications
        self.version = {}
        if initialize.pop("initialize", True):
            parameters = {"processId": None, "rootUri": None, "capabilities": {}}
            parameters.update(initialize)
            self.capabilities = self.ask("initialize", parameters)["capabilities"]
            self.tell("initialized", {})

    def write(self, data):
        self.process.stdin.write(data)

    def send(self, message):
        body = json.dumps(dict(message, jsonrpc="2.0")).encode()
        self.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def tell(self, method, parameters):
        self.send({"method": method, "params": parameters})

    def begin(self, method, parameters):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": parameters})
        return self.number

    def read(self, seconds=60.0):
        """One message; None: the server has closed its end, or says nothing."""
        end = time.time() + seconds
        while True:
            head, mark, rest = self.bytes.partition(b"\r\n\r\n")
            if mark:
                length = int(head.split(b"Content-Length:")[1].split()[0])
                if len(rest) >= length:
                    self.bytes = rest[length:]
                    message = json.loads(rest[:length])
                    assert message["jsonrpc"] == "2.0", message
                    if "method" in message:
                        self.told.append(message)
                    else:
                        self.answers[message["id"]] = message
                    return message
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, end - time.time()))
            if not ready:
                return None
            got = os.read(self.process.stdout.fileno(), 1 << 20)
            if not got:
                return None
            self.bytes += got

    def answer(self, number):
        while number not in self.answers:
            assert self.read() is not None, "the server does not answer"
        return self.answers.pop(number)

    def ask(self, method, parameters):
        """The result of a request, which must not be refused."""
        message = self.answer(self.begin(method, parameters))
        assert "error" not in message, message
        return message["result"]

    def refused(self, method, parameters):
        message = self.answer(self.begin(method, parameters))
        assert "error" in message, message
        return message["error"]

    # -- texts --

    def open(self, uri, text):
        self.version[uri] = 1
        self.tell("textDocument/didOpen",
                  {"textDocument": {"uri": uri, "languageId": "crnl", "version": 1, "text": text}})

    def change(self, uri, *changes):
        """Each a text, for all of it, or (line, character, line, character, text)."""
        self.version[uri] += 1
        list_of = [{"text": c} if isinstance(c, str) else
                   {"range": {"start": {"line": c[0], "character": c[1]},
                              "end": {"line": c[2], "character": c[3]}}, "text": c[4]} for c in changes]
        self.tell("textDocument/didChange",
                  {"textDocument": {"uri": uri, "version": self.version[uri]}, "contentChanges": list_of})

    def close(self, uri):
        self.tell("textDocument/didClose", {"textDocument": {"uri": uri}})

    def diagnostics(self, uri):
        """Those of the last version."""
        while True:
            for message in self.told:
                p = message["params"]
                if (message["method"] == "textDocument/publishDiagnostics" and p["uri"] == uri
                        and p.get("version") == self.version[uri]):
                    self.told.remove(message)
                    return p["diagnostics"]
            assert self.read() is not None, "the server publishes no diagnostics"

    def at(self, method, uri, line, character, **more):
        return self.ask("textDocument/" + method, dict(
            more, textDocument={"uri": uri}, position={"line": line, "character": character}))

    def end(self):
        """The exit status after a good end."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        return self.process.wait(60)


def uri_of(path):
    import pathlib
    return pathlib.Path(path).resolve().as_uri()


def offset(text, place):
    """Of a place in UTF-16 units, in characters."""
    line = text.split("\n")[place["line"]]
    units = line.encode("utf-16-le")[:2 * place["character"]]
    return sum(len(l) + 1 for l in text.split("\n")[:place["line"]]) + len(units.decode("utf-16-le"))


def edited(text, edits):
    """The text after edits, which are places of the old one."""
    for e in sorted(edits, key=lambda e: (e["range"]["start"]["line"], e["range"]["start"]["character"]), reverse=True):
        text = text[:offset(text, e["range"]["start"])] + e["newText"] + text[offset(text, e["range"]["end"]):]
    return text
