EXTRA_DIST += examples

# The manual, its pictures, the tutorial and the examples, as they lie here.
install-data-local:
	$(MKDIR_P) $(DESTDIR)$(docdir)
	cd $(srcdir) && find doc examples \( -name '*.md' -o -name '*.svg' -o -name '*.png' -o -path 'examples/*' \) \
	    -type f ! -name local.mk | while read -r f; do \
	    $(MKDIR_P) "$(DESTDIR)$(docdir)/$${f%/*}" && $(INSTALL_DATA) "$$f" "$(DESTDIR)$(docdir)/$$f" || exit 1; done
	$(INSTALL_DATA) $(srcdir)/README.md $(DESTDIR)$(docdir)/README.md
uninstall-hook:
	rm -rf $(DESTDIR)$(docdir)/doc $(DESTDIR)$(docdir)/examples $(DESTDIR)$(docdir)/README.md
