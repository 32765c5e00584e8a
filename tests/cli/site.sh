# The manual as a site: no link is dead, every picture has a text; the check itself finds what is dead.
PYTHON=/usr/bin/python3
if ! "$PYTHON" -c 'import furo, myst_parser, sphinx' 2>/dev/null; then
    echo "no Sphinx with MyST and Furo"
    exit 77
fi
export PYTHONDONTWRITEBYTECODE=1
make -s -C "$BUILD" html >said 2>&1 || { cat said; exit 1; }
grep -q '^[1-9][0-9][0-9] pages, .* 0 faults$' said
pages=$BUILD/html/pages
for page in index doc/tutorial/1-first-network doc/language doc/formats doc/diag/index doc/diag/E0201 doc/results/index; do
    [ -s "$pages/$page.html" ] || { echo "no page $page"; exit 1; }
done
# Search knows the words of the pages; code has colours.
grep -q 'propens' "$pages/searchindex.js"
grep -q '<span class="kd">network</span>' "$pages/index.html"
# Every page is reached from the first one.
for page in $(cd "$SRC" && find doc -name '*.md' ! -path 'doc/diag/*' ! -path 'doc/results/*' | sed 's/\.md$//'); do
    grep -q "href=\"$page.html\"" "$pages/index.html" || { echo "$page is not in the table of contents"; exit 1; }
done
mkdir bad
cat >bad/a.html <<'END'
<html><body id="here"><a href="b.html">b</a><a href="#gone">gone</a><a href="#here">here</a><a href="https://example.org/x">out</a>
<img src="a.html" alt=""><img src="a.html" alt="Two curves"></body></html>
END
if "$PYTHON" "$SRC/doc/site/check.py" bad >found; then exit 1; fi
cat >expected <<'END'
a.html: the picture a.html has no text
a.html: b.html is not there
a.html: #gone has no such place
1 pages, 5 links inside, 3 faults
END
diff expected found
