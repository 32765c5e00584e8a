"""Colours of the language on the pages, from the lists of the compiler."""
import os
import re

from pygments.lexer import RegexLexer, words
from pygments.lexers.special import TextLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Text

_ROOT = os.environ["CRNLC_SOURCE"]


def _list(path, pattern):
    with open(os.path.join(_ROOT, path), encoding="utf-8") as lines:
        return re.findall(pattern, lines.read(), re.M)


_WORDS = _list("frontend/text/word.def", r'^WORD\(\w+, "(\w+)", (\w+)\)')
_DECLARING = [w for w, role in _WORDS if role == "RESERVED"]
_OTHER = [w for w, role in _WORDS if role != "RESERVED"]
_FUNCTIONS = _list("frontend/builtin.def", r"^BUILTIN\((\w+),")


class CrnlLexer(RegexLexer):
    name = "crnl"
    tokens = {
        "root": [
            (r"///[^\n]*", String.Doc),
            (r"//[^\n]*", Comment.Single),
            (r"/\*(?:.|\n)*?\*/", Comment.Multiline),
            (r'"(?:\\.|[^"\\\n])*"?', String),
            (words(_DECLARING, r"\b", r"\b"), Keyword.Declaration),
            (words(_OTHER, r"\b", r"\b"), Keyword),
            (words(_FUNCTIONS, r"\b", r"(?=\()"), Name.Builtin),
            (r"\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", Number),
            (r"[A-Za-z_]\w*", Name),
            (r"<?[-=]>|[-+*/^=<>!&|?:;,.%]", Operator),
            (r"\s+|.", Text),
        ]
    }


def add_to(app):
    for name in ("crnl", "crnl-bad"):
        app.add_lexer(name, CrnlLexer)
    for name in ("output", "net", "net-bad", "sh-bad"):
        app.add_lexer(name, type(name, (TextLexer,), {"name": name}))
