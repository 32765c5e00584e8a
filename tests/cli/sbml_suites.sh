# A few cases of the suites that `make check-suites` runs in full: one or two of each kind.
bash "$SRC/tests/suites/sbml_semantic.sh" 00001 00010 00024 00077 00203 00462 00577 00602 00802 00871 00986 01013
bash "$SRC/tests/suites/sbml_stochastic.sh" 00002 00011 00019 00030
bash "$SRC/tests/suites/sbml_laws.sh"
