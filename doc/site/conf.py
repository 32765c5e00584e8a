# The manual as a site, by Sphinx: pages.py has laid out the pages; crnl_lexer.py has the colours.
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import crnl_lexer
from docutils import nodes

project = "crnlc"
author = copyright = "The authors of crnlc"
extensions = ["myst_parser"]
myst_heading_anchors = 4
root_doc = "index"
smartquotes = False
html_theme = "furo"
html_title = "crnlc"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False
html_use_index = False
pygments_style = "friendly"
pygments_dark_style = "native"


def mark_short(app, doctree, docname):
    """Cells with a number or a word, which are not broken into lines: 2.6e-03 would be at its sign."""
    for cell in doctree.findall(nodes.entry):
        if len(cell.astext()) <= 20:
            cell["classes"].append("short")


def setup(app):
    crnl_lexer.add_to(app)
    app.connect("doctree-resolved", mark_short)
