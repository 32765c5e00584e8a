noinst_LIBRARIES += libimport.a
# files: libimport_a_SOURCES = import/*.c import/*.h import/*.def
libimport_a_SOURCES = \
  import/bionetgen.c \
  import/formats.def \
  import/function.c \
  import/function.def \
  import/import.c \
  import/import.h \
  import/import_impl.h \
  import/infix.c \
  import/infix.h \
  import/scan.c \
  import/scan.h
# end
