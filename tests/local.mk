# files: TEST_SUPPORT = tests/*.sh tests/*.awk tests/*.supp tests/unit/*.h tests/stat/*.h tests/fuzz/*.h
TEST_SUPPORT = \
  tests/check_diag.sh \
  tests/check_headers.sh \
  tests/check_layers.sh \
  tests/check_lists.sh \
  tests/check_orders.sh \
  tests/check_packages.sh \
  tests/check_passes.sh \
  tests/check_wide.sh \
  tests/compare_numbers.awk \
  tests/fuzz/fuzz_file.h \
  tests/fuzz/fuzz_folder.h \
  tests/fuzz/fuzz_import.h \
  tests/leaks.supp \
  tests/run_all.sh \
  tests/run_bad.sh \
  tests/run_case.sh \
  tests/run_check.sh \
  tests/run_cli.sh \
  tests/run_conditions.sh \
  tests/run_diff.sh \
  tests/run_doc.sh \
  tests/run_fuzz.sh \
  tests/run_golden.sh \
  tests/run_ir.sh \
  tests/run_lib.sh \
  tests/run_roundtrip.sh \
  tests/run_run.sh \
  tests/run_unit.sh \
  tests/sedml_parts.sh \
  tests/unit/ir_random.h \
  tests/unit/ir_text.h \
  tests/unit/kernel_run.h \
  tests/unit/model_builder.h \
  tests/unit/pass_check.h \
  tests/unit/pass_random.h \
  tests/unit/test_harness.h
# end
# stems: UNIT_TESTS = tests/unit/test_*.c tests/stat/test_*.c
UNIT_TESTS = \
  tests/unit/test_boltzmann \
  tests/unit/test_bounded \
  tests/unit/test_cascade \
  tests/unit/test_certify \
  tests/unit/test_certify_conservation \
  tests/unit/test_certify_equal \
  tests/unit/test_certify_products \
  tests/unit/test_certify_rails \
  tests/unit/test_certify_single_rail \
  tests/unit/test_conditions \
  tests/unit/test_diag \
  tests/unit/test_emit \
  tests/unit/test_events \
  tests/unit/test_expr \
  tests/unit/test_fact \
  tests/unit/test_fact_chain \
  tests/unit/test_fused \
  tests/unit/test_hash_index \
  tests/unit/test_ilu \
  tests/unit/test_interp \
  tests/unit/test_interpret \
  tests/unit/test_jit \
  tests/unit/test_json_parse \
  tests/unit/test_kernel_laws \
  tests/unit/test_lanes \
  tests/unit/test_learn \
  tests/unit/test_limit \
  tests/unit/test_lower \
  tests/unit/test_lower_boltzmann \
  tests/unit/test_match \
  tests/unit/test_meeting \
  tests/unit/test_net \
  tests/unit/test_num \
  tests/unit/test_ode \
  tests/unit/test_output \
  tests/unit/test_parse \
  tests/unit/test_pass \
  tests/unit/test_picture \
  tests/unit/test_plan \
  tests/unit/test_reaction_lines \
  tests/unit/test_rejection \
  tests/unit/test_rosenbrock \
  tests/unit/test_run \
  tests/unit/test_server \
  tests/unit/test_ssa \
  tests/unit/test_sums \
  tests/unit/test_tape \
  tests/unit/test_text \
  tests/unit/test_turns
# end
# Tests of emitted code hold LLVM objects themselves.
tests_unit_test_emit_CPPFLAGS = $(AM_CPPFLAGS) $(LLVM_CPPFLAGS)
tests_unit_test_jit_CPPFLAGS = $(AM_CPPFLAGS) $(LLVM_CPPFLAGS)
# stems: FUZZ_TARGETS = tests/fuzz/fuzz_*.c
FUZZ_TARGETS = \
  tests/fuzz/fuzz_checkpoint \
  tests/fuzz/fuzz_compile \
  tests/fuzz/fuzz_data_course \
  tests/fuzz/fuzz_data_csv \
  tests/fuzz/fuzz_data_idx \
  tests/fuzz/fuzz_data_idx_gz \
  tests/fuzz/fuzz_data_npy \
  tests/fuzz/fuzz_data_npz \
  tests/fuzz/fuzz_data_split \
  tests/fuzz/fuzz_import_antimony \
  tests/fuzz/fuzz_import_bionetgen \
  tests/fuzz/fuzz_import_crn \
  tests/fuzz/fuzz_import_json \
  tests/fuzz/fuzz_import_list \
  tests/fuzz/fuzz_import_petab \
  tests/fuzz/fuzz_import_sbml \
  tests/fuzz/fuzz_import_sedml \
  tests/fuzz/fuzz_interpretation \
  tests/fuzz/fuzz_lsp \
  tests/fuzz/fuzz_net_read \
  tests/fuzz/fuzz_neural \
  tests/fuzz/fuzz_parse
# end

# Every test program is linked with everything. A fuzz target has no main: it comes from libFuzzer, or from
# tests/fuzz/replay.c, which the linker takes only where main is missing.
check_LIBRARIES = libreplay.a libfuzz.a
libreplay_a_SOURCES = tests/fuzz/replay.c
libfuzz_a_SOURCES = tests/fuzz/file.c tests/fuzz/folder.c tests/fuzz/import.c
if FUZZ
LDADD = libfuzz.a $(ALL_LDADD) $(FUZZ_ENGINE)
else
LDADD = libfuzz.a libreplay.a $(ALL_LDADD) $(CMOCKA_LIBS)
endif
EXTRA_PROGRAMS = $(UNIT_TESTS) $(FUZZ_TARGETS)
CLEANFILES += $(EXTRA_PROGRAMS)
$(EXTRA_PROGRAMS): libcrnl_rt.a

# Those of the programs $(2) that ONLY names, where they count as tests of kind $(1): the rule of tests/run_all.sh, so that no
# other is linked.
named = $(if $(ONLY),$(foreach p,$(2),$(if $(strip $(foreach w,$(ONLY),$(findstring $(w),$(1)/$(p))$(findstring $(p),$(w)))),$(p))),$(2))
NAMED_UNIT = $(call named,unit,$(UNIT_TESTS))
NAMED_FUZZ = $(call named,fuzz,$(FUZZ_TARGETS))

RUN_TESTS = BUILD=$(abs_top_builddir) CRNLC=$(abs_top_builddir)/crnlc$(EXEEXT) bash $(top_srcdir)/tests/run_all.sh

# make check ONLY='golden/bad run/toggle' runs the tests whose names contain one of the words.
if FUZZ
check-local: $(FUZZ_TARGETS)
	@echo "Built for fuzzing: use 'make fuzz'."
else
check-local: $(NAMED_UNIT) $(NAMED_FUZZ)
	@SBML='$(SBML)' XML2='$(XML2)' UNIT_TESTS='$(NAMED_UNIT)' FUZZ_TARGETS='$(NAMED_FUZZ)' ONLY='$(ONLY)' $(RUN_TESTS)
endif

# The suites of ../shared/data, which take minutes: tests/suites/NAME.sh each.
check-suites: all
	@status=0; for suite in $(abs_top_srcdir)/tests/suites/*.sh; do \
	  name=$$(basename $$suite .sh); rm -rf tests/suites/$$name; $(MKDIR_P) tests/suites/$$name; \
	  echo "== $$name"; \
	  (cd tests/suites/$$name && CRNLC=$(abs_top_builddir)/crnlc$(EXEEXT) bash $$suite); result=$$?; \
	  if [ $$result = 77 ]; then echo "SKIP $$name"; elif [ $$result != 0 ]; then echo "FAIL $$name"; status=1; fi; \
	done; exit $$status

# What takes long: tests/long/NAME.sh each, in a folder of its own; what they print goes to doc/results by hand.
check-long: all
	@status=0; for script in $(abs_top_srcdir)/tests/long/*.sh; do \
	  name=$$(basename $$script .sh); rm -rf tests/long/$$name; $(MKDIR_P) tests/long/$$name; \
	  echo "== $$name"; \
	  (cd tests/long/$$name && SRC=$(abs_top_srcdir) CRNLC=$(abs_top_builddir)/crnlc$(EXEEXT) bash -eu $$script); \
	  result=$$?; if [ $$result = 77 ]; then echo "SKIP $$name"; elif [ $$result != 0 ]; then echo "FAIL $$name"; status=1; fi; \
	done; exit $$status

# The cmocka programs alone, without crnlc.
unit: $(UNIT_TESTS)
	@UNIT_TESTS='$(UNIT_TESTS)' ONLY='$(or $(ONLY),tests/unit/test_ tests/stat/test_)' $(RUN_TESTS)

# Writes what the tests print now into tests/golden and tests/ir. Read the difference before committing it.
.PHONY: check-suites check-long unit promote format check-layers sources fuzz coverage
promote: all
	PROMOTE=yes ONLY='$(ONLY)' $(RUN_TESTS)

check-layers:
	bash $(top_srcdir)/tests/check_layers.sh

sources:
	bash $(top_srcdir)/tests/check_lists.sh --write

format:
	@test -n "$(CLANG_FORMAT)" || { echo "install the Debian package clang-format"; exit 1; }
	cd $(top_srcdir) && find support ir import frontend grammar codegen runtime server driver tests -name '*.[ch]' ! -name num_tables.h ! -name num_zig.h | \
	  xargs $(CLANG_FORMAT) -i

# Each target for FUZZ_SECONDS; what it finds stays in tests/fuzz/found of the build folder.
FUZZ_SECONDS = 60
fuzz: $(FUZZ_TARGETS)
	@set -e; for target in $(FUZZ_TARGETS); do \
	  name=$$(basename $$target); \
	  $(MKDIR_P) tests/fuzz/corpus/$$name tests/fuzz/found; \
	  echo "== $$name"; \
	  ./$$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
	    -artifact_prefix=tests/fuzz/found/$$name- tests/fuzz/corpus/$$name \
	    $$(find $(abs_top_srcdir)/tests $(abs_top_srcdir)/examples $(abs_top_srcdir)/stdlib -type d); \
	done

# After configure --enable-coverage: lines that the tests reach, by folder.
coverage:
	-$(MAKE) check
	@find . -name '*.gcda' | xargs gcov -n -r -s $(abs_top_srcdir) 2>/dev/null | awk -F "[':%]" ' \
	  /^File/ { file = $$2; gsub(/^(\.\.\/)+/, "", file) } \
	  /^Lines executed/ && file ~ /\.[cly]$$/ && !(file in seen) { \
	    seen[file] = 1; split($$0, part, /[:% ]+/); n = part[5]; folder = file; sub(/\/[^\/]*$$/, "", folder); \
	    lines[folder] += n; hit[folder] += n * part[3] / 100 } \
	  END { for (folder in lines) \
	    printf "%-22s %6d lines  %5.1f %%\n", folder, lines[folder], 100 * hit[folder] / lines[folder] }' | sort

clean-local:
	rm -rf tests/out tests/fuzz/corpus tests/fuzz/found html

# The cases are found by their names, so they are packed by folder.
EXTRA_DIST += $(TEST_SUPPORT)
CASE_FOLDERS = accept gpu lsp golden ir run diff stat suites doc cli fuzz random long faults metamorphic boltzmann notebook
dist-hook:
	cd $(srcdir)/tests && find $(CASE_FOLDERS) \( -type f -o -type l \) \( -name '*.*' -o -name list \) ! -name '*.[oa]' 2>/dev/null | \
	  tar -cf - -T - | (cd $(abs_top_builddir)/$(distdir)/tests && tar -xf -)
