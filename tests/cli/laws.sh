exec bash "$SRC/tests/stat/laws.sh"
