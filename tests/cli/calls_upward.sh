# The front end is a house with stairs: of the calls between its files ten at most go up.
python3 "$SRC/tests/cli/calls_upward.py" "$BUILD/frontend" "$SRC/frontend"
