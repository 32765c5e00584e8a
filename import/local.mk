noinst_LIBRARIES += libimport.a
# files: libimport_a_SOURCES = import/*.c import/*.h import/*.def
libimport_a_SOURCES = \
  import/bionetgen.c \
  import/crn.c \
  import/formats.def \
  import/function.c \
  import/function.def \
  import/import.c \
  import/import.h \
  import/import_impl.h \
  import/infix.c \
  import/infix.h \
  import/json.c \
  import/json_event.c \
  import/json_impl.h \
  import/json_value.c \
  import/json_value.h \
  import/mass_action.c \
  import/mass_action.h \
  import/remark.c \
  import/scan.c \
  import/scan.h \
  import/unbounded.c \
  import/unbounded.h \
  import/xml.c \
  import/xml.h
# end

# With libsbml.
# files: SBML_IMPORT_SOURCES = import/sbml/*.c import/sbml/*.h
SBML_IMPORT_SOURCES = \
  import/sbml/sbml.c \
  import/sbml/sbml_algebraic.c \
  import/sbml/sbml_entity.c \
  import/sbml/sbml_event.c \
  import/sbml/sbml_impl.h \
  import/sbml/sbml_math.c \
  import/sbml/sbml_own.c \
  import/sbml/sbml_package.c \
  import/sbml/sbml_reaction.c \
  import/sbml/sbml_units.c
# end
if SBML
libimport_a_SOURCES += $(SBML_IMPORT_SOURCES)
endif
