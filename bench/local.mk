EXTRA_DIST += bench

# Measurements, not tests: each script prints its own table.
.PHONY: bench
bench: all
	@for script in $(top_srcdir)/bench/*.sh; do \
	  test -f "$$script" || continue; \
	  echo "== $$script"; \
	  CRNLC=$(abs_top_builddir)/crnlc BUILD=$(abs_top_builddir) bash "$$script" || exit 1; \
	done

# The results of doc/results/relu.md anew, in the folder reproduce-relu; what is printed is kept beside them.
.PHONY: reproduce-relu
reproduce-relu: all
	@mkdir -p reproduce-relu
	@CRNLC=$(abs_top_builddir)/crnlc bash $(top_srcdir)/bench/relu/reproduce.sh reproduce-relu >reproduce-relu/log 2>&1 || \
	  { tail -n 20 reproduce-relu/log; exit 1; }
	@cp reproduce-relu/log $(top_srcdir)/doc/results/relu.log
	@cat reproduce-relu/log

# The results of doc/results/boltzmann.md anew, in the folder reproduce-boltzmann.
.PHONY: reproduce-boltzmann
reproduce-boltzmann: all
	@mkdir -p reproduce-boltzmann
	@CRNLC=$(abs_top_builddir)/crnlc bash $(top_srcdir)/bench/boltzmann/reproduce.sh reproduce-boltzmann >reproduce-boltzmann/log 2>&1 || \
	  { tail -n 20 reproduce-boltzmann/log; exit 1; }
	@cp reproduce-boltzmann/log $(top_srcdir)/doc/results/boltzmann.log
	@cat reproduce-boltzmann/log
