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
  import/sbml.c \
  import/sbml_entity.c \
  import/sbml_event.c \
  import/sbml_impl.h \
  import/sbml_math.c \
  import/sbml_own.c \
  import/sbml_reaction.c \
  import/sbml_units.c \
  import/scan.c \
  import/scan.h \
  import/xml.c \
  import/xml.h
# end
