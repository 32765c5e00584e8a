# The library that programs made by crnlc link, installed; one section a function, so that a program holds
# only what it uses.
crnlrtdir = $(libdir)/crnlc
crnlrt_LIBRARIES = libcrnl_rt.a
# files: libcrnl_rt_a_SOURCES = runtime/*.c runtime/*.h runtime/*.def
libcrnl_rt_a_SOURCES = \
  runtime/base.c \
  runtime/binary_connect_step.c \
  runtime/bind.c \
  runtime/collect.c \
  runtime/crnl_abi.def \
  runtime/crnl_data.h \
  runtime/crnl_embed.def \
  runtime/crnl_embed.h \
  runtime/crnl_neural.h \
  runtime/crnl_num.h \
  runtime/crnl_rt.h \
  runtime/crnl_status.def \
  runtime/crnl_tape.def \
  runtime/ctx.c \
  runtime/data.c \
  runtime/data_csv.c \
  runtime/data_idx.c \
  runtime/data_npz.c \
  runtime/data_split.c \
  runtime/embed.c \
  runtime/ensemble.c \
  runtime/events.c \
  runtime/events_queue.c \
  runtime/fixed.c \
  runtime/image.c \
  runtime/learn.c \
  runtime/learn_binary_connect.c \
  runtime/main.c \
  runtime/model_text.c \
  runtime/neural.c \
  runtime/neural_file.c \
  runtime/neural_json.c \
  runtime/neural_relu.c \
  runtime/npz_write.c \
  runtime/num_math.c \
  runtime/num_rng.c \
  runtime/num_tables.h \
  runtime/num_trig.c \
  runtime/num_wait.c \
  runtime/num_zig.h \
  runtime/ode_adams.c \
  runtime/ode_bdf.c \
  runtime/ode_cascade.c \
  runtime/ode_cvode.c \
  runtime/ode_erk.c \
  runtime/ode_rk4.c \
  runtime/options.c \
  runtime/output.c \
  runtime/plot.c \
  runtime/print.c \
  runtime/progress.c \
  runtime/random.c \
  runtime/record.c \
  runtime/rt_base.h \
  runtime/rt_binary_connect.h \
  runtime/rt_ctx.h \
  runtime/rt_cvode.h \
  runtime/rt_data.h \
  runtime/rt_events.h \
  runtime/rt_exact.h \
  runtime/rt_fixed.h \
  runtime/rt_model.h \
  runtime/rt_neural.h \
  runtime/rt_ode.h \
  runtime/rt_output.h \
  runtime/rt_run.h \
  runtime/rt_table.h \
  runtime/run.c \
  runtime/run_limit.c \
  runtime/run_ode.c \
  runtime/run_options.c \
  runtime/run_ssa.c \
  runtime/sink_csv.c \
  runtime/sink_npz.c \
  runtime/stat.c \
  runtime/stats.c \
  runtime/table_create.c \
  runtime/table_jacobian.c \
  runtime/table_ode.c \
  runtime/table_ssa.c \
  runtime/table_timed.c \
  runtime/tape.c \
  runtime/text.c
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
  runtime/crnl_neural.h \
  runtime/crnl_num.h \
  runtime/crnl_rt.h \
  runtime/crnl_status.def \
  runtime/crnl_tape.def
# end

# Programs that show where the numbers in runtime/*_tables.h come from; not part of the build.
# files: RUNTIME_GENERATORS = runtime/gen/*
RUNTIME_GENERATORS = \
  runtime/gen/num_tables.c
# end
EXTRA_DIST += $(RUNTIME_GENERATORS)
