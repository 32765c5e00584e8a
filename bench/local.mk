EXTRA_DIST += bench

# Measurements, not tests. The table of stochastic kernels, with the processor's name, is doc/results/bench.md.
.PHONY: bench bench-quick bench-others
bench: all
	@{ printf "# Stochastic kernels, an event\n\n"; \
	  CRNLC=$(abs_top_builddir)/crnlc bash $(top_srcdir)/bench/bench.sh; } >bench.part
	@mv bench.part $(top_srcdir)/doc/results/bench.md
	@cat $(top_srcdir)/doc/results/bench.md
bench-quick: all
	@QUICK=1 CRNLC=$(abs_top_builddir)/crnlc bash $(top_srcdir)/bench/bench.sh

# Each of the other scripts prints its own table.
bench-others: all
	@for script in $(top_srcdir)/bench/*.sh; do \
	  case $$script in */bench.sh) continue ;; esac; \
	  echo "== $$script"; \
	  CRNLC=$(abs_top_builddir)/crnlc BUILD=$(abs_top_builddir) bash "$$script" || exit 1; \
	done

# The results of doc/results/NAME.md anew, in the folder reproduce-NAME; what is printed is kept beside them.
REPRODUCTIONS = reproduce-relu reproduce-boltzmann reproduce-autonomous reproduce-neural-crn \
  reproduce-differentiable
.PHONY: $(REPRODUCTIONS)
$(REPRODUCTIONS): reproduce-%: all
	@mkdir -p $@
	@CRNLC=$(abs_top_builddir)/crnlc bash $(top_srcdir)/bench/$*/reproduce.sh $@ >$@/log 2>&1 || { tail -n 20 $@/log; exit 1; }
	@cp $@/log $(top_srcdir)/doc/results/$*.log
	@cat $@/log
