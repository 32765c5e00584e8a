"""A client of `crnlc lsp`, as much of one as a kernel needs: completion and hover in one text."""
from __future__ import annotations

import json
import os
import select
import subprocess
import time
from typing import Any, Optional

SECONDS = 10
_URI = "file:///cell.crnl"


class Server:
    """Started with the first question, and anew where it has ended. None is the answer where none comes."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.process: Optional[subprocess.Popen] = None
        self.bytes = b""
        self.number = 0

    def _send(self, method: str, params: Any, number: Optional[int] = None) -> None:
        assert self.process is not None and self.process.stdin is not None
        message = {"jsonrpc": "2.0", "method": method, "params": params, **({"id": number} if number else {})}
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def _read(self, end: float) -> Optional[dict]:
        assert self.process is not None and self.process.stdout is not None
        while True:
            head, mark, rest = self.bytes.partition(b"\r\n\r\n")
            if mark:
                length = int(head.split(b"Content-Length:")[1].split()[0])
                if len(rest) >= length:
                    self.bytes = rest[length:]
                    return json.loads(rest[:length])
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, end - time.monotonic()))
            got = os.read(self.process.stdout.fileno(), 1 << 16) if ready else b""
            if not got:
                return None
            self.bytes += got

    def _ask(self, method: str, params: Any) -> Any:
        self.number += 1
        self._send(method, params, self.number)
        end = time.monotonic() + SECONDS
        while (message := self._read(end)) is not None:
            if message.get("id") == self.number:
                return message.get("result")
        self.end()
        return None

    def _start(self) -> None:
        if self.process is None or self.process.poll() is not None:
            self.bytes = b""
            # A session of its own: Ctrl-C is for the kernel alone.
            pipe = subprocess.PIPE
            self.process = subprocess.Popen(self.command, stdin=pipe, stdout=pipe, bufsize=0,
                                            start_new_session=True)
            self._ask("initialize", {"processId": os.getpid(), "rootUri": None,
                                     "capabilities": {"general": {"positionEncodings": ["utf-8"]}}})
            if self.process is not None:
                self._send("initialized", {})

    def _at(self, method: str, text: str, line: int, column: int) -> Any:
        try:
            self._start()
            if self.process is None:
                return None
            document = {"uri": _URI, "languageId": "crnl", "version": 1, "text": text}
            self._send("textDocument/didOpen", {"textDocument": document})
            answer = self._ask(method, {"textDocument": {"uri": _URI},
                                        "position": {"line": line, "character": column}})
            if self.process is not None:
                self._send("textDocument/didClose", {"textDocument": {"uri": _URI}})
            return answer
        except OSError:  # there is no crnlc, or it has ended
            self.end()
            return None

    def completion(self, text: str, line: int, column: int) -> list[dict]:
        return self._at("textDocument/completion", text, line, column) or []

    def hover(self, text: str, line: int, column: int) -> str:
        answer = self._at("textDocument/hover", text, line, column)
        return answer["contents"]["value"] if answer else ""

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    pipe.close()
            self.process = None
