noinst_LIBRARIES += libfrontend.a
# files: libfrontend_a_SOURCES = frontend/*.c frontend/*.h frontend/*.def
libfrontend_a_SOURCES = \
  frontend/ast.def \
  frontend/ast.h \
  frontend/compile.h \
  frontend/front.h \
  frontend/module.c \
  frontend/parse.h \
  frontend/parse_state.h \
  frontend/parse_tokens.c \
  frontend/parse_words.c \
  frontend/parse_words.h \
  frontend/scope.c \
  frontend/scope.h \
  frontend/stdlib_files.h \
  frontend/unit.def \
  frontend/value.c
# end
nodist_libfrontend_a_SOURCES = stdlib/stdlib_files.c
