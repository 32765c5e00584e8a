#include "import/kummer.h"

#include <math.h>

enum { LONGEST = 100000000 };

/* M(a, b, z) / M(a + 1, b + 1, z) = 1 + u1 z / (1 + u2 z / (1 + ...)), DLMF 13.5.1. The continued fraction is
 * evaluated from its end backwards, starting further out than |a|, |b| and |z|: shorter ones can agree with
 * each other on a number that is not its value (Gautschi 1977). If a is a negative whole number, the fraction
 * is finite. */
bool kummer_ratio(double a, double b, double z, double *ratio)
{
    double length = 50 + 2 * (fabs(a) + fabs(b) + fabs(z));
    if (!(length < LONGEST) || (b <= 0 && b == floor(b))) {
        return false;
    }
    double r = 1;
    for (double k = floor(length); k > 0; k--) {
        double m = floor(k / 2);
        double u = fmod(k, 2) == 1 ? (a - b - m) / ((b + 2 * m) * (b + 2 * m + 1))
                                   : (a + m) / ((b + 2 * m - 1) * (b + 2 * m));
        r = 1 + u * z / r;
    }
    *ratio = 1 / r;
    return isfinite(*ratio);
}
