# Clients of the language server that break off, cut messages in pieces, send what is none, or change texts at any
# moment; places in UTF-16.
python3 -B "$SRC/tests/lsp/protocol.py"
