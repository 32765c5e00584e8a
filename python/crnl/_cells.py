"""What cells of a notebook mean, one after the other: declarations stay, statements are an experiment."""
from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

from ._program import Error, _Code, _Run, _check

# What begins a declaration at the top level of a file; all else is a statement of an experiment.
DECLARING = ("use", "const", "param", "fn", "data", "network", "model", "experiment")
# Blanks, comments and texts, which hide what looks like an end; a text that is left open ends with its line.
_PIECE = re.compile(r'//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*"?|[A-Za-z_]\w*|\s+|.', re.DOTALL)


class Item:
    """A declaration or a statement: code[start:end], with the comment before it; `bare` is without."""

    def __init__(self, start: int, end: int, words: list[str], bare: str) -> None:
        self.start = start
        self.end = end
        self.words = words
        self.bare = bare
        self.kind = words[0] if words and words[0] in DECLARING else ""
        self.name = words[1] if self.kind and len(words) > 1 else ""

    @property
    def key(self) -> tuple[str, str]:
        """A declaration takes the place of an earlier one of the same key."""
        return (self.kind, self.bare) if self.kind == "use" else (str(self.kind == "experiment"), self.name)


def _pieces(code: str) -> Iterator[tuple[int, str]]:
    at = 0
    while at < len(code):
        piece = _PIECE.match(code, at).group()
        yield at, piece
        at += len(piece)


def _is_blank(piece: str) -> bool:
    return piece.isspace() or piece.startswith(("//", "/*"))


def items(code: str) -> list[Item]:
    """Each ends by `;` or by the brace that closes it; `else` goes on with what was closed."""
    found: list[Item] = []
    start, depth, words, bare, closed = 0, 0, [], "", None
    for at, piece in _pieces(code):
        if _is_blank(piece):
            continue
        if closed is not None:
            if piece == "else" or piece == ";":  # behind the brace: `} else {`, `fn f(x) = { ... };`
                start, words, bare = closed.start, closed.words, closed.bare
                found.pop()
            closed = None
        bare += piece
        if depth == 0 and len(words) < 2 and (piece[0].isalpha() or piece[0] in '_"'):
            words = [*words, piece]
        elif depth == 0 and not words:
            words = [""]
        depth += piece in ("{", "(", "[")
        depth -= piece in ("}", ")", "]") and depth > 0
        if depth == 0 and piece in (";", "}"):
            found.append(Item(start, at + 1, words, bare))
            closed = found[-1] if piece == "}" else None
            start, words, bare = at + 1, [], ""
    if any(not _is_blank(piece) for _, piece in _pieces(code[start:])):
        found.append(Item(start, len(code), words, bare))
    return found


def ends_open(code: str) -> bool:
    """A brace or a comment is not closed."""
    depth = 0
    for _, piece in _pieces(code):
        if piece.startswith("/*") and not (piece.endswith("*/") and len(piece) >= 4):
            return True
        depth += (piece in ("{", "(", "[")) - (piece in ("}", ")", "]"))
    return depth > 0


def _only(code: str, keep: list[Item]) -> str:
    """The text with all but these blanked out, so that what is left stands where it stood."""
    out, at = [], 0
    blank = lambda text: re.sub(r"[^\n]", " ", text)
    for item in keep:
        out += [blank(code[at:item.start]), code[item.start:item.end]]
        at = item.end
    return "".join([*out, blank(code[at:])])


class Settings:
    """Lines `%seed 3`, `%set k = 2` and `%reset`, which hold for one cell."""
    WORDS = ("%seed", "%set", "%reset")
    _LINE = re.compile(r"^[ \t]*(%\w*)([^\n]*)", re.M)

    def __init__(self, code: str) -> None:
        self.seed = 0
        self.values: dict[str, float] = {}
        self.reset = False
        self.wrong = ""  # what is wrong with them
        try:
            for found in self._LINE.finditer(code):
                self._take(found[1], found[2].strip().rstrip(";"))
        except ValueError:
            self.wrong = f"`{found[0].strip()}` is none of `%seed 3`, `%set k = 2` and `%reset`"
        self.code = self._LINE.sub(lambda found: " " * len(found[0]), code)

    def _take(self, word: str, rest: str) -> None:
        if word == "%seed" and 0 <= int(rest) < 2**64:
            self.seed = int(rest)
        elif word == "%set":
            name, _, value = rest.partition("=")
            self.values[name.strip()] = float(value)
        elif word == "%reset" and not rest:
            self.reset = True
        else:
            raise ValueError(word)


class Cell:
    def __init__(self, code: str, number: int) -> None:
        self.settings = Settings(code)
        code = self.settings.code
        self.code = code
        self.number = number
        self.label = f"In[{number}]"
        everything = items(code)
        self.declarations = [i for i in everything if i.kind]
        self.statements = [i for i in everything if not i.kind]
        self.experiment = f"cell_{number}"
        self.experiments = [i.name for i in self.declarations if i.kind == "experiment"]

    def text(self, closed: bool = True) -> str:
        """Declarations on the lines of the cell; statements, in an experiment, on as many lines behind."""
        head = _only(self.code, self.declarations)
        if not self.statements:
            return head + "\n"
        body = _only(self.code, self.statements)
        return f"{head}\nexperiment {self.experiment} {{\n{body}\n" + ("}\n" if closed else "")

    def line_of(self, line: int) -> int:
        """The line in the cell of one in text(), both from 1; 0: it is behind them."""
        n = self.code.count("\n") + 1
        return line if line <= n else line - n - 1 if self.statements and n + 1 < line <= 2 * n + 1 else 0

    def files_without_name(self, files: list[str]) -> list[str]:
        """What a plot without a file was written to, and what gnuplot read for it."""
        named = re.compile(rf"{self.experiment}(-\d+)?\.svg")
        found = [f for f in files if named.fullmatch(os.path.basename(f))]
        return [f + more for f in found for more in ("", ".gp", ".dat", ".dot")]


class Session:
    """The declarations of all cells so far, each with the cell that it is from."""

    def __init__(self) -> None:
        self.kept: list[tuple[Cell, Item]] = []

    def _others(self, cell: Cell) -> list[tuple[Cell, Item]]:
        """Those that the cell does not declare anew."""
        new = {i.key for i in cell.declarations}
        return [(c, i) for c, i in self.kept if i.key not in new]

    def _behind(self, cell: Cell) -> str:
        return "".join(c.code[i.start:i.end].strip("\n") + "\n" for c, i in self._others(cell))

    def take(self, cell: Cell) -> str:
        """Its declarations are kept if nothing is wrong with them. Warnings about it alone."""
        if cell.settings.wrong:
            raise ValueError(cell.settings.wrong)
        if cell.settings.reset:
            self.kept = []
        text = cell.text() + self._behind(cell)
        error = _check(cell.label, text)
        kept, self.kept = self.kept, [*self._others(cell), *((cell, i) for i in cell.declarations)]
        if error is not None and any(d.severity == "error" for d in error.diagnostics):
            self.kept = kept
            raise error
        return self._about(cell, self.placed(cell, str(error))) if error is not None else ""

    @staticmethod
    def _about(cell: Cell, text: str) -> str:
        """Each message begins with its place."""
        messages = re.split(r"^(?=\S+:\d+:)", text, flags=re.M)
        return "".join(m.rstrip("\n") + "\n" for m in messages if m.startswith(cell.label + ":"))

    def runs(self, cell: Cell, show: Callable[[str, bool], None]) -> Iterator[_Run]:
        """Of the experiments that the cell declares, and of its statements; `show` takes what they print."""
        text = cell.text() + self._behind(cell)
        for name in [*cell.experiments, *([cell.experiment] if cell.statements else [])]:
            code = _Code(cell.label, text, experiment=name)
            yield _Run(code, seed=cell.settings.seed, values=cell.settings.values, show=show)

    def place(self, cell: Cell, offset: int) -> tuple[str, int, int]:
        """A text with all declarations, and line and byte of a place of the cell in it, both from 0."""
        before = self._behind(cell)
        line = cell.code.count("\n", 0, offset)
        column = len(cell.code[cell.code.rfind("\n", 0, offset) + 1:offset].encode())
        # White space behind an item belongs to none: one goes on with a statement there.
        inside = next((i for i in cell.declarations if i.start < offset <= i.end), None)
        head = _only(cell.code, cell.declarations)
        if inside is not None or not cell.statements and not cell.code.strip():
            return before + head, before.count("\n") + line, column
        body = _only(cell.code, cell.statements)
        opened = f"{before}{head}\nexperiment {cell.experiment} {{\n"
        return f"{opened}{body}\n}}\n", opened.count("\n") + line, column

    def placed(self, cell: Cell, text: str) -> str:
        """Messages about the text of `take`, with the cells and lines that a reader has."""
        where: list[tuple[str, int]] = []
        n = cell.text().count("\n")
        for line in range(1, n + 1):
            where.append((cell.label, cell.line_of(line)))
        for c, i in self._others(cell):
            code = c.code[i.start:i.end]
            first = c.code.count("\n", 0, i.start) + 1 + len(code) - len(code.lstrip("\n"))
            where += [(c.label, first + k) for k in range(code.strip("\n").count("\n") + 1)]

        def place(line: int) -> tuple[str, int]:
            return where[line - 1] if 0 < line <= len(where) else (cell.label, line)

        def head(found: re.Match) -> str:
            label, line = place(int(found[1]))
            return f"{label}:{line}:"

        def gutter(found: re.Match) -> str:
            line = str(place(int(found[1]))[1])
            return line.rjust(len(found[0]) - 2) + " |"

        text = re.sub(rf"^{re.escape(cell.label)}:(\d+):", head, text, flags=re.M)
        return re.sub(r"^ *(\d+) \|", gutter, text, flags=re.M)
