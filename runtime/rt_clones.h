/* Compiles a version of a function for each kind of processor; all give the same bytes. ThreadSanitizer is
 * not yet initialised when the loader chooses a version, so it gets only one. */
#ifndef RT_CLONES_H
#define RT_CLONES_H

#if defined __x86_64__ && defined __GNUC__ && !defined __clang__ && !defined __SANITIZE_THREAD__
#define RT_CLONES __attribute__((target_clones("avx512f", "avx2", "default"), optimize("O3")))
#else
#define RT_CLONES
#endif

#endif
