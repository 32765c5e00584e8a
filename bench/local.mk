EXTRA_DIST += bench

# Measurements, not tests: each script prints its own table.
.PHONY: bench
bench: all
	@for script in $(top_srcdir)/bench/*.sh; do \
	  test -f "$$script" || continue; \
	  echo "== $$script"; \
	  CRNLC=$(abs_top_builddir)/crnlc BUILD=$(abs_top_builddir) bash "$$script" || exit 1; \
	done
