# The only folder that sees the headers of LLVM.
noinst_LIBRARIES += libcodegen.a
# files: libcodegen_a_SOURCES = codegen/*.c codegen/*.h codegen/*.def codegen/text/*.c codegen/text/*.h codegen/text/*.def
libcodegen_a_SOURCES = \
  codegen/emit.c \
  codegen/emit.h \
  codegen/emit_data.c \
  codegen/engine.h \
  codegen/kern.def \
  codegen/plan.h
# end
libcodegen_a_CPPFLAGS = $(AM_CPPFLAGS) $(LLVM_CPPFLAGS)
$(libcodegen_a_OBJECTS): | build_config.h
