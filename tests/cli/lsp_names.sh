# Definitions, uses, new names and outlines over open files and others; reports on files that are used; cancelled requests; the
# library where it is installed.
make -s -C "$BUILD" install-exec-am install-data-am DESTDIR="$PWD/root" >/dev/null 2>&1
crnlc=$(find root -path '*/bin/crnlc')
python3 -B "$SRC/tests/lsp/names.py" "$PWD/$crnlc" "$(find "$PWD/root" -path '*/share/crnlc/stdlib' -type d)"
