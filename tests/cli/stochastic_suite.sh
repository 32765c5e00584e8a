exec bash "$SRC/tests/stat/suite.sh"
