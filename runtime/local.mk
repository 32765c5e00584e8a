# The library that programs made by crnlc link, installed; one section a function, so that a program holds
# only what it uses.
crnlrtdir = $(libdir)/crnlc
crnlrt_LIBRARIES = libcrnl_rt.a
# files: libcrnl_rt_a_SOURCES = runtime/*.c runtime/*.h runtime/*.def runtime/*/*.c runtime/*/*.h
libcrnl_rt_a_SOURCES = \
  runtime/base.c \
  runtime/bind.c \
  runtime/blas.c \
  runtime/cme/cme_balance.c \
  runtime/cme/cme_clamped.c \
  runtime/cme/cme_eliminate.c \
  runtime/cme/cme_gap.c \
  runtime/cme/cme_law.c \
  runtime/cme/cme_levels.c \
  runtime/cme/cme_order.c \
  runtime/cme/cme_solve.c \
  runtime/cme/cme_states.c \
  runtime/cme/cme_stationary.c \
  runtime/cme/cme_transient.c \
  runtime/cme/cme_until.c \
  runtime/cme/cme_wide.c \
  runtime/cme/rt_cme.h \
  runtime/cme/rt_eliminate.h \
  runtime/cme/rt_until.h \
  runtime/cme/run_cme.c \
  runtime/collect.c \
  runtime/constants.c \
  runtime/course_stat.c \
  runtime/crnl_abi.def \
  runtime/crnl_cells.h \
  runtime/crnl_csr.h \
  runtime/crnl_data.h \
  runtime/crnl_embed.def \
  runtime/crnl_embed.h \
  runtime/crnl_file.h \
  runtime/crnl_kernel.def \
  runtime/crnl_kernel.h \
  runtime/crnl_linear.def \
  runtime/crnl_linear.h \
  runtime/crnl_members.h \
  runtime/crnl_method.def \
  runtime/crnl_method.h \
  runtime/crnl_minimize.def \
  runtime/crnl_minimize.h \
  runtime/crnl_neural.def \
  runtime/crnl_neural.h \
  runtime/crnl_num.h \
  runtime/crnl_option.def \
  runtime/crnl_plot.def \
  runtime/crnl_plot.h \
  runtime/crnl_rt.h \
  runtime/crnl_sink.def \
  runtime/crnl_sink.h \
  runtime/crnl_stat.def \
  runtime/crnl_status.def \
  runtime/crnl_tape.def \
  runtime/ctx.c \
  runtime/data/data.c \
  runtime/data/data_cells.c \
  runtime/data/data_course.c \
  runtime/data/data_csv.c \
  runtime/data/data_idx.c \
  runtime/data/data_npz.c \
  runtime/data/data_split.c \
  runtime/data/rt_course.h \
  runtime/data/rt_data.h \
  runtime/digits.c \
  runtime/embed.c \
  runtime/ensemble.c \
  runtime/events.c \
  runtime/events_queue.c \
  runtime/fit/adam.c \
  runtime/fit/errors.c \
  runtime/fit/lbfgs.c \
  runtime/fit/levenberg_marquardt.c \
  runtime/fit/library.c \
  runtime/fit/minimize.c \
  runtime/fit/profile.c \
  runtime/fit/rt_fit.h \
  runtime/fit/scale.c \
  runtime/fit/trial.c \
  runtime/fixed.c \
  runtime/gradient.c \
  runtime/gradient_differences.c \
  runtime/hybrid/hybrid_bounds.c \
  runtime/hybrid/hybrid_flow.c \
  runtime/hybrid/hybrid_hazards.c \
  runtime/hybrid/hybrid_law.c \
  runtime/hybrid/hybrid_limit.c \
  runtime/hybrid/hybrid_machines.c \
  runtime/hybrid/hybrid_partition.c \
  runtime/hybrid/hybrid_scales.c \
  runtime/hybrid/hybrid_split.c \
  runtime/hybrid/hybrid_terms.c \
  runtime/hybrid/hybrid_wait.c \
  runtime/hybrid/rt_hybrid.h \
  runtime/hybrid/rt_interval.h \
  runtime/hybrid/rt_machines.h \
  runtime/hybrid/rt_scales.h \
  runtime/hybrid/run_hybrid.c \
  runtime/infer.c \
  runtime/journal.c \
  runtime/kept.c \
  runtime/kernel.c \
  runtime/limit.c \
  runtime/linear.c \
  runtime/main.c \
  runtime/method.c \
  runtime/model_text.c \
  runtime/mpi/crnl_mpi.h \
  runtime/mpi/fingerprint.c \
  runtime/mpi/pack.c \
  runtime/mpi/rt_pack.h \
  runtime/mpi/rt_share.h \
  runtime/mpi/rt_world.h \
  runtime/mpi/share.c \
  runtime/mpi/world.c \
  runtime/neural/backpropagation_rows.c \
  runtime/neural/binary_connect_step.c \
  runtime/neural/boltzmann_graph.c \
  runtime/neural/boltzmann_sample.c \
  runtime/neural/learn.c \
  runtime/neural/learn_backpropagation.c \
  runtime/neural/learn_binary_connect.c \
  runtime/neural/learn_contrastive_divergence.c \
  runtime/neural/neural.c \
  runtime/neural/neural_boltzmann.c \
  runtime/neural/neural_file.c \
  runtime/neural/neural_json.c \
  runtime/neural/neural_neural_ode.c \
  runtime/neural/neural_reaction_tensor.c \
  runtime/neural/neural_relu.c \
  runtime/neural/rt_backpropagation.h \
  runtime/neural/rt_binary_connect.h \
  runtime/neural/rt_boltzmann.h \
  runtime/neural/rt_learn.h \
  runtime/neural/rt_neural.h \
  runtime/num/num_math.c \
  runtime/num/num_poisson.c \
  runtime/num/num_rng.c \
  runtime/num/num_tables.h \
  runtime/num/num_trig.c \
  runtime/num/num_wait.c \
  runtime/num/num_wide.c \
  runtime/num/num_zig.h \
  runtime/num/rt_exact.h \
  runtime/num/rt_wide.h \
  runtime/ode/adjoint.c \
  runtime/ode/adjoint_implicit.c \
  runtime/ode/adjoint_pairs.c \
  runtime/ode/adjoint_refine.c \
  runtime/ode/adjoint_rk.c \
  runtime/ode/adjoint_state.c \
  runtime/ode/adjoint_steady.c \
  runtime/ode/adjoint_turn.c \
  runtime/ode/adjoint_vjp.c \
  runtime/ode/kernels_ode.c \
  runtime/ode/linear_blocks.c \
  runtime/ode/linear_choose.c \
  runtime/ode/linear_dense.c \
  runtime/ode/linear_ilu.c \
  runtime/ode/linear_jacobian.c \
  runtime/ode/linear_klu.c \
  runtime/ode/linear_krylov.c \
  runtime/ode/linear_pattern.c \
  runtime/ode/ode_adams.c \
  runtime/ode/ode_amounts.c \
  runtime/ode/ode_auto.c \
  runtime/ode/ode_bdf.c \
  runtime/ode/ode_between.c \
  runtime/ode/ode_corner.c \
  runtime/ode/ode_course.c \
  runtime/ode/ode_cvode.c \
  runtime/ode/ode_erk.c \
  runtime/ode/ode_find.c \
  runtime/ode/ode_gradient.c \
  runtime/ode/ode_history.c \
  runtime/ode/ode_past.c \
  runtime/ode/ode_rest.c \
  runtime/ode/ode_rk4.c \
  runtime/ode/ode_slide.c \
  runtime/ode/ode_steep.c \
  runtime/ode/ode_still.c \
  runtime/ode/ode_sundials.c \
  runtime/ode/ode_tolerance.c \
  runtime/ode/ode_vector.c \
  runtime/ode/packed_ode.c \
  runtime/ode/rt_adjoint.h \
  runtime/ode/rt_cvode.h \
  runtime/ode/rt_history.h \
  runtime/ode/rt_ilu.h \
  runtime/ode/rt_linear.h \
  runtime/ode/rt_ode.h \
  runtime/ode/rt_sparse.h \
  runtime/ode/rt_sundials.h \
  runtime/ode/run_ode.c \
  runtime/ode/sparse.c \
  runtime/ode/table_jacobian.c \
  runtime/ode/table_ode.c \
  runtime/options.c \
  runtime/out/file.c \
  runtime/out/file.h \
  runtime/out/file_list.c \
  runtime/out/file_names.c \
  runtime/out/gnuplot.c \
  runtime/out/image.c \
  runtime/out/npz_write.c \
  runtime/out/output.c \
  runtime/out/place.c \
  runtime/out/plot.c \
  runtime/out/plot_bins.c \
  runtime/out/plot_curve.c \
  runtime/out/plot_map.c \
  runtime/out/plot_script.c \
  runtime/out/rt_gnuplot.h \
  runtime/out/rt_output.h \
  runtime/out/rt_plot.h \
  runtime/out/rt_zip.h \
  runtime/out/sink.c \
  runtime/out/sink_csv.c \
  runtime/out/sink_npz.c \
  runtime/out/sink_tsv.c \
  runtime/out/text_write.c \
  runtime/out/zip.c \
  runtime/print.c \
  runtime/progress.c \
  runtime/random.c \
  runtime/record.c \
  runtime/rows.c \
  runtime/rows_wait.c \
  runtime/rt_backwards.h \
  runtime/rt_base.h \
  runtime/rt_blas.h \
  runtime/rt_clones.h \
  runtime/rt_ctx.h \
  runtime/rt_events.h \
  runtime/rt_fixed.h \
  runtime/rt_gradient.h \
  runtime/rt_journal.h \
  runtime/rt_limit.h \
  runtime/rt_model.h \
  runtime/rt_prepare.h \
  runtime/rt_rows.h \
  runtime/rt_run.h \
  runtime/rt_seeds.h \
  runtime/rt_text_numbers.h \
  runtime/rt_turns.h \
  runtime/rt_workers.h \
  runtime/run.c \
  runtime/run_limit.c \
  runtime/run_options.c \
  runtime/seeds.c \
  runtime/seeds_table.c \
  runtime/seeds_values.c \
  runtime/ssa/estimate.c \
  runtime/ssa/fused_build.c \
  runtime/ssa/fused_create.c \
  runtime/ssa/fused_form.c \
  runtime/ssa/fused_pass.c \
  runtime/ssa/fused_ssa.c \
  runtime/ssa/kernels_ssa.c \
  runtime/ssa/lanes.c \
  runtime/ssa/lanes_avx2.c \
  runtime/ssa/lanes_avx512.c \
  runtime/ssa/lanes_step.h \
  runtime/ssa/lanes_vector.h \
  runtime/ssa/lockstep.c \
  runtime/ssa/rejection_create.c \
  runtime/ssa/rejection_ssa.c \
  runtime/ssa/rt_fused.h \
  runtime/ssa/rt_lanes.h \
  runtime/ssa/rt_rejection.h \
  runtime/ssa/rt_ssa.h \
  runtime/ssa/rt_table.h \
  runtime/ssa/run_cle.c \
  runtime/ssa/run_gibbs.c \
  runtime/ssa/run_ssa.c \
  runtime/ssa/run_tau.c \
  runtime/ssa/table_create.c \
  runtime/ssa/table_ssa.c \
  runtime/ssa/table_timed.c \
  runtime/ssa/watch.c \
  runtime/stat.c \
  runtime/stats.c \
  runtime/tape.c \
  runtime/tape_bounds.c \
  runtime/tape_reverse.c \
  runtime/text.c \
  runtime/text_numbers.c \
  runtime/turns.c \
  runtime/workers.c
# end
libcrnl_rt_a_CPPFLAGS = $(AM_CPPFLAGS) $(RT_CPPFLAGS)
# Position-independent: shared libraries made by `crnlc build --emit shared` hold it too.
libcrnl_rt_a_CFLAGS = $(AM_CFLAGS) -ffunction-sections -fdata-sections -fPIC -fno-semantic-interposition -fno-math-errno
$(libcrnl_rt_a_OBJECTS): | build_config.h

crnlincludedir = $(includedir)
# files: crnlinclude_HEADERS = runtime/crnl_rt.h runtime/crnl_num.h runtime/crnl_data.h runtime/crnl_neural.h runtime/crnl_*.def
crnlinclude_HEADERS = \
  runtime/crnl_abi.def \
  runtime/crnl_data.h \
  runtime/crnl_embed.def \
  runtime/crnl_kernel.def \
  runtime/crnl_linear.def \
  runtime/crnl_method.def \
  runtime/crnl_minimize.def \
  runtime/crnl_neural.def \
  runtime/crnl_neural.h \
  runtime/crnl_num.h \
  runtime/crnl_option.def \
  runtime/crnl_plot.def \
  runtime/crnl_rt.h \
  runtime/crnl_sink.def \
  runtime/crnl_stat.def \
  runtime/crnl_status.def \
  runtime/crnl_tape.def
# end

# Programs that show where the numbers in runtime/*_tables.h come from; not part of the build.
# files: RUNTIME_GENERATORS = runtime/num/gen/*
RUNTIME_GENERATORS = \
  runtime/num/gen/num_tables.c
# end
EXTRA_DIST += $(RUNTIME_GENERATORS)

# The part for MPI, for those who have one: `make mpi MPICC=mpicc.openmpi`, once for each implementation. It lies
# beside the library, and programs load it when a launcher of that implementation has started them.
MPICC = mpicc
mpi: $(srcdir)/runtime/mpi/module/crnl_mpi.c
	@name=`printf '%s\n' '#include <mpi.h>' '#ifdef OPEN_MPI' 'is:openmpi' '#else' 'is:mpich' '#endif' | \
	  $(MPICC) -E -P -x c - | sed -n 's/^is://p'` && test -n "$$name" && \
	  $(MPICC) -std=c11 -O2 $(WARNING_FLAGS) -fPIC -shared -I$(top_srcdir) -o crnl_mpi-$$name.so $< && echo "crnl_mpi-$$name.so"
install-mpi:
	$(MKDIR_P) $(DESTDIR)$(crnlrtdir) && $(INSTALL_DATA) crnl_mpi-*.so $(DESTDIR)$(crnlrtdir)
.PHONY: mpi install-mpi
CLEANFILES += crnl_mpi-openmpi.so crnl_mpi-mpich.so
