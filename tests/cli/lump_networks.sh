# The small networks of the lumping suite; check-suites runs all of them.
bash "$SRC/tests/suites/lumping.sh" multistate multistate2 multisite2
