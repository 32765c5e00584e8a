# files: EXPLAIN_PAGES = doc/diag/*.md
EXPLAIN_PAGES = \
  doc/diag/E0101.md \
  doc/diag/E0102.md \
  doc/diag/E0103.md \
  doc/diag/E0104.md \
  doc/diag/E0105.md \
  doc/diag/E0106.md \
  doc/diag/E0107.md \
  doc/diag/E0108.md \
  doc/diag/E0109.md \
  doc/diag/E0110.md \
  doc/diag/E0201.md \
  doc/diag/E0202.md \
  doc/diag/E0203.md \
  doc/diag/E0204.md \
  doc/diag/E0205.md \
  doc/diag/E0206.md \
  doc/diag/E0207.md \
  doc/diag/E0301.md \
  doc/diag/E0302.md \
  doc/diag/E0303.md \
  doc/diag/E0304.md \
  doc/diag/E0305.md \
  doc/diag/E0306.md \
  doc/diag/E0307.md \
  doc/diag/E0401.md \
  doc/diag/E0402.md \
  doc/diag/E0403.md \
  doc/diag/E0404.md \
  doc/diag/E0405.md \
  doc/diag/E0407.md \
  doc/diag/E0408.md \
  doc/diag/E0409.md \
  doc/diag/E0410.md \
  doc/diag/E0411.md \
  doc/diag/E0412.md \
  doc/diag/E0413.md \
  doc/diag/E0414.md \
  doc/diag/E0501.md \
  doc/diag/E0502.md \
  doc/diag/E0503.md \
  doc/diag/E0504.md \
  doc/diag/E0505.md \
  doc/diag/E0506.md \
  doc/diag/E0507.md \
  doc/diag/E0508.md \
  doc/diag/E0509.md \
  doc/diag/E0511.md \
  doc/diag/E0512.md \
  doc/diag/E0513.md \
  doc/diag/E0514.md \
  doc/diag/E0520.md \
  doc/diag/E0521.md \
  doc/diag/E0522.md \
  doc/diag/E0523.md \
  doc/diag/E0524.md \
  doc/diag/E0525.md \
  doc/diag/E0526.md \
  doc/diag/E0527.md \
  doc/diag/E0528.md \
  doc/diag/E0529.md \
  doc/diag/E0601.md \
  doc/diag/E0602.md \
  doc/diag/E0603.md \
  doc/diag/E0604.md \
  doc/diag/E0701.md \
  doc/diag/E0702.md \
  doc/diag/E0703.md \
  doc/diag/E0704.md \
  doc/diag/E0705.md \
  doc/diag/E0707.md \
  doc/diag/E0708.md \
  doc/diag/E0709.md \
  doc/diag/E0801.md \
  doc/diag/E0802.md \
  doc/diag/E0803.md \
  doc/diag/E0804.md \
  doc/diag/E0805.md \
  doc/diag/E0811.md \
  doc/diag/E0820.md \
  doc/diag/E0821.md \
  doc/diag/E0822.md \
  doc/diag/E0831.md \
  doc/diag/E0832.md \
  doc/diag/E0833.md \
  doc/diag/E0834.md \
  doc/diag/E0901.md \
  doc/diag/E0902.md \
  doc/diag/E0903.md \
  doc/diag/E0904.md \
  doc/diag/E0905.md \
  doc/diag/E0906.md \
  doc/diag/E0907.md \
  doc/diag/E0908.md \
  doc/diag/E0909.md \
  doc/diag/E0910.md \
  doc/diag/E0911.md \
  doc/diag/E0912.md \
  doc/diag/E0913.md \
  doc/diag/E0914.md \
  doc/diag/E0915.md \
  doc/diag/E0916.md \
  doc/diag/E0919.md \
  doc/diag/E0921.md \
  doc/diag/W0401.md \
  doc/diag/W0402.md \
  doc/diag/W0403.md \
  doc/diag/W0404.md \
  doc/diag/W0405.md \
  doc/diag/W0408.md \
  doc/diag/W0409.md \
  doc/diag/W0410.md \
  doc/diag/W0411.md \
  doc/diag/W0412.md \
  doc/diag/W0413.md \
  doc/diag/W0414.md \
  doc/diag/W0415.md \
  doc/diag/W0416.md \
  doc/diag/W0417.md \
  doc/diag/W0418.md \
  doc/diag/W0419.md \
  doc/diag/W0420.md \
  doc/diag/W0421.md \
  doc/diag/W0422.md \
  doc/diag/W0423.md \
  doc/diag/W0424.md \
  doc/diag/W0425.md \
  doc/diag/W0426.md \
  doc/diag/W0427.md \
  doc/diag/W0428.md \
  doc/diag/W0429.md \
  doc/diag/W0430.md \
  doc/diag/W0431.md \
  doc/diag/W0432.md \
  doc/diag/W0433.md \
  doc/diag/W0434.md \
  doc/diag/W0435.md \
  doc/diag/W0436.md \
  doc/diag/W0437.md \
  doc/diag/W0438.md \
  doc/diag/W0439.md \
  doc/diag/W0440.md \
  doc/diag/W0441.md \
  doc/diag/W0442.md \
  doc/diag/W0443.md \
  doc/diag/W0444.md \
  doc/diag/W0821.md \
  doc/diag/W0822.md \
  doc/diag/W0831.md \
  doc/diag/W0832.md \
  doc/diag/W0833.md
# end
# files: MANUAL_PAGES = README.md LICENSE* doc/*.md doc/[!d]*/*.md
MANUAL_PAGES = \
  LICENSE \
  README.md \
  doc/ARCHITECTURE.md \
  doc/GLOSSARY.md \
  doc/HACKING.md \
  doc/IR.md \
  doc/METHODS.md \
  doc/PASSES.md \
  doc/compared.md \
  doc/diff.md \
  doc/editors.md \
  doc/figures.md \
  doc/formats.md \
  doc/gallery.md \
  doc/import.md \
  doc/language.md \
  doc/mistakes.md \
  doc/mpi.md \
  doc/notebook.md \
  doc/python.md \
  doc/results/autonomous.md \
  doc/results/bench.md \
  doc/results/boltzmann.md \
  doc/results/checkpoint.md \
  doc/results/cme.md \
  doc/results/core.md \
  doc/results/differentiable.md \
  doc/results/fitting.md \
  doc/results/fuzzing.md \
  doc/results/gradients.md \
  doc/results/import.md \
  doc/results/kernels.md \
  doc/results/long.md \
  doc/results/mpi.md \
  doc/results/neural-crn.md \
  doc/results/ode.md \
  doc/results/optimiser.md \
  doc/results/python.md \
  doc/results/relu.md \
  doc/results/seams.md \
  doc/tutorial/1-first-network.md \
  doc/tutorial/2-rates.md \
  doc/tutorial/3-modules.md \
  doc/tutorial/4-computing.md \
  doc/tutorial/5-ensembles.md \
  doc/tutorial/6-experiments.md \
  doc/tutorial/7-out.md \
  doc/tutorial/8-boltzmann.md \
  doc/tutorial/9-fitting.md \
  doc/tutorial/README.md
# end
EXTRA_DIST += $(MANUAL_PAGES) $(EXPLAIN_PAGES)

CLEANFILES += doc/explain_pages.c
doc/explain_pages.c: $(EXPLAIN_PAGES) $(EMBED) doc/local.mk
	$(AM_V_GEN)$(MKDIR_P) doc && sh $(EMBED) driver/explain_pages.h explain_page explain_pages \
	  explain_page_count doc/diag .md $(filter %.md,$^) >$@.tmp && mv $@.tmp $@

EXTRA_DIST += doc/pictures doc/pictures.sh

# Draws the pictures of the documents anew.
.PHONY: pictures
pictures: all
	sh $(top_srcdir)/doc/pictures.sh $(abs_top_builddir)

# The manual as a site: html/pages/index.html. It is an error that a link is dead.
PYTHON_OF_HTML = $$(for p in python3 /usr/bin/python3; do \
  $$p -c 'import furo, myst_parser, sphinx' 2>/dev/null && echo $$p && break; done)
EXTRA_DIST += doc/site
html-local:
	@python=$(PYTHON_OF_HTML); [ -n "$$python" ] || { \
	  echo 'make html needs Sphinx with MyST and Furo: apt install python3-sphinx python3-myst-parser furo' >&2; exit 1; }; \
	export PYTHONDONTWRITEBYTECODE=1 CRNLC_SOURCE=$(abs_top_srcdir) && \
	$$python $(srcdir)/doc/site/pages.py $(srcdir) html/source && \
	$$python -m sphinx -q -W --keep-going -b html -c $(srcdir)/doc/site html/source html/pages && \
	$$python $(srcdir)/doc/site/check.py html/pages
