# Networks of the project, at random and of others changed in ways that must not change their numbers (tests/metamorphic).
data=${REFERENCE:-$SRC/../shared/data}
[ -d "$data" ] || { echo "networks of others are not at $data (set REFERENCE)"; exit 1; }
python3 "$SRC/tests/metamorphic/check.py" "$CRNLC" "$SRC" "$data"
