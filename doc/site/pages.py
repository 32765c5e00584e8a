"""pages.py SOURCE TO: lays out the Markdown of the tree for Sphinx. README.md becomes the first page, with the table
of contents; messages, results and examples get a page that lists them; files that pages link to come along."""
import glob
import os
import re
import shutil
import sys

LINK = re.compile(r"(\]\()([^)#\s]*)(#[^)\s]*)?(\))")
PARTS = [
    ("Tutorial", ["doc/tutorial/README.md", "doc/tutorial/[0-9]*.md"]),
    ("Reference", ["doc/language.md", "doc/METHODS.md", "doc/figures.md", "doc/gallery.md", "doc/python.md",
                   "doc/notebook.md", "doc/editors.md", "doc/mpi.md", "doc/diff.md", "doc/GLOSSARY.md",
                   "grammar/reference.md", "examples/index.md", "examples/tasks/index.md"]),
    ("Formats", ["doc/formats.md", "doc/import.md"]),
    ("Messages", ["doc/mistakes.md", "doc/diag/index.md"]),
    ("Results", ["doc/results/index.md", "doc/compared.md"]),
    ("Inside", ["doc/ARCHITECTURE.md", "doc/IR.md", "doc/PASSES.md", "doc/HACKING.md", "CONTRIBUTING.md",
                "CHANGELOG.md"]),
]


def title(path):
    with open(path, encoding="utf-8") as page:
        return next((line[2:].strip() for line in page if line.startswith("# ")), os.path.basename(path))


def toctree(entries, caption="", options=()):
    lines = ["```{toctree}", *([f":caption: {caption}"] if caption else []), *options, "", *entries, "```", ""]
    return "\n".join(lines)


def list_of(source, to, folder, heading, lead):
    """A page of links to all pages of a folder."""
    names = sorted(os.path.basename(p) for p in glob.glob(f"{source}/{folder}/*.md"))
    rows = [f"- [{title(f'{source}/{folder}/{name}')}]({name})" for name in names]
    write(f"{to}/{folder}/index.md", "\n".join([f"# {heading}", "", lead, "", *rows, "",
                                               toctree([n[:-3] for n in names], options=[":hidden:"])]))


def examples(source, to, folder, heading):
    """What each example of a folder is about: its first comment."""
    rows = [f"# {heading}", "", "| file | |", "| --- | --- |"]
    os.makedirs(f"{to}/{folder}", exist_ok=True)
    for path in sorted(glob.glob(f"{source}/{folder}/*.crnl")):
        name = os.path.basename(path)
        with open(path, encoding="utf-8") as text:
            found = re.match(r"(?:///? ?[^\n]*\n)+", text.read())
        about = " ".join(re.sub(r"^///? ?", "", found[0], flags=re.M).split()) if found else ""
        shutil.copy(path, f"{to}/{folder}/{name}")
        rows.append(f"| [{name}]({name}) | {about.replace('|', chr(92) + '|')} |")
    write(f"{to}/{folder}/index.md", "\n".join([*rows, ""]))


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def main(source, to):
    shutil.rmtree(to, ignore_errors=True)
    patterns = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "doc/**/*.md", "grammar/*.md")
    pages = [os.path.relpath(p, source) for pattern in patterns
             for p in glob.glob(f"{source}/{pattern}", recursive=True)]
    for page in pages:
        folder = os.path.dirname(page)

        def link(found):
            start, path, anchor, end = found.groups()
            if not path or "://" in path or path.startswith("mailto:"):
                return found[0]
            target = os.path.normpath(os.path.join(folder, path))
            if target == "README.md":
                path = os.path.join(os.path.relpath(".", folder or "."), "index.md")
            elif os.path.isdir(f"{source}/{target}"):  # a page lists what is there
                path = os.path.join(path, "index.md")
            elif os.path.isfile(f"{source}/{target}") and not target.endswith(".md"):
                os.makedirs(os.path.dirname(f"{to}/{target}") or to, exist_ok=True)
                shutil.copy(f"{source}/{target}", f"{to}/{target}")
            return start + path + (anchor or "") + end

        with open(f"{source}/{page}", encoding="utf-8") as text:
            changed = LINK.sub(link, text.read())
        if page == "README.md":
            parts = []
            for caption, patterns in PARTS:
                entries = [os.path.relpath(p, source)[:-3] for pattern in patterns
                           for p in sorted(glob.glob(f"{source}/{pattern}")) or [f"{source}/{pattern}"]]
                parts.append(toctree(entries, caption, [":hidden:", ":maxdepth: 1"]))
            changed += "\n" + "\n".join(parts)
        write(f"{to}/{'index.md' if page == 'README.md' else page}", changed)
    examples(source, to, "examples", "Examples")
    examples(source, to, "examples/tasks", "Common tasks")
    list_of(source, to, "doc/diag", "Messages",
            "What each message means, with a text that provokes it and one that does not: `crnlc explain E0201` "
            "prints the page.")
    list_of(source, to, "doc/results", "Results", "What was measured, how, and on which machine.")


main(*sys.argv[1:3])
