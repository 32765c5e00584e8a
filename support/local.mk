noinst_LIBRARIES += libsupport.a
# files: libsupport_a_SOURCES = support/*.c support/*.h support/*.def support/zip/*.c support/zip/*.h support/zip/*.def
libsupport_a_SOURCES = \
  support/arena.c \
  support/arena.h \
  support/diag.c \
  support/diag.def \
  support/diag.h \
  support/diag_path.c \
  support/hash.h \
  support/hash_index.c \
  support/hash_index.h \
  support/intern.c \
  support/intern.h \
  support/json.c \
  support/json.h \
  support/library.c \
  support/library.h \
  support/map.c \
  support/map.h \
  support/mem.c \
  support/mem.h \
  support/source.c \
  support/source.h \
  support/vec.h \
  support/zip/libzip.c \
  support/zip/libzip.def \
  support/zip/libzip.h
# end
$(libsupport_a_OBJECTS): | build_config.h

# With libsbml.
# files: SBML_SUPPORT_SOURCES = support/sbml/*.c support/sbml/*.h support/sbml/*.def
SBML_SUPPORT_SOURCES = \
  support/sbml/libsbml.c \
  support/sbml/libsbml.def \
  support/sbml/libsbml.h
# end
if SBML
libsupport_a_SOURCES += $(SBML_SUPPORT_SOURCES)
endif

# With libyaml.
# files: YAML_SUPPORT_SOURCES = support/yaml/*.c support/yaml/*.h support/yaml/*.def
YAML_SUPPORT_SOURCES = \
  support/yaml/libyaml.c \
  support/yaml/libyaml.def \
  support/yaml/libyaml.h
# end
if YAML
libsupport_a_SOURCES += $(YAML_SUPPORT_SOURCES)
endif

# With libxml2.
# files: XML2_SUPPORT_SOURCES = support/xml2/*.c support/xml2/*.h support/xml2/*.def
XML2_SUPPORT_SOURCES = \
  support/xml2/libxml2.c \
  support/xml2/libxml2.def \
  support/xml2/libxml2.h
# end
if XML2
libsupport_a_SOURCES += $(XML2_SUPPORT_SOURCES)
endif

# What the build knows about itself, for the sources that must. CRNL_LINK_FLAGS is what programs linked with the
# runtime library need, as string literals that each end with a comma: an instrumented library needs its
# instruments.
BUILT_SOURCES += build_config.h
CLEANFILES += build_config.h
build_config.h: Makefile
	$(AM_V_GEN){ \
	  echo '/* Written by the build. */'; \
	  echo '#define CRNL_VERSION "$(PACKAGE_VERSION)"'; \
	  echo '#define CRNL_LLVM_VERSION "$(LLVM_VERSION)"'; \
	  echo '#define CRNL_LLVM_FILE "$(LLVM_FILE)"'; \
	  echo '#define CRNL_LLVM_FOLDER "$(LLVM_FOLDER)"'; \
	  echo '#define CRNL_SBML_FILE "$(SBML_FILE)"'; \
	  echo '#define CRNL_SBML_FOLDER "$(SBML_FOLDER)"'; \
	  echo '#define CRNL_YAML_FILE "$(YAML_FILE)"'; \
	  echo '#define CRNL_YAML_FOLDER "$(YAML_FOLDER)"'; \
	  echo '#define CRNL_XML2_FILE "$(XML2_FILE)"'; \
	  echo '#define CRNL_XML2_FOLDER "$(XML2_FOLDER)"'; \
	  echo '#define CRNL_ZIP_FILE "$(ZIP_FILE)"'; \
	  echo '#define CRNL_ZIP_FOLDER "$(ZIP_FOLDER)"'; \
	  echo '#define CRNL_BINDIR "$(bindir)"'; \
	  echo '#define CRNL_LIBDIR "$(libdir)/crnlc"'; \
	  echo '#define CRNL_DATADIR "$(datadir)/crnlc"'; \
	  echo '#define CRNL_LINK_FLAGS $(foreach flag,$(INSTRUMENT_FLAGS),"$(flag)",)'; \
	} >$@

# One way to turn text files into a C table, used for the library modules and the pages of `crnlc explain`.
EMBED = $(top_srcdir)/support/embed.sh
EXTRA_DIST += support/embed.sh
