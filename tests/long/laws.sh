# Every kernel of ssa against the master equation with a hundred times the runs of tests/cli/laws.sh.
RUNS=200000 exec bash "$SRC/tests/stat/laws.sh"
