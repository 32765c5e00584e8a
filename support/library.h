/* Libraries that are loaded when they are first needed. Most commands need neither LLVM nor libsbml, and to
 * load these takes longer than all that such a command does.
 *
 * The functions of such a library that are called stand in a list. Of each, LIBRARY_FUNCTION makes a jump
 * under the function's own name, so that callers are written as if the library were linked; library_load
 * says where the jumps lead and comes before the first call. A function that the list lacks is an undefined
 * reference for the linker. */
#ifndef SUPPORT_LIBRARY_H
#define SUPPORT_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "support/diag.h"

struct library_function {
    const char *name;
    void (**at)(void);
};

struct library {
    const char *name;    /* in messages */
    const char *file;    /* its name for the loader, with its version */
    const char *folder;  /* where it was when crnlc was built, if the loader does not find it */
    const char *package; /* of Debian, which brings it */
    const struct library_function *function;
    size_t n;
    bool is_loaded;
};

/* Once, by whichever thread; later calls do nothing. False with E0805 if the library, or one of its
 * functions, is not there; `purpose` is what needs it: "code generation". */
bool library_load(struct library *library, const char *purpose, struct diag *diag);

/* The jump of one function, and where it leads. */
#define LIBRARY_FUNCTION(function)                                                                     \
    extern void (*library_at_##function)(void) __attribute__((visibility("hidden")));                  \
    void (*library_at_##function)(void);                                                               \
    __asm__(".pushsection .text\n\t"                                                                   \
            ".globl " #function "\n\t"                                                                 \
            ".hidden " #function "\n\t"                                                                \
            ".type " #function ", %function\n" #function                                               \
            ":\n\t" LIBRARY_JUMP("library_at_" #function) "\n\t"                                       \
                                                          ".size " #function ", . - " #function "\n\t" \
                                                          ".popsection");

#if defined(__x86_64__)
#define LIBRARY_JUMP(at) "endbr64\n\tjmp *" at "(%rip)"
#elif defined(__aarch64__)
#define LIBRARY_JUMP(at) "hint #34\n\tadrp x16, " at "\n\tldr x16, [x16, :lo12:" at "]\n\tbr x16"
#else
#error "how does this processor jump to an address in memory? Registers of arguments must not change."
#endif

/* The row of one function in struct library. */
#define LIBRARY_ROW(function) {#function, &library_at_##function},

#endif
