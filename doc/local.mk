# files: EXPLAIN_PAGES = doc/diag/*.md
EXPLAIN_PAGES =
# end
# files: MANUAL_PAGES = README.md LICENSE* doc/*.md doc/*/*.md
MANUAL_PAGES =
# end
EXTRA_DIST += $(MANUAL_PAGES)

CLEANFILES += doc/explain_pages.c
doc/explain_pages.c: $(EXPLAIN_PAGES) $(EMBED) doc/local.mk
	$(AM_V_GEN)$(MKDIR_P) doc && sh $(EMBED) driver/explain_pages.h explain_page explain_pages \
	  explain_page_count doc/diag .md $(filter %.md,$^) >$@.tmp && mv $@.tmp $@
