# files: UNIT_TEST_FILES = tests/unit/*.h tests/unit/*.c tests/stat/*.h tests/stat/*.c
UNIT_TEST_FILES =
# end
# stems: UNIT_TESTS = tests/unit/test_*.c tests/stat/test_*.c
UNIT_TESTS =
# end
check_PROGRAMS += $(UNIT_TESTS)
