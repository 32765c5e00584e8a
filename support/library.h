/* Shared libraries that are loaded when they are first needed. Most commands need neither LLVM nor libsbml,
 * and loading these takes longer than everything that such a command does.
 *
 * A list names the functions of such a library that are called. For each, LIBRARY_FUNCTION makes a jump with
 * the name of the function, so that callers are written as if the library were linked. library_load sets the
 * targets of the jumps and must be called before the first function. A function that is not in the list is an
 * undefined reference for the linker. */
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
    const char *name;    /* for messages */
    const char *file;    /* name for the loader, with the version */
    const char *folder;  /* where it was when crnlc was built, for use if the loader does not find it */
    const char *package; /* the Debian package that contains it */
    const struct library_function *function;
    size_t n;
    bool is_loaded;
};

/* Loads the library once, on whichever thread comes first; later calls do nothing. False with E0805 if the
 * library or one of its functions is missing. `purpose` names what needs it, such as "code generation". */
bool library_load(struct library *library, const char *purpose, struct diag *diag);
/* The same without a report: NULL, or the loader's reason, which stays until the thread loads another
 * library. */
const char *library_missing(struct library *library);

/* The jump of a function, and its target. */
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

/* The entry of a function in struct library. */
#define LIBRARY_ROW(function) {#function, &library_at_##function},

#endif
