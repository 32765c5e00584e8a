/* Code for the vectors of a processor. RT_CLONES compiles a version of a function for each kind of processor;
 * all give the same bytes. ThreadSanitizer is not yet initialised when the loader chooses a version: a single
 * version is all it gets. */
#ifndef RT_CLONES_H
#define RT_CLONES_H

#if defined __x86_64__ && defined __GNUC__ && !defined __clang__ && !defined __SANITIZE_THREAD__
#define RT_CLONES __attribute__((target_clones("avx512f", "avx2", "default"), optimize("O3")))
#else
#define RT_CLONES
#endif

/* Four elements at any place of an array of numbers. In loops over arrays and their elements the compiler
 * would turn the loop over arrays into vector instructions, with shuffles. */
typedef double rt_four __attribute__((vector_size(32), aligned(8), may_alias));

#endif
