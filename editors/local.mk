# What editors need, under $(pkgdatadir)/editors: colours are made from the lists of the compiler, so they cannot drift.
EDITOR_LISTS = $(top_srcdir)/frontend/text/word.def $(top_srcdir)/ir/expr/unit.def $(top_srcdir)/frontend/builtin.def
EDITOR_WORDS = $(top_srcdir)/editors/words.awk $(EDITOR_LISTS)
EXTRA_DIST += editors/words.awk editors/vim/syntax/crnl.vim.in editors/vscode/syntaxes/crnl.tmLanguage.json.in

editors/vim/syntax/crnl.vim: editors/vim/syntax/crnl.vim.in $(EDITOR_WORDS)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && awk -v joint=' ' -f $(EDITOR_WORDS) $(srcdir)/$@.in >$@.tmp && mv $@.tmp $@
editors/vscode/syntaxes/crnl.tmLanguage.json: editors/vscode/syntaxes/crnl.tmLanguage.json.in $(EDITOR_WORDS)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && awk -v joint='|' -f $(EDITOR_WORDS) $(srcdir)/$@.in >$@.tmp && mv $@.tmp $@

nobase_dist_pkgdata_DATA += editors/vim/ftdetect/crnl.vim editors/vim/ftplugin/crnl.vim editors/vim/indent/crnl.vim \
  editors/vim/compiler/crnl.vim editors/vim/lua/crnl.lua editors/vscode/package.json editors/vscode/extension.js \
  editors/vscode/language-configuration.json
nobase_nodist_pkgdata_DATA = editors/vim/syntax/crnl.vim editors/vscode/syntaxes/crnl.tmLanguage.json
CLEANFILES += $(nobase_nodist_pkgdata_DATA)
