# Networks that are made from others have no names but those that the walk of `check` declares.
python3 "$SRC/tests/cli/members.py" "$CRNLC" "$SRC" 100
