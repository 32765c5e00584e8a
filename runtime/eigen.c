/* Eigenvalues of dense matrices: balanced, reduced to Hessenberg form by elimination, and found by the
 * complex QR method (Golub, Van Loan, Matrix Computations, 7.4 to 7.5). */
#include "rt_eigen.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_base.h"

enum { MOST_ITERATIONS = 60, MOST_SWEEPS = 100 };

/* ---- of Hessenberg form ---- */

/* The eigenvalue of the last two rows that is nearer to the last entry (Wilkinson's shift). */
static double complex find_shift(const double complex *a, int n, int last)
{
    const double complex *row = a + last * n, *up = row - n;
    double complex mean = (up[last - 1] + row[last]) / 2, half = (up[last - 1] - row[last]) / 2,
                   root = csqrt(half * half + up[last] * row[last - 1]);
    return cabs(mean + root - row[last]) < cabs(mean - root - row[last]) ? mean + root : mean - root;
}

/* A step of the QR method on rows and columns first..last, by rotations (Golub, Van Loan, Matrix
 * Computations, 7.5). */
static void rotate(double complex *a, int n, int first, int last, double complex shift, double complex *turn)
{
    for (int k = first; k <= last; k++) {
        a[k * n + k] -= shift;
    }
    for (int k = first; k < last; k++) {
        double complex x = a[k * n + k], y = a[(k + 1) * n + k];
        double length = hypot(cabs(x), cabs(y));
        double complex c = length > 0 ? x / length : 1, s = length > 0 ? y / length : 0;
        turn[2 * k] = c;
        turn[2 * k + 1] = s;
        for (int j = k; j <= last; j++) {
            double complex up = a[k * n + j], low = a[(k + 1) * n + j];
            a[k * n + j] = conj(c) * up + conj(s) * low;
            a[(k + 1) * n + j] = c * low - s * up;
        }
    }
    for (int k = first; k < last; k++) {
        double complex c = turn[2 * k], s = turn[2 * k + 1];
        for (int i = first; i <= (k + 2 < last ? k + 2 : last); i++) {
            double complex left = a[i * n + k], right = a[i * n + k + 1];
            a[i * n + k] = c * left + s * right;
            a[i * n + k + 1] = conj(c) * right - conj(s) * left;
        }
    }
    for (int k = first; k <= last; k++) {
        a[k * n + k] += shift;
    }
}

static int larger_first(const void *a, const void *b)
{
    double x = cabs(*(const double complex *)a), y = cabs(*(const double complex *)b);
    return (x < y) - (x > y);
}

bool rt_eigenvalues_hessenberg(double complex *a, int n, double complex *value)
{
    double complex *turn = rt_alloc(2 * (size_t)n, sizeof *turn);
    int last = n - 1, iterations = 0;
    while (last >= 0 && iterations < MOST_ITERATIONS) {
        int first = last;
        for (; first > 0; first--) {
            double near = cabs(a[first * n + first]) + cabs(a[(first - 1) * n + first - 1]);
            if (cabs(a[first * n + first - 1]) <= DBL_EPSILON * near) {
                a[first * n + first - 1] = 0;
                break;
            }
        }
        if (first == last) {
            value[last] = a[last * n + last];
            last--;
            iterations = 0;
        } else {
            bool stuck = ++iterations % 10 == 0;
            double complex shift =
                stuck ? a[last * n + last] + cabs(a[last * n + last - 1]) : find_shift(a, n, last);
            rotate(a, n, first, last, shift, turn);
        }
    }
    free(turn);
    if (last < 0) {
        qsort(value, (size_t)n, sizeof *value, larger_first);
    }
    return last < 0;
}

/* ---- of any real matrix ---- */

/* Scales rows and columns by powers of 2 until their sums are alike (Parlett, Reinsch, Numer. Math. 13, 293
 * (1969)), so that entries of very different sizes keep their digits. */
static void balance(double *a, int n)
{
    bool changed = true;
    for (int sweep = 0; changed && sweep < MOST_SWEEPS; sweep++) {
        changed = false;
        for (int i = 0; i < n; i++) {
            double row = 0, column = 0, factor = 1;
            for (int j = 0; j < n; j++) {
                row += j != i ? fabs(a[i * n + j]) : 0;
                column += j != i ? fabs(a[j * n + i]) : 0;
            }
            if (!(row > 0 && column > 0 && row < INFINITY && column < INFINITY)) {
                continue;
            }
            double sum = row + column;
            for (; column < row / 2; column *= 4) {
                factor *= 2;
            }
            for (; column > row * 2; column /= 4) {
                factor /= 2;
            }
            if ((column + row) / factor < 0.95 * sum) {
                changed = true;
                for (int j = 0; j < n; j++) {
                    a[i * n + j] /= factor;
                }
                for (int j = 0; j < n; j++) {
                    a[j * n + i] *= factor;
                }
            }
        }
    }
}

static void swap(double *a, double *b)
{
    double kept = *a;
    *a = *b;
    *b = kept;
}

/* Nothing is left below the first subdiagonal afterwards. */
static void reduce(double *a, int n)
{
    for (int k = 1; k + 1 < n; k++) {
        int largest = k;
        for (int i = k + 1; i < n; i++) {
            largest = fabs(a[i * n + k - 1]) > fabs(a[largest * n + k - 1]) ? i : largest;
        }
        if (largest != k) {
            for (int j = 0; j < n; j++) {
                swap(&a[largest * n + j], &a[k * n + j]);
            }
            for (int j = 0; j < n; j++) {
                swap(&a[j * n + largest], &a[j * n + k]);
            }
        }
        double pivot = a[k * n + k - 1];
        for (int i = k + 1; i < n && pivot != 0; i++) {
            double by = a[i * n + k - 1] / pivot;
            for (int j = k - 1; j < n && by != 0; j++) {
                a[i * n + j] -= by * a[k * n + j];
            }
            for (int j = 0; j < n && by != 0; j++) {
                a[j * n + k] += by * a[j * n + i];
            }
            a[i * n + k - 1] = 0;
        }
    }
}

bool rt_eigenvalues(double *a, int n, double complex *value)
{
    balance(a, n);
    reduce(a, n);
    double complex *h = rt_alloc((size_t)n * (size_t)n, sizeof *h);
    for (int i = 0; i < n; i++) {
        for (int j = i > 0 ? i - 1 : 0; j < n; j++) {
            h[i * n + j] = a[i * n + j];
        }
    }
    bool found = rt_eigenvalues_hessenberg(h, n, value);
    free(h);
    return found;
}
