noinst_LIBRARIES += libfrontend.a
# files: libfrontend_a_SOURCES = frontend/*.c frontend/*.h frontend/*.def
libfrontend_a_SOURCES = \
  frontend/ast.def \
  frontend/ast.h \
  frontend/parse.h \
  frontend/stdlib_files.h
# end
nodist_libfrontend_a_SOURCES = stdlib/stdlib_files.c
