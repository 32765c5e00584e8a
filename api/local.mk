# libcrnl: crnlc inside other programs, for which include/crnlc/crnl.h is the whole interface. The library holds
# compiler and runtime; its name has the number of the interface, CRNLC_ABI.
noinst_LIBRARIES += libapi.a
# files: libapi_a_SOURCES = api/*.c api/*.h
libapi_a_SOURCES = \
  api/api.h \
  api/error.c \
  api/program.c \
  api/run.c \
  api/stream.c
# end
# What it has of the driver.
API_DRIVER = driver/pipeline.$(OBJEXT) driver/doc_model.$(OBJEXT) driver/said.$(OBJEXT)
EXTRA_DIST += api/libcrnl.map

crnlcincludedir = $(includedir)/crnlc
# files: crnlcinclude_HEADERS = include/crnlc/*.h
crnlcinclude_HEADERS = \
  include/crnlc/crnl.h
# end

pkgconfigdir = $(libdir)/pkgconfig
nodist_pkgconfig_DATA = api/crnl.pc

# Its man page is the header's text.
man3_MANS = doc/crnl.3
EXTRA_DIST += api/man.awk
CLEANFILES += doc/crnl.3
doc/crnl.3: include/crnlc/crnl.h api/man.awk
	$(AM_V_GEN)$(MKDIR_P) doc && $(AWK) -f $(srcdir)/api/man.awk $(srcdir)/include/crnlc/crnl.h >$@.tmp && mv $@.tmp $@

# The Python module, where Debian's Python looks if the prefix is /usr; it finds the library from there.
crnlpythondir = $(prefix)/lib/python3/dist-packages/crnl
# files: crnlpython_DATA = python/crnl/*.py python/crnl/py.typed
crnlpython_DATA = \
  python/crnl/__init__.py \
  python/crnl/_cells.py \
  python/crnl/_library.py \
  python/crnl/_program.py \
  python/crnl/_server.py \
  python/crnl/kernel.py \
  python/crnl/py.typed
# end
EXTRA_DIST += $(crnlpython_DATA)

CRNL_SO = libcrnl.so.1
$(CRNL_SO): libapi.a $(API_DRIVER) $(ALL_LIBS) libcrnl_rt.a $(srcdir)/api/libcrnl.map
	$(AM_V_CCLD)$(CC) $(CFLAGS) $(INSTRUMENT_FLAGS) -shared -Wl,-soname,$(CRNL_SO) -Wl,-z,defs \
	  -Wl,--version-script=$(srcdir)/api/libcrnl.map $(LDFLAGS) -o $@.tmp \
	  -Wl,--whole-archive libapi.a -Wl,--no-whole-archive $(API_DRIVER) $(ALL_LDADD) && mv $@.tmp $@
libcrnl.so: $(CRNL_SO)
	$(AM_V_GEN)ln -sf $(CRNL_SO) $@
all-local: libcrnl.so
CLEANFILES += libcrnl.so $(CRNL_SO)
install-exec-hook: install-libcrnl
install-libcrnl: libcrnl.so
	$(MKDIR_P) $(DESTDIR)$(libdir)
	$(INSTALL_DATA) $(CRNL_SO) $(DESTDIR)$(libdir)/$(CRNL_SO)
	ln -sf $(CRNL_SO) $(DESTDIR)$(libdir)/libcrnl.so
uninstall-local:
	rm -f $(DESTDIR)$(libdir)/$(CRNL_SO) $(DESTDIR)$(libdir)/libcrnl.so
.PHONY: install-libcrnl
