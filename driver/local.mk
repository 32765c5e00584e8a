# ALL_LIBS in the order of the edges. The runtime is linked whole and its names are exported: the JIT looks
# them up in the running program.
ALL_LIBS = libfrontend.a $(LIBGRAMMAR) libfrontend.a libcodegen.a libir.a libsupport.a
ALL_LDADD = $(ALL_LIBS) $(RT_WHOLE) $(LLVM_LIBS) $(RT_LIBS)

# files: CRNLC_FILES = driver/*.c driver/*.h driver/*.def
CRNLC_FILES = \
  driver/explain_pages.h
# end

if HAVE_DRIVER
bin_PROGRAMS += crnlc
crnlc_SOURCES = $(CRNLC_FILES)
nodist_crnlc_SOURCES = doc/explain_pages.c
crnlc_LDADD = $(ALL_LDADD)
EXTRA_crnlc_DEPENDENCIES = $(ALL_LIBS) libcrnl_rt.a
$(crnlc_OBJECTS): | build_config.h
endif
