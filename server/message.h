/* Incoming messages of the protocol: a header that ends with an empty line and has Content-Length, then as
 * many bytes. Bytes are fed as they arrive, in pieces of any size. */
#ifndef SERVER_MESSAGE_H
#define SERVER_MESSAGE_H

#include <stddef.h>

#include "support/vec.h"

enum {
    MESSAGE_MOST = 64 << 20 /* most bytes of a message, the same as of a source file */,
    MESSAGE_HEADER_MOST = 4096
};

struct message_reader {
    VEC(char) bytes;
    size_t at;   /* everything before was returned */
    size_t skip; /* bytes still to come of a message that was refused */
};

enum message_state {
    MESSAGE_NONE, /* not complete yet */
    MESSAGE_READY,
    MESSAGE_BAD /* the input is not a message; it is skipped */
};

struct message {
    const char *body; /* for READY: valid until the next call; not NUL-terminated */
    size_t length;
    const char *why; /* for BAD: the reason */
};

void message_feed(struct message_reader *r, const char *bytes, size_t n);
enum message_state message_next(struct message_reader *r, struct message *m);
void message_reader_free(struct message_reader *r);

#endif
