# The only folder that sees the headers of LLVM.
noinst_LIBRARIES += libcodegen.a
# files: libcodegen_a_SOURCES = codegen/*.c codegen/*.h codegen/*.def codegen/text/*.c codegen/text/*.h codegen/text/*.def
libcodegen_a_SOURCES = \
  codegen/embed.c \
  codegen/embed.h \
  codegen/emit.c \
  codegen/emit.h \
  codegen/emit_array.c \
  codegen/emit_body.c \
  codegen/emit_data.c \
  codegen/emit_expr.c \
  codegen/emit_fold.c \
  codegen/emit_hoist.c \
  codegen/emit_model.c \
  codegen/emit_net.c \
  codegen/emit_op.c \
  codegen/emit_program.c \
  codegen/engine.c \
  codegen/engine.h \
  codegen/engine_base.h \
  codegen/engine_jit.c \
  codegen/experiment.c \
  codegen/experiment.h \
  codegen/experiment_leaf.c \
  codegen/experiment_neural.c \
  codegen/experiment_run.c \
  codegen/interpret.c \
  codegen/interpret.h \
  codegen/interpret_model.c \
  codegen/interpret_run.c \
  codegen/interpret_value.c \
  codegen/jit.c \
  codegen/jit.h \
  codegen/kern.def \
  codegen/kern_ode.c \
  codegen/kern_ssa.c \
  codegen/kern_ssa.h \
  codegen/kern_ssa_event.c \
  codegen/link.c \
  codegen/link.h \
  codegen/model_fields.def \
  codegen/neural.c \
  codegen/neural.def \
  codegen/neural.h \
  codegen/object.c \
  codegen/plan.c \
  codegen/plan.h \
  codegen/plan_build.h \
  codegen/plan_events.c \
  codegen/plan_jacobian.c \
  codegen/plan_names.c \
  codegen/plan_print.c \
  codegen/plan_rates.c \
  codegen/tape.c \
  codegen/target.c \
  codegen/target.h \
  codegen/template.c \
  codegen/template.h \
  codegen/text/antimony.c \
  codegen/text/bionetgen.c \
  codegen/text/crn.c \
  codegen/text/crnl.c \
  codegen/text/dot.c \
  codegen/text/formats.def \
  codegen/text/json.c \
  codegen/text/latex.c \
  codegen/text/mathematica.c \
  codegen/text/peppercorn.c \
  codegen/text/piperine.c \
  codegen/text/plain.c \
  codegen/text/report.c \
  codegen/text/report.h \
  codegen/text/schemes.def \
  codegen/text/text.c \
  codegen/text/text.h \
  codegen/text/text_check.c \
  codegen/text/text_events.c \
  codegen/text/text_impl.h \
  codegen/text/text_infix.c \
  codegen/text/text_names.c \
  codegen/text/text_parts.c \
  codegen/text/text_remark.c \
  codegen/text/text_scalar.c \
  codegen/text/visualdsd.c
# end
libcodegen_a_CPPFLAGS = $(AM_CPPFLAGS) $(LLVM_CPPFLAGS)
$(libcodegen_a_OBJECTS): | build_config.h

# With libsbml.
# files: SBML_TEXT_SOURCES = codegen/text/sbml/*.c
SBML_TEXT_SOURCES = \
  codegen/text/sbml/sbml.c
# end
if SBML
libcodegen_a_SOURCES += $(SBML_TEXT_SOURCES)
endif
