# In the order of the edges; frontend and grammar need each other. The runtime is linked whole and its names
# are exported: the JIT looks them up in the running program.
ALL_LIBS = libserver.a libfrontend.a libgrammar.a libfrontend.a libimport.a libcodegen.a libir.a libsupport.a
ALL_LDADD = $(RT_NEEDS) $(ALL_LIBS) $(RT_WHOLE) $(RT_LIBS)

# files: crnlc_SOURCES = driver/*.c driver/*.h driver/*.def
crnlc_SOURCES = \
  driver/cache.c \
  driver/cache.h \
  driver/command.h \
  driver/command_build.c \
  driver/command_check.c \
  driver/command_diff.c \
  driver/command_doc.c \
  driver/command_doctor.c \
  driver/command_emit.c \
  driver/command_explain.c \
  driver/command_fit.c \
  driver/command_fmt.c \
  driver/command_jupyter.c \
  driver/command_lsp.c \
  driver/command_opt.c \
  driver/command_print.c \
  driver/command_report.c \
  driver/command_run.c \
  driver/command_word.def \
  driver/commands.def \
  driver/completion.c \
  driver/doc.h \
  driver/doc_html.c \
  driver/doc_markdown.c \
  driver/doc_model.c \
  driver/explain_pages.h \
  driver/legalize.c \
  driver/legalize.h \
  driver/main.c \
  driver/manual.c \
  driver/manual.h \
  driver/option_meant.c \
  driver/option_meant.h \
  driver/option_word.def \
  driver/options.c \
  driver/options.def \
  driver/options.h \
  driver/pipeline.c \
  driver/pipeline.h \
  driver/runtime_folder.c \
  driver/runtime_folder.h \
  driver/said.c \
  driver/said.h \
  driver/semantic.c \
  driver/semantic.h
# end

bin_PROGRAMS += crnlc
nodist_crnlc_SOURCES = doc/explain_pages.c
crnlc_LDADD = $(ALL_LDADD)
EXTRA_crnlc_DEPENDENCIES = $(ALL_LIBS) libcrnl_rt.a
$(crnlc_OBJECTS): | build_config.h

# From the lists of commands and options; bash looks for a completion under the name of the command.
man1_MANS = doc/crnlc.1
bashcompletiondir = $(datadir)/bash-completion/completions
nodist_bashcompletion_DATA = doc/completion/crnlc
zshcompletiondir = $(datadir)/zsh/site-functions
nodist_zshcompletion_DATA = doc/completion/_crnlc
fishcompletiondir = $(datadir)/fish/vendor_completions.d
nodist_fishcompletion_DATA = doc/completion/crnlc.fish
CLEANFILES += doc/crnlc.1 doc/completion/crnlc doc/completion/_crnlc doc/completion/crnlc.fish
doc/crnlc.1: crnlc$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) doc && ./crnlc$(EXEEXT) --man >$@.tmp && mv $@.tmp $@
doc/completion/crnlc: crnlc$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) doc/completion && ./crnlc$(EXEEXT) --completion >$@.tmp && mv $@.tmp $@
doc/completion/_crnlc: crnlc$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) doc/completion && ./crnlc$(EXEEXT) --completion zsh >$@.tmp && mv $@.tmp $@
doc/completion/crnlc.fish: crnlc$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) doc/completion && ./crnlc$(EXEEXT) --completion fish >$@.tmp && mv $@.tmp $@
