# The only folder that sees the headers of LLVM.
noinst_LIBRARIES += libcodegen.a
# files: libcodegen_a_SOURCES = codegen/*.c codegen/*.h codegen/*/*.c codegen/*/*.h codegen/*/*.def
libcodegen_a_SOURCES = \
  codegen/embed.c \
  codegen/embed.h \
  codegen/emit/emit.c \
  codegen/emit/emit.h \
  codegen/emit/emit_array.c \
  codegen/emit/emit_body.c \
  codegen/emit/emit_data.c \
  codegen/emit/emit_expr.c \
  codegen/emit/emit_fold.c \
  codegen/emit/emit_hoist.c \
  codegen/emit/emit_members.h \
  codegen/emit/emit_model.c \
  codegen/emit/emit_net.c \
  codegen/emit/emit_op.c \
  codegen/emit/emit_program.c \
  codegen/emit/experiment.c \
  codegen/emit/experiment.h \
  codegen/emit/experiment_fit.c \
  codegen/emit/experiment_leaf.c \
  codegen/emit/experiment_neural.c \
  codegen/emit/experiment_run.c \
  codegen/emit/model_fields.def \
  codegen/emit/neural.c \
  codegen/emit/neural.h \
  codegen/engine.c \
  codegen/engine.h \
  codegen/engine_base.h \
  codegen/engine_jit.c \
  codegen/interpret/interpret.c \
  codegen/interpret/interpret.h \
  codegen/interpret/interpret_begun.c \
  codegen/interpret/interpret_model.c \
  codegen/interpret/interpret_run.c \
  codegen/interpret/interpret_value.c \
  codegen/kern/kern_gpu.c \
  codegen/kern/kern_lanes.c \
  codegen/kern/kern_lanes.h \
  codegen/kern/kern_ode.c \
  codegen/kern/kern_random.c \
  codegen/kern/kern_random.h \
  codegen/kern/kern_reverse.c \
  codegen/kern/kern_ssa.c \
  codegen/kern/kern_ssa.h \
  codegen/kern/kern_ssa_event.c \
  codegen/kern/kern_ssa_lanes.c \
  codegen/kern/kern_ssa_lanes.h \
  codegen/kern/kern_ssa_lanes_event.c \
  codegen/kern/kern_ssa_lanes_value.c \
  codegen/kern/kern_ssa_lanes_watch.c \
  codegen/kern/kern_ssa_watch.c \
  codegen/object/gpu.c \
  codegen/object/gpu.h \
  codegen/object/jit.c \
  codegen/object/jit.h \
  codegen/object/link.c \
  codegen/object/link.h \
  codegen/object/llvm.c \
  codegen/object/llvm.def \
  codegen/object/llvm.h \
  codegen/object/needed.c \
  codegen/object/needed.h \
  codegen/object/object.c \
  codegen/object/output.c \
  codegen/object/output.h \
  codegen/object/scratch.c \
  codegen/object/scratch.h \
  codegen/object/target.c \
  codegen/object/target.h \
  codegen/plan/plan.c \
  codegen/plan/plan.h \
  codegen/plan/plan_adjoint.c \
  codegen/plan/plan_build.h \
  codegen/plan/plan_delays.c \
  codegen/plan/plan_events.c \
  codegen/plan/plan_gap.c \
  codegen/plan/plan_jacobian.c \
  codegen/plan/plan_kernels.c \
  codegen/plan/plan_limit.c \
  codegen/plan/plan_margins.c \
  codegen/plan/plan_names.c \
  codegen/plan/plan_poles.c \
  codegen/plan/plan_print.c \
  codegen/plan/plan_rates.c \
  codegen/plan/plan_reverse.c \
  codegen/plan/plan_sums.c \
  codegen/plan/plan_surfaces.c \
  codegen/plan/plan_turns.c \
  codegen/plan/plan_walk.c \
  codegen/plan/tape.c \
  codegen/plan/template.c \
  codegen/plan/template.h \
  codegen/text/antimony.c \
  codegen/text/bionetgen.c \
  codegen/text/crn.c \
  codegen/text/crnl.c \
  codegen/text/dot.c \
  codegen/text/formats.def \
  codegen/text/json.c \
  codegen/text/latex.c \
  codegen/text/mathematica.c \
  codegen/text/molecules.c \
  codegen/text/never.c \
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
  codegen/text/text_fraction.c \
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
