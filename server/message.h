/* Messages of the protocol as they come in: a header that ends with an empty line, of which Content-Length is
 * read, then that many bytes. Bytes are fed as they arrive, in pieces of any size. */
#ifndef SERVER_MESSAGE_H
#define SERVER_MESSAGE_H

#include <stddef.h>

#include "support/vec.h"

enum { MESSAGE_MOST = 64 << 20 /* bytes of a message, as of a source file */, MESSAGE_HEADER_MOST = 4096 };

struct message_reader {
    VEC(char) bytes;
    size_t at;   /* what is before was given out */
    size_t skip; /* bytes of a message that was refused and are still to come */
};

enum message_state {
    MESSAGE_NONE, /* not whole so far */
    MESSAGE_READY,
    MESSAGE_BAD /* what came is no message; it is skipped */
};

struct message {
    const char *body; /* READY: valid until the next call; not NUL-terminated */
    size_t length;
    const char *why; /* BAD */
};

void message_feed(struct message_reader *r, const char *bytes, size_t n);
enum message_state message_next(struct message_reader *r, struct message *m);
void message_reader_free(struct message_reader *r);

#endif
