EXTRA_DIST += bench

# Measurements, not tests: each script prints its own table.
.PHONY: bench
bench: all
	@for script in $(top_srcdir)/bench/*.sh; do \
	  test -f "$$script" || continue; \
	  echo "== $$script"; \
	  CRNLC=$(abs_top_builddir)/crnlc BUILD=$(abs_top_builddir) bash "$$script" || exit 1; \
	done

# The results of doc/results/NAME.md anew, in the folder reproduce-NAME; what is printed is kept beside them.
REPRODUCTIONS = reproduce-relu reproduce-boltzmann
.PHONY: $(REPRODUCTIONS)
$(REPRODUCTIONS): reproduce-%: all
	@mkdir -p $@
	@CRNLC=$(abs_top_builddir)/crnlc bash $(top_srcdir)/bench/$*/reproduce.sh $@ >$@/log 2>&1 || { tail -n 20 $@/log; exit 1; }
	@cp $@/log $(top_srcdir)/doc/results/$*.log
	@cat $@/log
