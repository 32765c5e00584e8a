/* Prints runtime/num/num_tables.h (logarithm, exponential) and, with an argument, runtime/num/num_zig.h (exponential
 * variates): constants computed in 113-bit arithmetic. The printed files are the source of truth, since all machines
 * must agree to the last bit; this program only shows where the numbers come from:
 *     cc gen/num_tables.c -lquadmath -lm && ./a.out > num_tables.h && ./a.out zig > num_zig.h */
#include <quadmath.h>
#include <stdint.h>
#include <stdio.h>

/* The part of x that is a multiple of 2^-bits. */
static double head(__float128 x, int bits)
{
    return (double)ldexpq(rintq(ldexpq(x, bits)), -bits);
}

static void print_array(const char *linkage, const char *name, const double *v, int n)
{
    printf("%sconst double %s[%d] = {\n", linkage, name, n);
    for (int i = 0; i < n; i++) {
        printf("%s%a,%s", i % 4 == 0 ? "    " : " ", v[i], i % 4 == 3 || i == n - 1 ? "\n" : "");
    }
    printf("};\n\n");
}

static void print_constant(const char *linkage, const char *name, double v)
{
    printf("%sconst double %s = %a;\n", linkage, name, v);
}

/* z in [0.6875, 1.375) is cut in 128 intervals by its exponent and 7 leading bits, counted from 0.6875. For each,
 * invc is about 1 / centre with 9 fractional bits, logc = -log(invc). The two intervals at 1 have invc = 1. */
static void log_tables(void)
{
    double invc[128], hi[128], lo[128];
    for (int i = 0; i < 128; i++) {
        int step = i + 48; /* position in units of 2^-8 from 0.5, then 2^-7 from 1 */
        double a = step < 128 ? 0.5 + step / 256.0 : 1.0 + (step - 128) / 128.0;
        double width = step < 128 ? 1 / 256.0 : 1 / 128.0;
        invc[i] = step == 127 || step == 128 ? 1.0 : head(1.0Q / (a + width / 2), 9);
        __float128 exact = -logq(invc[i]);
        hi[i] = head(exact, 42);
        lo[i] = (double)(exact - hi[i]);
    }
    print_array("static ", "log_invc", invc, 128);
    print_array("static ", "log_hi", hi, 128);
    print_array("static ", "log_lo", lo, 128);
    __float128 ln2 = logq(2);
    print_constant("static ", "ln2_hi", head(ln2, 42));
    print_constant("static ", "ln2_lo", (double)(ln2 - head(ln2, 42)));
}

static void exp_tables(void)
{
    double hi[128], lo[128];
    for (int j = 0; j < 128; j++) {
        __float128 exact = exp2q(j / 128.0Q);
        hi[j] = (double)exact;
        lo[j] = (double)(exact - hi[j]);
    }
    printf("\n");
    print_array("static ", "exp_hi", hi, 128);
    print_array("static ", "exp_lo", lo, 128);
    __float128 step = logq(2) / 128;
    print_constant("static ", "exp_step_inverse", (double)(1 / step));
    print_constant("static ", "exp_step_hi", head(step, 42));
    print_constant("static ", "exp_step_lo", (double)(step - head(step, 42)));
}

/* 256 layers of equal area under exp(-x): Marsaglia and Tsang 2000, section 2. */
static void ziggurat_tables(void)
{
    const int n = 256;
    __float128 lo = 7, hi = 8, x[257], v = 0;
    for (int turn = 0; turn < 200; turn++) { /* bisection for the x where the last layer closes at 0 */
        __float128 r = (lo + hi) / 2, f = expq(-r);
        v = (r + 1) * f; /* r f(r) + tail */
        x[1] = r;
        int i;
        for (i = 2; i < n; i++) {
            f += v / x[i - 1];
            if (f >= 1) {
                break;
            }
            x[i] = -logq(f);
        }
        if (i < n || f + v / x[n - 1] > 1) {
            lo = r; /* layers too thick */
        } else {
            hi = r;
        }
    }
    v = (hi + 1) * expq(-hi);
    x[0] = v / expq(-hi); /* the base, tail included, as wide as its area says */
    x[1] = hi;
    for (int i = 2; i < n; i++) {
        x[i] = -logq(expq(-x[i - 1]) + v / x[i - 1]);
    }
    x[n] = 0;
    double f[257];
    printf("\nconst uint64_t crnl_zig_k[256] = {\n");
    for (int i = 0; i < n; i++) {
        uint64_t k = (uint64_t)floorq(ldexpq(x[i + 1] / x[i], 53));
        printf("%s0x%014llx,%s", i % 4 == 0 ? "    " : " ", (unsigned long long)k, i % 4 == 3 ? "\n" : "");
    }
    printf("};\n\nconst double crnl_zig_w[256] = {\n");
    for (int i = 0; i < n; i++) {
        printf("%s%a,%s", i % 4 == 0 ? "    " : " ", (double)ldexpq(x[i], -53), i % 4 == 3 ? "\n" : "");
    }
    printf("};\n\n");
    for (int i = 0; i <= n; i++) {
        f[i] = (double)expq(-x[i]);
    }
    print_array("", "crnl_zig_f", f, 257);
    print_constant("", "crnl_zig_tail", (double)x[1]);
}

int main(int argc, char **argv)
{
    (void)argv;
    printf("/* Printed by gen/num_tables.c. */\n");
    if (argc > 1) {
        printf("#include \"crnl_num.h\"\n\n");
        ziggurat_tables();
    } else {
        printf("\n");
        log_tables();
        exp_tables();
    }
    return 0;
}
