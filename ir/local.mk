noinst_LIBRARIES += libir.a
# files: libir_a_SOURCES = ir/*.c ir/*.h ir/*.def
libir_a_SOURCES = \
  ir/expr.def \
  ir/expr.h \
  ir/fact.h \
  ir/method.def \
  ir/net.h \
  ir/pass.h \
  ir/passes.def \
  ir/program.h \
  ir/stmt.def
# end
