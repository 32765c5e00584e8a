"""check.py HTML: no link of the pages is dead, every place that a link names is there, and every picture has a text in its stead."""
import glob
import os
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.places, self.links, self.bare = set(), [], []
        with open(path, encoding="utf-8") as text:
            self.feed(text.read())

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        self.places.update(v for v in (has.get("id"), has.get("name") if tag == "a" else None) if v)
        self.links += [has[key] for key in ("href", "src") if has.get(key)]
        alt = (has.get("alt") or "").strip()
        if tag == "img" and (not alt or alt == has.get("src") or alt.endswith((".svg", ".png"))):
            self.bare.append(has.get("src"))


root = os.path.abspath(sys.argv[1])
pages = {p: Page(p) for p in glob.glob(root + "/**/*.html", recursive=True)}
wrong, links, pictures = [], 0, 0
for path, page in sorted(pages.items()):
    name = os.path.relpath(path, root)
    wrong += [f"{name}: the picture {src} has no text" for src in page.bare]
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or link == "#":
            continue
        links += 1
        target = os.path.normpath(os.path.join(os.path.dirname(path), unquote(parts.path))) if parts.path else path
        if not os.path.exists(target):
            wrong.append(f"{name}: {link} is not there")
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].places:
            wrong.append(f"{name}: {link} has no such place")
print("\n".join(wrong), end="\n" if wrong else "")
print(f"{len(pages)} pages, {links} links inside, {len(wrong)} faults")
sys.exit(1 if wrong or not pages else 0)
