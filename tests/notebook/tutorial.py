"""tutorial.py SRC FILE: the tutorial as a notebook, each block of the language a cell. tutorial.py SRC --compare FILE: what the
executed notebook shows is what the pages say."""
import base64
import glob
import os
import re
import sys

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

BLOCK = re.compile(r"^```(crnl(?:-bad)?)( [^\n]*)?\n(.*?)^```\n(?:\n```output\n(.*?)^```\n)?", re.M | re.S)


def blocks(src):
    for page in sorted(glob.glob(src + "/doc/tutorial/[0-9]*.md")):
        at, text = 0, open(page, encoding="utf-8").read()
        for found in BLOCK.finditer(text):
            if 'use "' not in found[3]:  # of a file that a command of the page makes
                yield page, text[at:found.start()], *found.groups()
            at = found.end()


PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]*)\)")


def page_cell(page, text):
    """A cell of text that brings its pictures along, as the notebook may lie anywhere."""
    attached = {}

    def attach(found):
        name = os.path.basename(found[2])
        with open(os.path.join(os.path.dirname(page), found[2]), "rb") as picture:
            attached[name] = {"image/svg+xml": base64.b64encode(picture.read()).decode()}
        return f"![{found[1]}](attachment:{name})"

    shown = PICTURE.sub(attach, text)
    return new_markdown_cell(shown, attachments=attached) if attached else new_markdown_cell(shown)


def stands(lines, said):
    """The lines of an output block, `...` for those left out, in order in the text."""
    at = 0
    for line in lines:
        if line == "...":
            continue
        at = said.find(line, at)
        if at < 0:
            return False
    return True


src, where = sys.argv[1], sys.argv[-1]
if sys.argv[2] != "--compare":
    cells = []
    for page, before, kind, name, code, output in blocks(src):
        cells += [page_cell(page, before), new_code_cell("%reset"), new_code_cell(code)]  # each is a program of its own
    kernel = {"name": "crnl", "display_name": "crnl", "language": "crnl"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), where)
    sys.exit()
cells = [c for c in nbformat.read(where, 4).cells if c.cell_type == "code" and c.source != "%reset"]
compared = pictures = 0
for cell, (page, before, kind, name, code, output) in zip(cells, blocks(src), strict=True):
    said = "".join(o.get("text", "") + "\n".join(o.get("traceback", [])) for o in cell.outputs)
    failed = any(o.output_type == "error" for o in cell.outputs)
    assert failed == (kind == "crnl-bad"), (page, code, said)
    pictures += sum("image/svg+xml" in o.get("data", {}) for o in cell.outputs)
    if output and (kind == "crnl-bad" or code.startswith("// run\n")):
        assert stands(output.splitlines(), said), (page, code, output, said)
        compared += 1
assert len(cells) > 25 and compared > 8 and pictures > 5, (len(cells), compared, pictures)
