noinst_LIBRARIES += libir.a
# files: libir_a_SOURCES = ir/*.c ir/*.h ir/*.def
libir_a_SOURCES = \
  ir/expr.c \
  ir/expr.def \
  ir/expr.h \
  ir/expr_apply.c \
  ir/expr_build.c \
  ir/expr_compute.c \
  ir/expr_derivative.c \
  ir/expr_element.c \
  ir/expr_eval.c \
  ir/expr_fold.c \
  ir/expr_impl.h \
  ir/expr_print.c \
  ir/expr_print.h \
  ir/expr_reach.c \
  ir/expr_read.c \
  ir/expr_read.h \
  ir/expr_read_call.c \
  ir/expr_read_impl.h \
  ir/expr_rewrite.c \
  ir/fact.h \
  ir/fact_conservation.c \
  ir/fact_dependency.c \
  ir/fact_molecularity.c \
  ir/fact_rate_independence.c \
  ir/method.def \
  ir/net.c \
  ir/net.h \
  ir/net_index.c \
  ir/net_index.h \
  ir/net_lex.c \
  ir/net_lex.h \
  ir/net_names.c \
  ir/net_names.h \
  ir/net_print.c \
  ir/net_read.c \
  ir/null_space.c \
  ir/null_space.h \
  ir/pass.h \
  ir/passes.def \
  ir/program.c \
  ir/program.h \
  ir/stmt.def \
  ir/verify.c
# end
