/* Constants of structures that are lists of members (runtime/crnl_members.h). Used in functions that have the
 * emitter `e` and the structure `m`. Members that are neither numbers nor texts come from EMIT_OWN(name),
 * which each user defines. */
#ifndef CODEGEN_EMIT_MEMBERS_H
#define CODEGEN_EMIT_MEMBERS_H

#include "codegen/emit/emit.h"

#define EMIT_INT(name)  member[n++] = emit_i32(e, (int64_t)m->name);
#define EMIT_REAL(name) member[n++] = emit_real(e, m->name);
#define EMIT_TEXT(name) member[n++] = emit_text(e, m->name);
#define EMIT_INTS(name, count)                 \
    for (int i = 0; i < (count); i++) {        \
        member[n++] = emit_i32(e, m->name[i]); \
    }
#define EMIT_REALS(name, count)                 \
    for (int i = 0; i < (count); i++) {         \
        member[n++] = emit_real(e, m->name[i]); \
    }
#define EMIT_ARRAY(type, name, count) \
    member[n++] = emit_blob(e, #name, m->name, m->name ? (size_t)(count) * sizeof *m->name : 0);
#define EMIT_MEMBER(type, name) member[n++] = EMIT_OWN(name);

/* The constant, for a list of members such as CRNL_RUN_SPEC. */
#define EMIT_STRUCTURE(list, value)                                                \
    do {                                                                           \
        LLVMValueRef member[sizeof *m / sizeof(int32_t)];                          \
        unsigned n = 0;                                                            \
        list(EMIT) value = LLVMConstStructInContext(e->context, member, n, false); \
        emit_check_size(e, value, sizeof *m);                                      \
    } while (0)

#endif
