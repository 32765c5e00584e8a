"""A kernel for Jupyter whose cells are texts of the language .crnl.

    crnlc jupyter install

makes it known to Jupyter; doc/notebook.md says what a cell is and what it sees of those before it. The
protocol is that of ipykernel, over this module: programs run in the process of the kernel, and completion comes from
`crnlc lsp`.
"""
from __future__ import annotations

import base64
import csv
import html
import json
import os
import re
import shutil
import sys

from ipykernel.kernelbase import Kernel

from . import __version__
from ._cells import Cell, Session, ends_open
from ._program import Error, bundle
from ._server import Server

NAME = "crnl"
ROWS_SHOWN = 20
PICTURES = {".svg": "image/svg+xml", ".png": "image/png"}
TABLES = {".csv": ",", ".tsv": "\t"}
# Kinds of the language server, as Jupyter calls them.
KINDS = {2: "function", 3: "function", 6: "instance", 9: "module", 10: "param", 11: "unit", 14: "keyword"}


def _table(path: str, separator: str) -> tuple[str, str]:
    """The first and last rows of a file, as HTML and as plain text."""
    head: list[list[str]] = []
    tail: list[list[str]] = []
    count = 0
    with open(path, encoding="utf-8", errors="replace", newline="") as lines:
        for count, row in enumerate(csv.reader(lines, delimiter=separator)):
            if len(head) <= ROWS_SHOWN // 2:
                head.append(row)
            else:
                tail = [*tail[-(ROWS_SHOWN // 2) + 1:], row]
    left_out = count + 1 - len(head) - len(tail)
    gap = [["…"] * len(head[0])] if left_out > 0 and head else []
    rows = [*head, *gap, *tail]
    cell = lambda row, tag: "".join(f"<{tag}>{html.escape(x)}</{tag}>" for x in row)
    body = "".join(f"<tr>{cell(row, 'td')}</tr>" for row in rows[1:])
    title = f"{os.path.basename(path)}: {count} rows"
    head_row = cell(rows[0] if rows else [], "th")
    page = (f"<table><caption>{html.escape(title)}</caption><thead><tr>{head_row}</tr></thead>"
            f"<tbody>{body}</tbody></table>")
    return page, "\n".join([title, *(" ".join(row) for row in rows)])


class CrnlKernel(Kernel):
    implementation = "crnl"
    implementation_version = __version__
    banner = (f"crnlc {__version__}: chemical reaction networks. A cell has declarations, statements of an "
              "experiment, or both.")
    language_info = {"name": "crnl", "version": __version__, "mimetype": "text/x-crnl",
                     "file_extension": ".crnl", "pygments_lexer": "text"}
    help_links: list = []

    def __init__(self, **more) -> None:
        super().__init__(**more)
        self.session_of_cells = Session()
        self.server = Server([os.environ.get("CRNLC") or shutil.which("crnlc") or "crnlc", "lsp"])

    # ---- what is shown --------------------------------------------------------------------------------

    def _say(self, text: str, stream: str = "stdout") -> None:
        if text:
            self.send_response(self.iopub_socket, "stream", {"name": stream, "text": text})

    def _show(self, data: dict) -> None:
        self.send_response(self.iopub_socket, "display_data", {"data": data, "metadata": {}})

    def _show_file(self, path: str) -> None:
        kind = os.path.splitext(path)[1]
        name = os.path.basename(path)
        if not os.path.isfile(path):
            return
        if kind in PICTURES:
            with open(path, "rb") as picture:
                read = picture.read()
            shown = {PICTURES[kind]: base64.b64encode(read).decode()} if kind != ".svg" else bundle(
                read.decode(errors="replace"), name)
            self._show({**shown, "text/plain": f"picture {name}"})
        elif kind in TABLES:
            page, plain = _table(path, TABLES[kind])
            self._show({"text/html": page, "text/plain": plain})

    def _show_files(self, cell: Cell, run) -> None:
        for path in run.files:
            self._show_file(path)
        for path in cell.files_without_name(run.files):
            if os.path.exists(path):
                os.unlink(path)

    # ---- requests -------------------------------------------------------------------------------------

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False, **more):
        ok = {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}
        cell = Cell(code, self.execution_count)
        run = None
        try:
            warnings = self.session_of_cells.take(cell)
            if not silent:
                self._say(warnings, "stderr")
            stream = {False: "stdout", True: "stderr"}
            show = lambda text, is_message: self._say("" if silent else text, stream[is_message])
            for run in self.session_of_cells.runs(cell, show):
                run.execute()
                if not silent:
                    self._show_files(cell, run)
                run = None
            return ok
        except Error as e:
            name, value, text = e.code or "error", str(e).split("\n")[0], str(e)
            text = self.session_of_cells.placed(cell, text)
            value = text.split("\n")[0]
        except KeyboardInterrupt:
            name, value, text = "KeyboardInterrupt", "interrupted", "interrupted"
        except (OSError, ValueError) as e:
            name, value, text = type(e).__name__, str(e), str(e)
        if run is not None:
            run.show_rest()
        if run is not None and not silent:
            self._show_files(cell, run)  # what there was until then
        told = {"ename": name, "evalue": value, "traceback": text.rstrip("\n").split("\n")}
        if not silent:
            self.send_response(self.iopub_socket, "error", told)
        return {"status": "error", "execution_count": self.execution_count, **told}

    def do_complete(self, code, cursor_pos):
        cell = Cell(code, self.execution_count)
        start = cursor_pos
        while start > 0 and re.match(r"[A-Za-z0-9_]", code[start - 1]):
            start -= 1
        text, line, column = self.session_of_cells.place(cell, cursor_pos)
        found = []
        for item in self.server.completion(text, line, column):
            label = item.get("insertText", item["label"])
            begin = start
            if "textEdit" in item:  # a module, whose name has points
                begin = cursor_pos - (column - item["textEdit"]["range"]["start"]["character"])
            if label.startswith(code[begin:cursor_pos]):
                found.append((begin, label, KINDS.get(item.get("kind"), "instance")))
        begin = min((b for b, _, _ in found), default=start)
        found = [(label, kind) for b, label, kind in found if b == begin]
        kinds = [{"start": begin, "end": cursor_pos, "text": label, "type": kind} for label, kind in found]
        return {"status": "ok", "matches": [label for label, _ in found], "cursor_start": begin,
                "cursor_end": cursor_pos, "metadata": {"_jupyter_types_experimental": kinds}}

    def do_inspect(self, code, cursor_pos, detail_level=0, omit_sections=()):
        text, line, column = self.session_of_cells.place(Cell(code, self.execution_count), cursor_pos)
        hover = self.server.hover(text, line, column)
        data = {"text/markdown": hover, "text/plain": hover} if hover else {}
        return {"status": "ok", "found": bool(hover), "data": data, "metadata": {}}

    def do_is_complete(self, code):
        return {"status": "incomplete", "indent": "  "} if ends_open(code) else {"status": "complete"}

    def do_shutdown(self, restart):
        self.server.end()
        return {"status": "ok", "restart": restart}


# ---- crnlc jupyter ----------------------------------------------------------------------------------------

def specification() -> dict:
    """How Jupyter starts the kernel: by this Python, with the module and library of this one."""
    module = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    env = {"PYTHONPATH": module, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # else a debugger warns
    for name in ("CRNL_LIBRARY", "CRNLC"):
        if os.environ.get(name):
            env[name] = os.path.abspath(os.environ[name])
    return {"argv": [sys.executable, "-m", "crnl.kernel", "-f", "{connection_file}"], "display_name": "crnl",
            "language": "crnl", "interrupt_mode": "signal", "env": env}


def install(prefix: str | None) -> str:
    """Where it now is."""
    from jupyter_client.kernelspec import KernelSpecManager
    folder = os.path.join(os.environ.get("TMPDIR") or "/tmp", f"crnl-{os.urandom(8).hex()}")
    os.mkdir(folder, 0o700)
    try:
        with open(os.path.join(folder, "kernel.json"), "w", encoding="utf-8") as out:
            json.dump(specification(), out, indent=1)
        return KernelSpecManager().install_kernel_spec(folder, NAME, user=prefix is None, prefix=prefix)
    finally:
        shutil.rmtree(folder)


def main(words: list[str]) -> int:
    if words[:1] == ["install"]:
        print(f"Jupyter has the kernel crnl in {install(words[1] if len(words) > 1 else None)}")
        return 0
    from ipykernel.kernelapp import IPKernelApp
    IPKernelApp.launch_instance(argv=words, kernel_class=CrnlKernel)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
