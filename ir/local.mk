noinst_LIBRARIES += libir.a
# files: libir_a_SOURCES = ir/*.c ir/*.h ir/*.def
libir_a_SOURCES =
# end
