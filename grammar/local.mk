# Flex and Bison write into the build folder; their output is in no commit and no tarball. It is compiled as a
# library of its own because the generated parts do not keep to our warnings.
# files: GRAMMAR_FILES = grammar/*.l grammar/*.y grammar/*.md
GRAMMAR_FILES = \
  grammar/lexer.l \
  grammar/parser.y \
  grammar/reference.md
# end
EXTRA_DIST += $(GRAMMAR_FILES)

noinst_LIBRARIES += libgrammar.a
nodist_libgrammar_a_SOURCES = grammar/parser.c grammar/parser.h grammar/lexer.c
libgrammar_a_SOURCES =
libgrammar_a_CFLAGS = -std=c11 -Wall -ffp-contract=off $(PIC_FLAGS) $(INSTRUMENT_FLAGS)
BUILT_SOURCES += grammar/parser.h
CLEANFILES += $(nodist_libgrammar_a_SOURCES)

grammar/parser.c grammar/parser.h &: grammar/parser.y
	$(AM_V_GEN)$(MKDIR_P) grammar && $(BISON) -Wall --header=grammar/parser.h -o grammar/parser.c $<
grammar/lexer.c: grammar/lexer.l
	$(AM_V_GEN)$(MKDIR_P) grammar && $(FLEX) -t $< >$@.tmp && $(SED) 's,"lex.yy.c","grammar/lexer.c",' $@.tmp >$@ && rm $@.tmp
$(libgrammar_a_OBJECTS) $(libfrontend_a_OBJECTS): | grammar/parser.h
