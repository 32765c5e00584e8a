# files: nobase_dist_pkgdata_DATA = stdlib/*.crnl stdlib/*/*.crnl
nobase_dist_pkgdata_DATA = \
  stdlib/arithmetic.crnl \
  stdlib/clocks.crnl \
  stdlib/control.crnl \
  stdlib/datasets.crnl \
  stdlib/laws.crnl \
  stdlib/likelihood.crnl \
  stdlib/logic.crnl \
  stdlib/majority.crnl \
  stdlib/oscillators.crnl \
  stdlib/switches.crnl \
  stdlib/waveforms.crnl
# end

CLEANFILES += stdlib/stdlib_files.c
stdlib/stdlib_files.c: $(nobase_dist_pkgdata_DATA) $(EMBED) stdlib/local.mk
	$(AM_V_GEN)$(MKDIR_P) stdlib && sh $(EMBED) frontend/stdlib_files.h stdlib_file stdlib_files \
	  stdlib_file_count stdlib .crnl $(filter %.crnl,$^) >$@.tmp && mv $@.tmp $@
