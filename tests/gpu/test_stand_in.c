/* The stand-in for a GPU's driver by itself: instructions with the values that the manual of PTX states,
 * texts that must be refused, accesses that must end a launch. To be linked with libcuda.so.1 of
 * stand_in.c. */
#define _XOPEN_SOURCE 700
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CUDA(name, symbol, parameters) int symbol parameters;
#include "../../runtime/gpu/cuda.def"

/* Instructions with result and operands, which have the letters of ptx_ops.def; comparisons with their
 * results for -1 and 1, 1 and 1, 1 and -1, and, of doubles, nan and 1. */
static const char cases[] =
    /* floating point */
    "add.rn.f64 D0x1.0000000000001p0 D1 D0x1.8p-53; sub.rn.f64 D-1.5 D1 D2.5; "
    "mul.rn.f64 D0x1p-1023 D0x1p-1022 D0.5; div.rn.f64 D0x1.5555555555555p-2 D1 D3; "
    "rcp.rn.f64 D0x1.5555555555555p-2 D3; sqrt.rn.f64 D0x1.6a09e667f3bcdp0 D2; "
    "fma.rn.f64 D0x1p-104 D0x1.0000000000001p0 D0x1.0000000000001p0 D-0x1.0000000000002p0; "
    "neg.f64 D-0 D0; abs.f64 D2 D-2; copysign.f64 D-3 D-1 D3; min.f64 D-0 D0 D-0; min.f64 D-5 D-5 D3; "
    "min.f64 D3 Dnan D3; max.f64 D0 D0 D-0; max.f64 D3 D-5 D3; max.f64 D-5 D-5 Dnan; "
    "selp.f64 D1 D1 D2 P1; selp.f64 D2 D1 D2 P0; mov.f64 D3 D3; "
    /* integers */
    "add.s64 L1 L-1 L2; add.u32 I1 I-1 I2; sub.s64 L-1 L1 L2; sub.s32 I-1 I1 I2; mul.lo.s64 L-6 L-2 L3; "
    "mul.lo.s32 I-6 I-2 I3; mad.lo.s64 L-1 L-2 L3 L5; mad.lo.s32 I-1 I-2 I3 I5; mul.hi.s64 L-1 L-1 L2; "
    "mul.hi.u64 L1 L-1 L2; mul.hi.s32 I-1 I-1 I2; mul.hi.u32 I1 I-1 I2; div.s64 L-3 L-7 L2; "
    "div.s64 L0x8000000000000000 L0x8000000000000000 L-1; div.u64 L0x7ffffffffffffffc L-7 L2; "
    "div.s32 I-3 I-7 I2; div.u32 I0x7ffffffc I-7 I2; rem.s64 L-1 L-7 L2; "
    "rem.s64 L0 L0x8000000000000000 L-1; rem.u64 L5 L-1 L10; rem.s32 I-1 I-7 I2; rem.u32 I5 I-1 I10; "
    "neg.s64 L-7 L7; neg.s32 I-7 I7; abs.s64 L7 L-7; abs.s32 I7 I-7; min.s64 L-1 L-1 L1; "
    "max.s64 L1 L-1 L1; min.u64 L1 L-1 L1; max.u64 L-1 L-1 L1; min.s32 I-1 I-1 I1; max.s32 I1 I-1 I1; "
    "min.u32 I1 I-1 I1; max.u32 I-1 I-1 I1; "
    /* bits, and copies */
    "and.b64 L8 L12 L10; or.b64 L14 L12 L10; xor.b64 L6 L12 L10; not.b64 L-13 L12; and.b32 I8 I12 I10; "
    "or.b32 I14 I12 I10; xor.b32 I6 I12 I10; not.b32 I-13 I12; shl.b64 L0x8000000000000000 L3 I63; "
    "shl.b64 L0 L3 I64; shl.b32 I0x80000000 I3 I31; shl.b32 I0 I3 I32; shr.b64 L1 L-1 I63; "
    "shr.u64 L1 L-1 I63; shr.u64 L0 L-1 I64; shr.s64 L-1 L0x8000000000000000 I99; shr.b32 I1 I-1 I31; "
    "shr.u32 I0 I-1 I32; shr.s32 I-2 I-4 I1; selp.u64 L4 L4 L5 P1; selp.u32 I5 I4 I5 P0; "
    "selp.b64 D4 D4 L5 P1; selp.b32 I5 I4 I5 P0; mov.u64 L5 L5; mov.u32 I5 I5; "
    "mov.b64 L0x3ff0000000000000 D1; mov.b64 D1 L0x3ff0000000000000; mov.b32 I5 I5; "
    "mul.wide.s32 L-6 I-2 I3; mul.wide.u32 L0xfffffffe00000001 I-1 I-1; mad.wide.s32 L92 I-1 I8 L100; "
    "mad.wide.u32 L0x800000001 I-1 I8 L9; and.pred P0 P1 P0; or.pred P1 P1 P0; xor.pred P0 P1 P1; "
    "not.pred P1 P0; mov.pred P1 P1; "
    /* conversions */
    "cvt.u64.u32 L0xffffffff I-1; cvt.s64.s32 L-1 I-1; cvt.u32.u64 I2 L0x100000002; "
    "cvt.rn.f64.s64 D-0x1p53 L-9007199254740993; cvt.rn.f64.u64 D0x1p64 L-1; cvt.rn.f64.s32 D-1 I-1; "
    "cvt.rn.f64.u32 D4294967295 I-1; cvt.rni.f64.f64 D2 D2.5; cvt.rzi.f64.f64 D-2 D-2.5; "
    "cvt.rmi.f64.f64 D-3 D-2.5; cvt.rpi.f64.f64 D3 D2.5; cvt.rni.s64.f64 L-2 D-2.5; "
    "cvt.rzi.s64.f64 L-2 D-2.5; cvt.rzi.s64.f64 L0x7fffffffffffffff D1e300; "
    "cvt.rzi.s64.f64 L0x8000000000000000 Dnan; cvt.rmi.s64.f64 L-3 D-2.5; cvt.rpi.s64.f64 L-2 D-2.5; "
    "cvt.rni.u64.f64 L2 D2.5; cvt.rzi.u64.f64 L0xfffffffffffff800 D0x1.fffffffffffffp63; "
    "cvt.rmi.u64.f64 L0 D-2.5; cvt.rpi.u64.f64 L3 D2.5; cvt.rni.s32.f64 I-2 D-2.5; "
    "cvt.rzi.s32.f64 I0x80000000 D-1e300; cvt.rmi.s32.f64 I-3 D-2.5; cvt.rpi.s32.f64 I-2 D-2.5; "
    "cvt.rni.u32.f64 I2 D2.5; cvt.rzi.u32.f64 I-1 D1e300; cvt.rmi.u32.f64 I2 D2.5; "
    "cvt.rpi.u32.f64 I3 D2.5; "
    /* comparisons */
    "setp.eq.f64 0100; setp.ne.f64 1010; setp.lt.f64 1000; setp.le.f64 1100; setp.gt.f64 0010; "
    "setp.ge.f64 0110; setp.equ.f64 0101; setp.neu.f64 1011; setp.ltu.f64 1001; setp.leu.f64 1101; "
    "setp.gtu.f64 0011; setp.geu.f64 0111; setp.num.f64 1110; setp.nan.f64 0001; setp.eq.s64 010; "
    "setp.ne.s64 101; setp.lt.s64 100; setp.le.s64 110; setp.gt.s64 001; setp.ge.s64 011; "
    "setp.lt.u64 001; setp.le.u64 011; setp.gt.u64 100; setp.ge.u64 110; setp.eq.s32 010; "
    "setp.ne.s32 101; setp.lt.s32 100; setp.le.s32 110; setp.gt.s32 001; setp.ge.s32 011; "
    "setp.lt.u32 001; setp.le.u32 011; setp.gt.u32 100; setp.ge.u32 110; ";

/* Instructions that make %rd0. %rd1 is 2, %rd8 the place of the result, %rd9 that of 8 bytes of junk; the
 * table has the bytes 1, 2, 255, 0 ... */
static const struct {
    const char *text;
    uint64_t expected;
} pieces[] = {
    {"ld.global.u64 %rd0, [%rd9];", UINT64_C(0xa5a5a5a5a5a5a5a5)},
    {"ld.global.nc.s64 %rd0, [table];", 0xff0201},
    {"mov.u64 %rd4, table; add.s64 %rd4, %rd4, 8; ld.global.f64 %fd0, [%rd4+-8]; mov.b64 %rd0, %fd0;",
     0xff0201},
    {"ld.global.nc.f64 %fd0, [table]; mov.b64 %rd0, %fd0;", 0xff0201},
    {"ld.global.u32 %r0, [%rd9+4]; cvt.u64.u32 %rd0, %r0;", 0xa5a5a5a5},
    {"ld.global.nc.u32 %r0, [table]; cvt.u64.u32 %rd0, %r0;", 0xff0201},
    {"st.global.u64 [%rd9], %rd1; ld.global.u64 %rd0, [%rd9];", 2},
    {"st.global.f64 [%rd9], 0d3FF0000000000000; ld.global.u64 %rd0, [%rd9];", UINT64_C(0x3ff0000000000000)},
    {"st.global.u32 [%rd9+4], 5; ld.global.u64 %rd0, [%rd9];", UINT64_C(0x5a5a5a5a5)},
    {"cvta.global.u64 %rd0, %rd1;", 2},
    {"ld.global.u64 %rd0, [%rd8]; mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mov.u32 %r3, %tid.x;"
     "mad.lo.s32 %r0, %r1, %r2, %r3; mov.u32 %r1, %nctaid.x; mad.wide.u32 %rd0, %r0, %r1, %rd0;",
     3 * 66}, /* all threads add up 3 * (0 + 1 + ... + 11) */
    {"{ .reg .b64 %rd0; mov.u64 %rd0, 7; } add.s64 %rd0, %rd1, -1;", 1},
    {"setp.eq.s64 %p1, %rd1, 2; @%p1 bra L1; bra.uni L2; L1: mov.u64 %rd0, 9; L2:", 9},
    {"setp.eq.s64 %p1, %rd1, 2; @!%p1 bra L1; bra.uni L2; L1: mov.u64 %rd0, 9; L2:", 0},
    {"L1: add.s64 %rd0, %rd0, 1; setp.lt.s64 %p1, %rd0, 5; @%p1 bra L1;", 5},
};

static const struct {
    const char *text, *message; /* in place of an instruction */
} refused[] = {
    {"frobnicate.f64 %fd0, %fd1;", "Unknown instruction 'frobnicate.f64'"},
    {"add.f64 %fd0, %fd1, %fd2;", "'add.f64': without .rn"},
    {"ld.global.v2.u64 {%rd0, %rd1}, [%rd9];", "Unknown instruction"},
    {".shared .b8 x[8];", "Unknown instruction '.shared'"},
    {".reg .f32 %f<3>;", "not '.f32'"},
    {"add.rn.f64 %fd0, %fd1, %r1;", "'%r1' is of another type"},
    {"add.rn.f64 %fd0, %fd1, 1;", "a double expected"},
    {"add.s64 %rd0, %rd1, 0d0000000000000000;", "an integer expected"},
    {"add.s64 %rd0, %rd1, %rd10;", "'%rd10' is not declared"},
    {"{ .reg .b64 %x; } mov.u64 %x, 1;", "'%x' is not declared"},
    {"add.s32 %r0, %r1, 5000000000;", "more than 32 bits"},
    {"add.s64 %rd0, %rd1;", "',' expected, not ';'"},
    {"mov.u64 %rd0, 1 ret;", "';' expected, not 'ret'"},
    {"@%p1 mov.u64 %rd0, 1;", "not on a branch"},
    {"ld.param.u64 %rd0, [table];", "'table' is of another type"},
    {"bra L9;", "Label 'L9' is not defined"},
    {"L1: L1:", "Duplicate definition of 'L1'"},
    {"} .visible .entry other() {", "behind the kernel"},
};

/* Accesses that end a launch. */
static const struct {
    const char *text;
    int error;
} stopped[] = {
    {"ld.global.u64 %rd0, [%rd9+8];", 700},  {"ld.global.u64 %rd0, [%rd9+-8];", 700},
    {"ld.global.u32 %r0, [table+16];", 700}, {"ld.global.nc.u64 %rd0, [%rd1];", 700},
    {"st.global.u64 [%rd9+8], %rd0;", 700},  {"st.global.u32 [%rd9+8], %r0;", 700},
    {"ld.global.u64 %rd0, [table+4];", 716}, {"st.global.u32 [%rd9+2], %r0;", 716},
};

static int wrong;

static void check(bool is_right, const char *what, const char *text)
{
    if (!is_right) {
        printf("%s: %s\n", what, text);
        wrong++;
    }
}

/* A kernel with these instructions, which stores %rd0. */
static int load(void **module, const char *text, char *log, size_t size)
{
    char whole[4096];
    snprintf(whole, sizeof whole,
             "// a comment\n.version 6.0\n.target sm_70\n.address_size 64\n"
             ".global .align 16 .b8 table[16] = {1, 2, 255};\n"
             ".visible .entry k(.param .u64 out, .param .u64 junk, .param .u64 pa, .param .u64 pb,\n"
             ".param .u64 pc)\n{\n.reg .pred %%p<4>;\n.reg .b32 %%r<4>;\n.reg .b64 %%rd<10>;\n"
             ".reg .f64 %%fd<4>;\nld.param.u64 %%rd9, [out];\ncvta.to.global.u64 %%rd8, %%rd9;\n"
             "ld.param.u64 %%rd9, [junk];\nld.param.u64 %%rd1, [pa];\nld.param.u64 %%rd2, [pb];\n"
             "ld.param.u64 %%rd3, [pc];\ncvt.u32.u64 %%r1, %%rd1;\ncvt.u32.u64 %%r2, %%rd2;\n"
             "cvt.u32.u64 %%r3, %%rd3;\nmov.b64 %%fd1, %%rd1;\nmov.b64 %%fd2, %%rd2;\n"
             "mov.b64 %%fd3, %%rd3;\nsetp.ne.s64 %%p1, %%rd1, 0;\nsetp.ne.s64 %%p2, %%rd2, 0;\n"
             "setp.ne.s64 %%p3, %%rd3, 0;\nmov.u64 %%rd0, 0;\n%s\nst.global.u64 [%%rd8], %%rd0;\nret;\n}\n",
             text);
    const int option[] = {5, 6};
    void *value[] = {log, (void *)(uintptr_t)size};
    *log = 0;
    return cuModuleLoadDataEx(module, whole, 2, option, value);
}

/* What 12 threads of the kernel of a text end with; *value gets what they store. */
static int run(const char *text, uint64_t operand[3], uint64_t *value)
{
    void *module = NULL, *function = NULL;
    char log[500];
    uint64_t out = 0, junk = 0;
    *value = 0;
    if (load(&module, text, log, sizeof log) || cuModuleGetFunction(&function, module, "k") ||
        cuMemAlloc_v2(&out, 8) || cuMemAlloc_v2(&junk, 8) || cuMemcpyHtoD_v2(out, value, 8)) {
        check(false, log, text);
        return -1;
    }
    void *parameters[] = {&out, &junk, &operand[0], &operand[1], &operand[2]};
    check(!cuLaunchKernel(function, 3, 1, 1, 4, 1, 1, 0, NULL, parameters, NULL), "not launched", text);
    int error = cuCtxSynchronize();
    check(cuMemcpyDtoH_v2(value, out, 8) == error && cuMemFree_v2(out) == error &&
              cuMemFree_v2(junk) == error && cuModuleUnload(module) == error,
          "an error does not stay", text);
    return error;
}

static void check_value(const char *text, uint64_t operand[3], uint64_t expected)
{
    uint64_t value;
    char what[100];
    check(run(text, operand, &value) == 0, "stopped", text);
    sprintf(what, "0x%016" PRIx64 " instead of 0x%016" PRIx64, value, expected);
    check(value == expected, what, text);
}

/* "D1.5" or "L-1": its bits. */
static uint64_t bits_of(const char *word)
{
    double x = strtod(word + 1, NULL);
    uint64_t v = strtoull(word + 1, NULL, 0);
    if (*word == 'D') {
        memcpy(&v, &x, sizeof v);
    }
    return *word == 'I' ? (uint32_t)v : v;
}

static void check_case(char *c)
{
    char text[300], *word[5] = {NULL};
    uint64_t operand[3] = {0};
    int length = sprintf(text, "%.*s", (int)strcspn(c, " "), c);
    strtok(c, " ");
    for (int k = 0; k < 4 && (word[k] = strtok(NULL, " ")); k++) {
        const char *reg = *word[k] == 'D' ? "fd" : *word[k] == 'L' ? "rd" : *word[k] == 'I' ? "r" : "p";
        length += sprintf(text + length, "%c %%%s%d", k ? ',' : ' ', reg, k);
        if (k > 0) {
            operand[k - 1] = bits_of(word[k]);
        }
    }
    strcpy(text + length, *word[0] == 'D'   ? "; mov.b64 %rd0, %fd0;"
                          : *word[0] == 'I' ? "; cvt.u64.u32 %rd0, %r0;"
                          : *word[0] == 'P' ? "; selp.u64 %rd0, 1, 0, %p0;"
                                            : ";");
    check_value(text, operand, bits_of(word[0]));
}

static void check_comparison(const char *c)
{
    static const char *const of[][2] = {{"-1", "1"}, {"1", "1"}, {"1", "-1"}, {"nan", "1"}};
    int length = (int)strcspn(c, " ");
    char letter = strstr(c, "f64") ? 'D' : strstr(c, "64") ? 'L' : 'I', text[100];
    for (int k = 0; c[length + 1 + k]; k++) {
        sprintf(text, "%.*s P%c %c%s %c%s", length, c, c[length + 1 + k], letter, of[k][0], letter, of[k][1]);
        check_case(text);
    }
}

static void check_values(void)
{
    char one[200];
    for (const char *s = cases; *s; s += strcspn(s, ";") + 2) {
        sprintf(one, "%.*s", (int)strcspn(s, ";"), s);
        strncmp(one, "setp.", 5) == 0 ? check_comparison(one) : check_case(one);
    }
    for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
        check_value(pieces[k].text, (uint64_t[]){2, 0, 0}, pieces[k].expected);
    }
}

static void check_refused(void)
{
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        void *module;
        char log[500];
        check(load(&module, refused[k].text, log, sizeof log) == 218, "not refused", refused[k].text);
        check(strstr(log, refused[k].message) && strstr(log, "line 29; error"), log, refused[k].text);
    }
}

/* An error stays until the process ends, so each has its own. */
static void check_stopped(void)
{
    for (size_t k = 0; k < sizeof stopped / sizeof *stopped; k++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            uint64_t value;
            _exit(run(stopped[k].text, (uint64_t[]){0, 0, 0}, &value) != stopped[k].error || wrong);
        }
        check(waitpid(child, &status, 0) == child && status == 0, "does not stop so", stopped[k].text);
    }
}

static void check_environment(void)
{
    int n;
    uint64_t a, b;
    setenv("STAND_IN_MEMORY", "1000", 1);
    check(!cuMemAlloc_v2(&a, 600) && cuMemAlloc_v2(&b, 600) == 2, "memory", "600 of 1000 bytes, twice");
    check(cuMemcpyHtoD_v2(a + 599, "xy", 2) == 1, "copied", "behind the end");
    check(!cuMemFree_v2(a) && cuMemFree_v2(a) == 1, "freed", "twice");
    check(!cuMemAlloc_v2(&b, 1000) && !cuMemFree_v2(b), "memory", "all of it");
    unsetenv("STAND_IN_MEMORY");
    check(!cuDeviceGetCount(&n) && n == 1, "devices", "1");
    setenv("STAND_IN_DEVICES", "0", 1);
    check(!cuDeviceGetCount(&n) && n == 0, "devices", "0");
    unsetenv("STAND_IN_DEVICES");
    setenv("STAND_IN_FAIL", "cuCtxSynchronize:2", 1);
    check(cuCtxSynchronize() == 0 && cuCtxSynchronize() == 999, "does not fail", "the second time");
    unsetenv("STAND_IN_FAIL");
}

int main(void)
{
    void *context;
    check(!cuInit(0) && cuCtxSynchronize() == 201, "a context", "before it is made");
    check(!cuDevicePrimaryCtxRetain(&context, 0) && !cuCtxSetCurrent(context), "no context", "");
    check_values();
    check_refused();
    check_environment();
    check_stopped();
    return wrong != 0;
}
