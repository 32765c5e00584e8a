/* What the files that decode PTX share: the state of a decoder, tokens, names. All memory is in the arena of
 * the module; an error leaves the decoder by longjmp, and the module is then freed as a whole. */
#ifndef TESTS_GPU_PTX_IMPL_H
#define TESTS_GPU_PTX_IMPL_H

#include "ptx.h"

#include <setjmp.h>

struct chunk {
    struct chunk *next;
    max_align_t bytes[];
};

struct variable {
    char *name;
    struct region *region;
};

struct module {
    struct chunk *chunks;
    char *text;
    struct memory *memory;
    struct variable *variables;
    size_t variable_count, variable_room;
    struct function **functions;
    size_t function_count, function_room;
};

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_INTEGER,
    TOKEN_F64,
    TOKEN_F32,
    TOKEN_DECIMAL,
    TOKEN_STRING,
    TOKEN_SIGN
};

struct token {
    enum token_kind kind;
    const char *at;
    int length, line;
    uint64_t value; /* of numbers; the bits of floats */
};

enum name_kind { NAME_REGISTER, NAME_LOCAL, NAME_PARAM };

/* A name of a function. With count > 0 it stands for name0, name1, ... of consecutive slots. */
struct name {
    enum name_kind kind;
    char *text;
    uint32_t count;
    struct type type;
    int32_t slot;
    uint32_t at, size; /* .local and .param */
};

struct label {
    const char *name;
    int32_t target;
    int32_t branches; /* index of its .branchtargets, or -1 */
};

/* A label that is to be found at the end of the function. */
struct mention {
    const char *name;
    int line;
    int32_t instruction; /* that goes to it, or that uses its .branchtargets; or -1 */
    int32_t branches, place;
};

struct constant {
    uint64_t value;
    int32_t slot; /* 0 for none */
};

struct decoder {
    jmp_buf failed;
    char *log;
    size_t log_size;
    struct module *module;
    int capability;
    const char *at; /* behind the token */
    int line;
    struct token token;             /* the one to be read next */
    struct function *function;      /* that is read, and what belongs to it: */
    struct constant constants[256]; /* by a hash of the value */
    struct name *names;
    size_t name_count, name_room;
    struct label *labels;
    size_t label_count, label_room;
    struct mention *mentions;
    size_t mention_count, mention_room;
};

/* ptx_text.c */
_Noreturn void fail(struct decoder *d, int line, const char *format, ...);
void *module_alloc(struct decoder *d, size_t size); /* zeros */
void *grown(struct decoder *d, void *list, size_t count, size_t *room,
            size_t size); /* with room for one more */
char *copied(struct decoder *d, const char *s, int length);
void advance(struct decoder *d);
bool is_sign(const struct decoder *d, char c);
bool is_word(const struct decoder *d, const char *word);
bool accept_sign(struct decoder *d, char c);
bool accept_word(struct decoder *d, const char *word);
void expect_sign(struct decoder *d, char c);
char *expect_word(struct decoder *d, const char *what);
uint64_t expect_number(struct decoder *d);
int64_t signed_number(struct decoder *d);       /* with - or + before it */
bool parse_type(const char *s, struct type *t); /* "u32" */

/* ptx_load.c */
struct name *name_add(struct decoder *d, enum name_kind kind, char *text);
struct name *name_find(struct decoder *d, const char *text, uint32_t *index); /* index in a name's range */
struct variable *variable_find(struct decoder *d, const char *name);
struct function *function_find(struct module *m, const char *name);

/* ptx_decode.c */
void decode_instruction(struct decoder *d);
int32_t slot_new(struct decoder *d, uint64_t value);

#endif
