# The language server on every example and on 200 broken texts reports what `crnlc check` does; fixes take reports away.
python3 -B "$SRC/tests/lsp/files.py"
