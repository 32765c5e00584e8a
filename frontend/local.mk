noinst_LIBRARIES += libfrontend.a
# files: libfrontend_a_SOURCES = frontend/*.c frontend/*.h frontend/*.def
libfrontend_a_SOURCES = \
  frontend/ast.c \
  frontend/ast.def \
  frontend/ast.h \
  frontend/ast_build.c \
  frontend/ast_build.h \
  frontend/builtin.c \
  frontend/builtin.def \
  frontend/compile.c \
  frontend/compile.h \
  frontend/data.c \
  frontend/data.h \
  frontend/data_rows.c \
  frontend/experiment.c \
  frontend/experiment.h \
  frontend/experiment_map.c \
  frontend/experiment_read.c \
  frontend/experiment_run.c \
  frontend/format.c \
  frontend/format.h \
  frontend/format_line.c \
  frontend/format_pieces.c \
  frontend/format_pieces.h \
  frontend/front.h \
  frontend/lint.c \
  frontend/lint.h \
  frontend/lint_dead.c \
  frontend/lint_equal.c \
  frontend/module.c \
  frontend/network.c \
  frontend/network.h \
  frontend/network_declare.c \
  frontend/network_instance.c \
  frontend/network_ode.c \
  frontend/network_reaction.c \
  frontend/network_ref.c \
  frontend/parse.c \
  frontend/parse.h \
  frontend/parse_message.c \
  frontend/parse_slip.c \
  frontend/parse_slip.h \
  frontend/parse_state.h \
  frontend/parse_tokens.c \
  frontend/parse_units.c \
  frontend/parse_words.c \
  frontend/parse_words.h \
  frontend/scope.c \
  frontend/scope.h \
  frontend/stdlib_files.h \
  frontend/unit.def \
  frontend/units.c \
  frontend/units.h \
  frontend/value.c \
  frontend/value_over.c
# end
nodist_libfrontend_a_SOURCES = stdlib/stdlib_files.c
