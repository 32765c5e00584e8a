noinst_LIBRARIES += libserver.a
# files: libserver_a_SOURCES = server/*.c server/*.h server/*.def
libserver_a_SOURCES = \
  server/check.c \
  server/document.c \
  server/job.c \
  server/lines.c \
  server/lines.h \
  server/message.c \
  server/message.h \
  server/names.c \
  server/names.h \
  server/places.c \
  server/request_code_action.c \
  server/request_completion.c \
  server/request_formatting.c \
  server/request_hover.c \
  server/request_life.c \
  server/request_names.c \
  server/request_rename.c \
  server/request_text.c \
  server/requests.def \
  server/rpc.c \
  server/server.c \
  server/server.h \
  server/server_impl.h \
  server/uri.c \
  server/uri.h
# end
$(libserver_a_OBJECTS): | build_config.h
