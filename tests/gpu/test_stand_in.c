/* The stand-in for a GPU's driver by itself: instructions with the values that the PTX manual states, texts
 * that must be refused, accesses that must end a launch. To be linked with libcuda.so.1 of stand_in.c. */
#define _XOPEN_SOURCE 700
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long CUdeviceptr;
int cuInit(unsigned flags);
int cuDeviceGetCount(int *count);
int cuDeviceGetName(char *name, int length, int device);
int cuDeviceGetAttribute(int *value, int attribute, int device);
int cuDevicePrimaryCtxRetain(void **context, int device);
int cuDevicePrimaryCtxRelease_v2(int device);
int cuCtxSetCurrent(void *context);
int cuModuleLoadDataEx(void **module, const void *image, unsigned count, int *options, void **values);
int cuModuleUnload(void *module);
int cuModuleGetFunction(void **function, void *module, const char *name);
int cuMemGetInfo_v2(size_t *free_bytes, size_t *total);
int cuMemAlloc_v2(CUdeviceptr *at, size_t size);
int cuMemFree_v2(CUdeviceptr at);
int cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t size);
int cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t size);
int cuLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                   unsigned block_y, unsigned block_z, unsigned shared_bytes, void *stream, void **arguments,
                   void **extra);
int cuCtxSynchronize(void);
int cuGetErrorString(int code, const char **text);

#define HEADER "//\n.version 6.0\n.target sm_70\n.address_size 64\n"

/* a kernel with a, b, c in registers of all types, that stores %rd0 */
static const char before[] = HEADER
    ".const .align 8 .f64 table[3] = {0d3FF0000000000000, 0d4000000000000000, 0d4008000000000000};\n"
    ".global .align 1 .b8 bytes[8] = {1, 2, 255};\n"
    ".global .align 8 .u64 where[2] = {generic(table)+8, bytes};\n"
    ".func (.param .b64 result) twice(.param .b64 x);\n"
    ".visible .entry k(.param .u64 out, .param .b64 pa, .param .b64 pb, .param .b64 pc)\n"
    ".maxntid 64, 1, 1\n{\n"
    ".local .align 8 .b8 __local_depot0[32];\n.reg .b64 %SP, %SPL;\n.reg .pred %p<4>;\n.reg .b16 %rs<5>;\n"
    ".reg .b32 %r<7>;\n.reg .b64 %rd<9>;\n.reg .f64 %fd<4>;\n.reg .f32 %f<3>;\n"
    "mov.u64 %SPL, __local_depot0;\ncvta.local.u64 %SP, %SPL;\n"
    "ld.param.u64 %rd8, [out];\ncvta.to.global.u64 %rd8, %rd8;\n"
    "ld.param.u64 %rd1, [pa];\nld.param.u64 %rd2, [pb];\nld.param.u64 %rd3, [pc];\n"
    "cvt.u32.u64 %r1, %rd1;\ncvt.u32.u64 %r2, %rd2;\ncvt.u32.u64 %r3, %rd3;\n"
    "cvt.u16.u64 %rs1, %rd1;\ncvt.u16.u64 %rs2, %rd2;\n"
    "mov.b64 %fd1, %rd1;\nmov.b64 %fd2, %rd2;\nmov.b64 %fd3, %rd3;\nmov.b32 %f1, %r1;\n"
    "setp.ne.s64 %p1, %rd1, 0;\nsetp.ne.s64 %p2, %rd2, 0;\nmov.u64 %rd0, 0;\nmov.u32 %r0, 0;\n";
static const char after[] =
    "\nst.global.u64 [%rd8], %rd0;\nret;\n}\n"
    ".func (.param .b64 result) twice(.param .b64 x)\n{\n.reg .b64 %rd<3>;\n"
    "ld.param.u64 %rd1, [x];\nadd.s64 %rd2, %rd1, %rd1;\nst.param.b64 [result+0], %rd2;\n"
    "ret;\n}\n";

#define DOUBLE       "mov.b64 %rd0, %fd0;"
#define WORD         "cvt.u64.u32 %rd0, %r0;"
#define TRUTH        "selp.u64 %rd0, 1, 0, %p0;"
#define TINY         UINT64_C(1)
#define ALL          UINT64_C(0xffffffffffffffff)
#define MOST         UINT64_C(0x7fffffffffffffff)
#define LEAST        UINT64_C(0x8000000000000000)
#define NOT_A_NUMBER UINT64_C(0x7ff8000000000000)
#define ONE          UINT64_C(0x3ff0000000000000)
#define THREE        UINT64_C(0x4008000000000000)
#define MINUS_ZERO   LEAST

static const struct {
    const char *text;
    uint64_t a, b, c, expected;
} cases[] = {
    {"div.rn.f64 %fd0, %fd1, %fd2;" DOUBLE, ONE, THREE, 0, UINT64_C(0x3fd5555555555555)},
    {"fma.rn.f64 %fd0, %fd1, %fd1, %fd3;" DOUBLE, UINT64_C(0x3ff0000000000001), 0,
     UINT64_C(0xbff0000000000002), UINT64_C(0x3970000000000000)},
    {"mul.rn.f64 %fd0, %fd1, 0d3FE0000000000000;" DOUBLE, UINT64_C(0x0010000000000000), 0, 0,
     UINT64_C(0x0008000000000000)},
    {"sqrt.rn.f64 %fd0, %fd1;" DOUBLE, UINT64_C(0x4000000000000000), 0, 0, UINT64_C(0x3ff6a09e667f3bcd)},
    {"min.f64 %fd0, %fd1, %fd2;" DOUBLE, 0, MINUS_ZERO, 0, MINUS_ZERO},
    {"max.f64 %fd0, %fd1, %fd2;" DOUBLE, NOT_A_NUMBER, ONE, 0, ONE},
    {"neg.f64 %fd0, %fd1;" DOUBLE, ONE, 0, 0, UINT64_C(0xbff0000000000000)},
    {"copysign.f64 %fd0, %fd1, %fd2;" DOUBLE, MINUS_ZERO, ONE, 0, UINT64_C(0xbff0000000000000)},
    {"setp.lt.f64 %p0, %fd1, %fd2;" TRUTH, NOT_A_NUMBER, ONE, 0, 0},
    {"setp.ltu.f64 %p0, %fd1, %fd2;" TRUTH, NOT_A_NUMBER, ONE, 0, 1},
    {"setp.ne.f64 %p0, %fd1, %fd2;" TRUTH, NOT_A_NUMBER, ONE, 0, 0},
    {"setp.neu.f64 %p0, %fd1, %fd2;" TRUTH, NOT_A_NUMBER, ONE, 0, 1},
    {"setp.nan.f64 %p0, %fd1, %fd2;" TRUTH, NOT_A_NUMBER, ONE, 0, 1},
    {"setp.num.f64 %p0, %fd1, %fd2;" TRUTH, ONE, ONE, 0, 1},
    {"setp.equ.f64 %p0, %fd1, %fd2;" TRUTH, 0, MINUS_ZERO, 0, 1},
    {"setp.lt.and.s64 %p0|%p3, %rd1, %rd2, !%p1;" TRUTH, 0, 1, 0, 1},
    {"setp.lt.and.s64 %p3|%p0, %rd1, %rd2, !%p1;" TRUTH, 0, 1, 0, 0},
    {"setp.lt.s64 %p0, %rd1, %rd2;" TRUTH, ALL, 0, 0, 1},
    {"setp.lt.u64 %p0, %rd1, %rd2;" TRUTH, ALL, 0, 0, 0},
    {"setp.lt.s16 %p0, %rs1, %rs2;" TRUTH, 0x8000, 1, 0, 1},
    {"xor.pred %p0, %p1, %p2;" TRUTH, 1, 1, 0, 0},
    {"not.pred %p0, %p1;" TRUTH, 0, 0, 0, 1},
    {"mov.pred %p0, -1;" TRUTH, 0, 0, 0, 1},
    {"cvt.rzi.s64.f64 %rd0, %fd1;", UINT64_C(0xc004000000000000), 0, 0, (uint64_t)-2},
    {"cvt.rni.s64.f64 %rd0, %fd1;", UINT64_C(0x4004000000000000), 0, 0, 2},
    {"cvt.rmi.s64.f64 %rd0, %fd1;", UINT64_C(0xc004000000000000), 0, 0, (uint64_t)-3},
    {"cvt.rpi.f64.f64 %fd0, %fd1;" DOUBLE, UINT64_C(0x4004000000000000), 0, 0, THREE},
    {"cvt.rzi.s64.f64 %rd0, %fd1;", UINT64_C(0x7fe0000000000000), 0, 0, MOST},
    {"cvt.rzi.s64.f64 %rd0, %fd1;", UINT64_C(0xffe0000000000000), 0, 0, LEAST},
    {"cvt.rzi.u64.f64 %rd0, %fd1;", UINT64_C(0xbff0000000000000), 0, 0, 0},
    {"cvt.rzi.u32.f64 %r0, %fd1;" WORD, UINT64_C(0x7fe0000000000000), 0, 0, 0xffffffff},
    {"cvt.rzi.s64.f64 %rd0, %fd1;", NOT_A_NUMBER, 0, 0, LEAST},
    {"cvt.rn.f64.u64 %fd0, %rd1;" DOUBLE, ALL, 0, 0, UINT64_C(0x43f0000000000000)},
    {"cvt.rz.f64.u64 %fd0, %rd1;" DOUBLE, ALL, 0, 0, UINT64_C(0x43efffffffffffff)},
    {"cvt.rn.f64.s64 %fd0, %rd1;" DOUBLE, ALL, 0, 0, UINT64_C(0xbff0000000000000)},
    {"cvt.rn.f64.s32 %fd0, %r1;" DOUBLE, 0xffffffff, 0, 0, UINT64_C(0xbff0000000000000)},
    {"cvt.sat.f64.f64 %fd0, %fd1;" DOUBLE, THREE, 0, 0, ONE},
    {"cvt.rn.f32.f64 %f2, %fd1; cvt.f64.f32 %fd0, %f2;" DOUBLE, UINT64_C(0x3ff0000010000000), 0, 0, ONE},
    {"cvt.rp.f32.f64 %f2, %fd1; cvt.f64.f32 %fd0, %f2;" DOUBLE, UINT64_C(0x3ff0000010000000), 0, 0,
     UINT64_C(0x3ff0000020000000)},
    {"cvt.s64.s8 %rd0, %rd1;", 0x1ff, 0, 0, ALL},
    {"cvt.u32.u8 %r0, %r1;" WORD, 0x1ff, 0, 0, 0xff},
    {"cvt.s64.s16 %rd0, %rs1;", 0x8000, 0, 0, UINT64_C(0xffffffffffff8000)},
    {"add.s32 %r0, %r1, %r2;" WORD, 0xffffffff, 2, 0, 1},
    {"mul.hi.s64 %rd0, %rd1, %rd2;", ALL, 2, 0, ALL},
    {"mul.hi.u64 %rd0, %rd1, %rd2;", ALL, 2, 0, 1},
    {"mul.wide.s32 %rd0, %r1, -1;", 0x80000000, 0, 0, 0x80000000},
    {"mul.wide.u32 %rd0, %r1, %r2;", 0xffffffff, 0xffffffff, 0, UINT64_C(0xfffffffe00000001)},
    {"mad.lo.s32 %r0, %r1, %r2, %r3;" WORD, 3, 5, 0xffffffff, 14},
    {"mad.wide.s32 %rd0, %r1, 8, %rd2;", 0xffffffff, 100, 0, 92},
    {"div.s64 %rd0, %rd1, %rd2;", LEAST, ALL, 0, LEAST},
    {"div.s32 %r0, %r1, %r2;" WORD, 0xfffffff9, 2, 0, 0xfffffffd},
    {"rem.s32 %r0, %r1, %r2;" WORD, 0xfffffff9, 2, 0, 0xffffffff},
    {"rem.u64 %rd0, %rd1, %rd2;", ALL, 10, 0, 5},
    {"abs.s32 %r0, %r1;" WORD, 0xfffffff9, 0, 0, 7},
    {"shl.b64 %rd0, %rd1, 64;", 1, 0, 0, 0},
    {"shl.b32 %r0, %r1, %r2;" WORD, 1, 32, 0, 0},
    {"shr.s32 %r0, %r1, %r2;" WORD, 0x80000000, 40, 0, 0xffffffff},
    {"shr.u64 %rd0, %rd1, 63;", LEAST, 0, 0, 1},
    {"shf.l.wrap.b32 %r0, %r1, %r2, %r3;" WORD, 0x80000000, 1, 33, 3},
    {"shf.r.wrap.b32 %r0, %r1, %r2, %r3;" WORD, 2, 1, 1, 0x80000001},
    {"shf.l.clamp.b32 %r0, %r1, %r2, %r3;" WORD, 7, 1, 40, 7},
    {"shf.r.clamp.b32 %r0, %r1, %r2, %r3;" WORD, 7, 9, 40, 9},
    {"prmt.b32 %r0, %r1, %r2, 291;" WORD, 0x44332211, 0, 0, 0x11223344},
    {"prmt.b32 %r0, %r1, %r2, 0xf470;" WORD, 0x44332280, 0x88776655, 0, 0xff558880},
    {"bfe.u64 %rd0, %rd1, %r2, %r3;", 0xabcd, 4, 8, 0xbc},
    {"bfe.s32 %r0, %r1, %r2, %r3;" WORD, 0xf0, 4, 4, 0xffffffff},
    {"bfe.u32 %r0, %r1, %r2, 0;" WORD, 0xf0, 4, 4, 0},
    {"bfi.b32 %r0, %r1, %r2, 8, 4;" WORD, 0x5, 0xffff, 0, 0xf5ff},
    {"bfi.b64 %rd0, %rd1, %rd2, 60, 16;", 0x15, 0, 0, UINT64_C(0x5000000000000000)},
    {"brev.b64 %rd0, %rd1;", 1, 0, 0, LEAST},
    {"clz.b32 %r0, %r1;" WORD, 1, 0, 0, 31},
    {"clz.b64 %r0, %rd1;" WORD, 0, 0, 0, 64},
    {"popc.b64 %r0, %rd1;" WORD, ALL, 0, 0, 64},
    {"add.cc.u64 %rd4, %rd1, %rd2; addc.u64 %rd0, %rd3, 0;", ALL, 1, 7, 8},
    {"sub.cc.u32 %r4, %r1, %r2; subc.u32 %r0, %r3, 0;" WORD, 1, 2, 7, 6},
    {"slct.u64.s32 %rd0, 4, 5, %r1;", 0xffffffff, 0, 0, 5},
    {"min.s32 %r0, %r1, %r2;" WORD, 0xffffffff, 0, 0, 0xffffffff},
    {"mov.b64 %rd0, {%r2, %r1};", 1, 2, 0, UINT64_C(0x100000002)},
    {"{ .reg .b32 tmp; mov.b64 {tmp, %r0}, %rd1; }" WORD, UINT64_C(0x500000002), 0, 0, 5},
    {"mov.b64 {_, %r0}, %rd1;" WORD, UINT64_C(0x500000002), 0, 0, 5},
    {"mov.u32 %r0, %ntid.x;" WORD, 0, 0, 0, 1},
    {"ld.const.f64 %fd0, [table+16];" DOUBLE, 0, 0, 0, THREE},
    {"mov.u64 %rd4, table; add.s64 %rd4, %rd4, 8; ld.const.u64 %rd0, [%rd4+-8];", 0, 0, 0, ONE},
    {"mov.u64 %rd4, table; cvta.const.u64 %rd4, %rd4; ld.u64 %rd0, [%rd4];", 0, 0, 0, ONE},
    {"ld.global.u64 %rd4, [where]; ld.u64 %rd0, [%rd4];", 0, 0, 0, UINT64_C(0x4000000000000000)},
    {"ld.global.u64 %rd4, [where+8]; ld.global.nc.u8 %rs3, [%rd4+1]; cvt.u64.u16 %rd0, %rs3;", 0, 0, 0, 2},
    {"ld.global.s8 %rs3, [bytes+2]; cvt.u64.u16 %rd0, %rs3;", 0, 0, 0, 0xffff},
    {"ld.global.s8 %rd0, [bytes+2];", 0, 0, 0, ALL},
    {"st.v2.u64 [%SP+16], {%rd1, %rd2}; ld.local.v2.u64 {%rd4, %rd5}, [%SPL+16]; add.s64 %rd0, %rd4, %rd5;",
     3, 4, 0, 7},
    {"@%p1 add.s64 %rd0, %rd2, 1; @!%p1 add.s64 %rd0, %rd2, 2;", 1, 10, 0, 11},
    {"@%p1 add.s64 %rd0, %rd2, 1; @!%p1 add.s64 %rd0, %rd2, 2;", 0, 10, 0, 12},
    {"@%p1 bra L1; bra.uni L2; L1: mov.u64 %rd0, 1; L2:", 1, 0, 0, 1},
    {"@!%p1 bra L1; bra.uni L2; L1: mov.u64 %rd0, 1; L2:", 1, 0, 0, 0},
    {"$T: .branchtargets L0, L1; brx.idx %r1, $T; L0: mov.u64 %rd0, 10; bra.uni L2; L1: mov.u64 %rd0, 11; "
     "L2:",
     1, 0, 0, 11},
    {"{ .param .b64 param0; st.param.b64 [param0+0], %rd1; .param .b64 retval0; call.uni (retval0), twice, "
     "(param0);"
     " ld.param.b64 %rd0, [retval0+0]; }",
     21, 0, 0, 42},
    {"atom.global.add.u64 %rd0, [%rd8], 5; ld.global.u64 %rd4, [%rd8]; sub.s64 %rd0, %rd4, %rd0;", 0, 0, 0,
     5},
};

static const struct {
    const char *text, *message; /* in place of an instruction */
} refused[] = {
    {"frobnicate.f64 %fd0, %fd1;", "Unknown instruction 'frobnicate.f64'"},
    {"add.f64 %fd0, %fd1, %fd2;", "without .rn"},
    {"add.rn.f64 %fd0, %fd1, %f1;", "'%f1' is a register of type f32"},
    {"add.rn.f64 %fd0, %fd1, 1;", "an integer for an operand of type f64"},
    {"add.s64 %rd0, %rd1, %rd9;", "'%rd9' is not"},
    {"add.s64 %rd0, %rd1, 0d0000000000000000;", "a float of 64 bits"},
    {"add.s64 %rd0, %rd1, %r1;", "'%r1' is a register of type b32"},
    {"add.s32 %r0, %r1, 5000000000;", "more than 32 bits"},
    {"add.s64 %rd0, %rd1 %rd2;", "',' expected"},
    {"add.s64 %rd0, %rd1;", "',' expected"},
    {"mov.u64 %rd0, nothing;", "'nothing' is not declared"},
    {"bra L9;", "Label 'L9' is not defined"},
    {"L1: L1:", "Duplicate definition of 'L1'"},
    {"ld.global.u64 %r0, [%rd1];", "'%r0' is a register"},
    {"ld.global.u64 %rd0, [table];", "state space"},
    {"ld.global.v2.u64 {%rd0}, [%rd1];", "1 parts instead of 2"},
    {"cvt.f64.u64 %fd0, %rd1;", "rounding"},
    {"cvt.rn.s64.f64 %rd0, %fd1;", "rounding"},
    {"{ .param .b32 param0; .param .b64 retval0; call.uni (retval0), twice, (param0); }",
     "the parameters of 'twice'"},
    {"{ call.uni other; }", "Unresolved extern function 'other'"},
    {".shared .b8 x[8];", "Unknown directive"},
    {"sin.approx.f32 %f1, %f1;", "Unknown instruction"},
    {"{", "Unknown directive '.func'"}, /* the block goes on over the end of the kernel */
};

static const struct {
    const char *text;
    uint64_t a;
    int result;
} stopped[] = {
    {"ld.global.u64 %rd0, [%rd8+8];", 0, 700},
    {"ld.global.u64 %rd0, [%rd1];", 0, 700},
    {"ld.global.u8 %rs0, [bytes+8];", 0, 700},
    {"ld.global.u64 %rd0, [%SP];", 0, 700},
    {"ld.local.u64 %rd0, [%SPL+32];", 0, 700},
    {"mov.u64 %rd4, table; cvta.const.u64 %rd4, %rd4; st.u64 [%rd4], 1;", 0, 700},
    {"ld.global.u32 %r0, [%rd8+2];", 0, 716},
    {"trap;", 0, 719},
    {"L1: bra L1;", 0, 702},
};

static int wrong;

static void check(bool right, const char *what, const char *text)
{
    if (!right) {
        printf("%s: %s\n", what, text);
        wrong++;
    }
}

static void *new_context(void)
{
    void *context;
    check(cuDevicePrimaryCtxRetain(&context, 0) == 0 && cuCtxSetCurrent(context) == 0, "no context", "");
    return context;
}

static int load(void **module, const char *text, char *log, size_t size)
{
    static char whole[16384];
    snprintf(whole, sizeof whole, "%s%s%s", before, text, after);
    int options[] = {5, 6};
    void *values[] = {log, (void *)(uintptr_t)size};
    *log = 0;
    return cuModuleLoadDataEx(module, whole, 2, options, values);
}

/* what the kernel of a text ends with; value gets what it stores */
static int run(const char *text, uint64_t a, uint64_t b, uint64_t c, uint64_t *value)
{
    void *module, *function;
    char log[1000];
    CUdeviceptr out;
    int result = load(&module, text, log, sizeof log);
    check(result == 0, log, text);
    if (result != 0)
        return result;
    *value = 0;
    result = cuModuleGetFunction(&function, module, "k");
    check(result == 0 && cuMemAlloc_v2(&out, 8) == 0 && cuMemcpyHtoD_v2(out, value, 8) == 0, "not prepared",
          text);
    void *arguments[] = {&out, &a, &b, &c};
    result = cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, NULL, arguments, NULL);
    check(result == 0, "not launched", text);
    result = cuCtxSynchronize();
    check(cuMemcpyDtoH_v2(value, out, 8) == result, "an error does not stay", text);
    check(cuMemFree_v2(out) == result && cuModuleUnload(module) == result, "not given back", text);
    return result;
}

static void check_cases(void)
{
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        uint64_t value;
        int result = run(cases[k].text, cases[k].a, cases[k].b, cases[k].c, &value);
        check(result == 0, "stopped", cases[k].text);
        if (result == 0 && value != cases[k].expected) {
            printf("0x%016" PRIx64 " instead of 0x%016" PRIx64 ": %s\n", value, cases[k].expected,
                   cases[k].text);
            wrong++;
        }
    }
}

static void check_refused(void)
{
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        void *module;
        char log[1000];
        check(load(&module, refused[k].text, log, sizeof log) == 218, "not refused", refused[k].text);
        check(strstr(log, refused[k].message) != NULL, log, refused[k].text);
        check(load(&module, refused[k].text, log, 20) == 218 && strlen(log) < 20, "a long message",
              refused[k].text);
    }
}

static void check_stopped(void)
{
    setenv("STAND_IN_STEPS", "1000", 1);
    for (size_t k = 0; k < sizeof stopped / sizeof *stopped; k++) {
        uint64_t value;
        check(run(stopped[k].text, stopped[k].a, 0, 0, &value) == stopped[k].result, "does not stop so",
              stopped[k].text);
        check(cuDevicePrimaryCtxRelease_v2(0) == 0, "not given back", stopped[k].text);
        new_context();
    }
    unsetenv("STAND_IN_STEPS");
}

/* every thread adds its number once: the sum tells that all have run */
static void check_grid(void)
{
    static const char text[] = HEADER
        ".visible .entry all(.param .u64 out)\n{\n.reg .b32 %r<9>;\n.reg .b64 %rd<4>;\n"
        "ld.param.u64 %rd1, [out];\nmov.u32 %r1, %ctaid.x;\nmov.u32 %r2, %ntid.x;\nmov.u32 %r3, %tid.x;\n"
        "mad.lo.s32 %r4, %r1, %r2, %r3;\nmul.wide.u32 %rd2, %r4, 4;\nadd.s64 %rd3, %rd1, %rd2;\n"
        "mov.u32 %r5, %nctaid.x;\nadd.s32 %r6, %r4, %r5;\nst.global.u32 [%rd3], %r6;\nbar.sync "
        "0;\nexit;\n}\n";
    void *module, *function;
    uint32_t values[7 * 32];
    CUdeviceptr out;
    check(cuModuleLoadDataEx(&module, text, 0, NULL, NULL) == 0 &&
              cuModuleGetFunction(&function, module, "all") == 0 && cuMemAlloc_v2(&out, sizeof values) == 0,
          "not prepared", "all");
    void *arguments[] = {&out};
    check(cuLaunchKernel(function, 7, 1, 1, 32, 1, 1, 0, NULL, arguments, NULL) == 0 &&
              cuCtxSynchronize() == 0 && cuMemcpyDtoH_v2(values, out, sizeof values) == 0,
          "not run", "all");
    for (uint32_t k = 0; k < 7 * 32; k++)
        check(values[k] == k + 7, "another value", "all");
    check(cuLaunchKernel(function, 1, 1, 1, 1025, 1, 1, 0, NULL, arguments, NULL) == 1, "launched",
          "1025 threads");
    check(cuLaunchKernel(function, 0, 1, 1, 1, 1, 1, 0, NULL, arguments, NULL) == 1, "launched", "no blocks");
    check(cuModuleGetFunction(&function, module, "none") == 500, "found", "none");
    check(cuMemFree_v2(out) == 0 && cuModuleUnload(module) == 0, "not given back", "all");
}

static void check_memory(void)
{
    size_t free_bytes, total;
    CUdeviceptr a, b;
    setenv("STAND_IN_MEMORY", "1000", 1);
    check(cuMemAlloc_v2(&a, 600) == 0 && cuMemAlloc_v2(&b, 600) == 2, "memory", "600 of 1000 bytes, twice");
    check(cuMemGetInfo_v2(&free_bytes, &total) == 0 && free_bytes == 400 && total == 1000, "memory",
          "400 of 1000");
    check(cuMemcpyHtoD_v2(a + 599, "xy", 2) == 1, "copied", "behind the end");
    check(cuMemFree_v2(a + 1) == 1 && cuMemFree_v2(a) == 0 && cuMemFree_v2(a) == 1, "freed", "twice");
    check(cuMemAlloc_v2(&b, 1000) == 0 && cuMemFree_v2(b) == 0, "memory", "all of it");
    unsetenv("STAND_IN_MEMORY");
}

static void check_environment(void)
{
    int value;
    char name[64];
    const char *text;
    void *module;
    char log[1000];
    check(cuDeviceGetCount(&value) == 0 && value == 1, "devices", "1");
    check(cuDeviceGetName(name, sizeof name, 0) == 0 && strcmp(name, "stand-in of the tests") == 0, "name",
          "");
    check(cuDeviceGetAttribute(&value, 75, 0) == 0 && value == 9, "capability", "9");
    setenv("STAND_IN_CAPABILITY", "6.1", 1);
    check(cuDeviceGetAttribute(&value, 76, 0) == 0 && value == 1, "capability", "6.1");
    check(load(&module, "", log, sizeof log) == 218 && strstr(log, "SM version"), "capability", log);
    unsetenv("STAND_IN_CAPABILITY");
    setenv("STAND_IN_DEVICES", "0", 1);
    check(cuDeviceGetCount(&value) == 0 && value == 0, "devices", "0");
    unsetenv("STAND_IN_DEVICES");
    setenv("STAND_IN_FAIL", "cuCtxSynchronize:2", 1);
    check(cuCtxSynchronize() == 0 && cuCtxSynchronize() == 999, "does not fail", "the second time");
    unsetenv("STAND_IN_FAIL");
    check(cuGetErrorString(700, &text) == 0 && strstr(text, "illegal memory access"), "text", "700");
}

int main(void)
{
    check(cuCtxSynchronize() == 3, "initialised", "before cuInit");
    check(cuInit(0) == 0 && cuCtxSynchronize() == 201, "a context", "before it is made");
    new_context();
    check_cases();
    check_refused();
    check_grid();
    check_memory();
    check_environment();
    check_stopped();
    check(cuDevicePrimaryCtxRelease_v2(0) == 0 && cuCtxSynchronize() == 201, "a context",
          "after it was released");
    if (wrong == 0)
        printf("%zu instructions, %zu texts refused\n", sizeof cases / sizeof *cases,
               sizeof refused / sizeof *refused);
    return wrong != 0;
}
