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
  import/json_parse.c \
  import/json_parse.h \
  import/json_value.c \
  import/json_value.h \
  import/json_wrong.c \
  import/json_wrong.h \
  import/kummer.c \
  import/kummer.h \
  import/mass_action.c \
  import/mass_action.h \
  import/remark.c \
  import/scan.c \
  import/scan.h \
  import/tfun.c \
  import/tfun.h \
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
  import/sbml/sbml_check.c \
  import/sbml/sbml_delay.c \
  import/sbml/sbml_entity.c \
  import/sbml/sbml_event.c \
  import/sbml/sbml_fast.c \
  import/sbml/sbml_impl.h \
  import/sbml/sbml_implicit.c \
  import/sbml/sbml_math.c \
  import/sbml/sbml_newton.c \
  import/sbml/sbml_own.c \
  import/sbml/sbml_package.c \
  import/sbml/sbml_reaction.c \
  import/sbml/sbml_structure.c \
  import/sbml/sbml_units.c
# end
if SBML
libimport_a_SOURCES += $(SBML_IMPORT_SOURCES)
endif

# files: ANTIMONY_IMPORT_SOURCES = import/antimony/*.c import/antimony/*.h
ANTIMONY_IMPORT_SOURCES = \
  import/antimony/antimony.c \
  import/antimony/antimony_formula.c \
  import/antimony/antimony_impl.h \
  import/antimony/antimony_lex.c \
  import/antimony/antimony_math.c \
  import/antimony/antimony_module.c \
  import/antimony/antimony_own.c \
  import/antimony/antimony_reaction.c \
  import/antimony/antimony_statement.c \
  import/antimony/antimony_strand.c \
  import/antimony/antimony_token.c \
  import/antimony/antimony_unit.c \
  import/antimony/antimony_variable.c \
  import/antimony/antimony_write.c \
  import/antimony/antimony_write.h
# end
libimport_a_SOURCES += $(ANTIMONY_IMPORT_SOURCES)

# files: PETAB_IMPORT_SOURCES = import/petab/*.c import/petab/*.h import/petab/*.def
PETAB_IMPORT_SOURCES = \
  import/petab/petab.c \
  import/petab/petab.h \
  import/petab/petab_formula.c \
  import/petab/petab_group.c \
  import/petab/petab_impl.h \
  import/petab/petab_loss.c \
  import/petab/petab_table.c \
  import/petab/petab_write.c \
  import/petab/tables.def
# end
libimport_a_SOURCES += $(PETAB_IMPORT_SOURCES)

# With libyaml.
# files: YAML_IMPORT_SOURCES = import/yaml/*.c import/yaml/*.h
YAML_IMPORT_SOURCES = \
  import/yaml/yaml_value.c \
  import/yaml/yaml_value.h
# end
if YAML
libimport_a_SOURCES += $(YAML_IMPORT_SOURCES)
endif

# With libxml2.
# files: SEDML_IMPORT_SOURCES = import/sedml/*.c import/sedml/*.h import/sedml/*.def
SEDML_IMPORT_SOURCES = \
  import/sedml/kisao.def \
  import/sedml/math.def \
  import/sedml/sedml.c \
  import/sedml/sedml.h \
  import/sedml/sedml_archive.c \
  import/sedml/sedml_change.c \
  import/sedml/sedml_generator.c \
  import/sedml/sedml_impl.h \
  import/sedml/sedml_math.c \
  import/sedml/sedml_method.c \
  import/sedml/sedml_model.c \
  import/sedml/sedml_output.c \
  import/sedml/sedml_plot.c \
  import/sedml/sedml_range.c \
  import/sedml/sedml_run.c \
  import/sedml/sedml_surface.c \
  import/sedml/sedml_task.c \
  import/sedml/sedml_xml.c
# end
if XML2
libimport_a_SOURCES += $(SEDML_IMPORT_SOURCES)
endif

libimport_a_CPPFLAGS = $(AM_CPPFLAGS) $(XML2_CPPFLAGS)
