noinst_LIBRARIES += libir.a
# files: libir_a_SOURCES = ir/*.c ir/*.h ir/*.def
libir_a_SOURCES = \
  ir/expr.c \
  ir/expr.def \
  ir/expr.h \
  ir/expr_apply.c \
  ir/expr_compute.c \
  ir/expr_impl.h \
  ir/expr_reach.c \
  ir/fact.h \
  ir/method.def \
  ir/net.h \
  ir/pass.h \
  ir/passes.def \
  ir/program.h \
  ir/stmt.def
# end
