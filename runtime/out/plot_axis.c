/* Axes of pictures: their labels, ends and ticks. There are as many ticks as there is room for the numbers,
 * which have the digits that the steps need. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rt_plot.h"

/* ---- labels ---- */

/* Units are declared in ASCII, where `u` before another unit means micro. */
static bool is_micro(const char *unit, const char *s)
{
    bool begins = s == unit || s[-1] == '/' || s[-1] == ' ';
    return begins && *s == 'u' && (strchr("MLs", s[1]) || strncmp(s + 1, "mol", 3) == 0) && s[1];
}

static void put_unit(struct rt_buffer *b, const char *unit)
{
    for (const char *s = unit; *s; s++) {
        rt_put_n(b, is_micro(unit, s) ? "µ" : s, is_micro(unit, s) ? strlen("µ") : 1);
    }
}

void rt_axis_text(struct rt_buffer *b, const struct rt_axis *a)
{
    const char *what = a->of_map                              ? a->of_map
                       : a->label && !a->labels_differ        ? a->label
                       : a->quantity && !a->quantities_differ ? a->quantity
                                                              : NULL;
    const char *common = a->has_molecules && !a->unit ? rt_plot_molecules : a->unit;
    bool differ = a->units_differ || a->has_no_unit || (a->has_molecules && a->unit);
    const char *unit = common && !differ ? common : "";
    if (a->given) {
        rt_put(b, a->given);
        return;
    }
    rt_put(b, what ? what : *unit ? "value" : "");
    if (*unit) {
        rt_put(b, " (");
        put_unit(b, unit);
        rt_put(b, ")");
    } else if (what && !a->unit && a->has_no_unit) {
        rt_put(b, " (no unit)");
    }
    rt_put(b, what && a->has_blanks ? ", white: 0" : "");
}

/* ---- ends ---- */

/* The ends given by the program, or those of the data, with some space around it unless the axis is rough. */
static void ends_of(const struct rt_axis *a, double *from, double *to)
{
    double low = a->low, high = a->high;
    if (a->has_ends) {
        low = a->end[0];
        high = a->end[1];
    } else if (low > high) {
        low = a->is_log ? 1 : 0;
        high = a->is_log ? 10 : 1;
    } else if (a->is_log && !a->is_rough) {
        low = pow(10, floor(log10(low) + 1e-9));
        high = fmax(pow(10, ceil(log10(high) - 1e-9)), 10 * low);
    } else if (low == high && a->is_log) {
        low /= 2;
        high *= 2;
    } else if (low == high) {
        double half = low == 0 ? 1 : fabs(low) / 2;
        low -= low > 0 ? low : half;
        high += half;
    } else if (!a->is_rough) {
        bool from_zero = low >= 0 && low <= high / 3, to_zero = high <= 0 && high >= low / 3;
        double air = 0.05 * ((to_zero ? 0 : high) - (from_zero ? 0 : low));
        low = from_zero ? 0 : low - air;
        high = to_zero ? 0 : high + air;
    }
    if (a->has_marks && !a->has_ends && a->low <= a->high && (a->is_rough || !a->is_log)) {
        const double part = 0.03;
        double ratio = a->is_log ? pow(high / low, part) : 1, air = a->is_log ? 0 : part * (high - low);
        low = fmin(low, a->low / ratio - air);
        high = fmax(high, a->high * ratio + air);
    }
    *from = low;
    *to = high;
}

/* ---- numbers ---- */

static void put_power_of_ten(struct rt_buffer *b, int power)
{
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char digits[16];
    snprintf(digits, sizeof digits, "%d", power);
    rt_put(b, "10");
    for (const char *s = digits; *s; s++) {
        rt_put(b, *s == '-' ? "⁻" : raised[*s - '0']);
    }
}

/* How the numbers of a linear axis are written: m × 10^power, where m has `behind` digits after the
 * point. */
struct digits {
    int power, behind;
};

static struct digits digits_for(double largest, double step)
{
    enum { SMALLEST = -4, LARGEST = 5, MOST = 9 };
    int power = (int)floor(log10(largest) + 1e-9), of_step = (int)floor(log10(step) + 1e-9);
    bool is_plain = power >= SMALLEST && (power <= LARGEST || (of_step <= 0 && power - of_step <= MOST));
    struct digits d = {.power = is_plain ? 0 : power};
    d.behind = of_step < d.power ? d.power - of_step : 0;
    return d;
}

static void put_number(struct rt_buffer *b, double v, struct digits d)
{
    char text[400];
    snprintf(text, sizeof text, "%.*f", d.behind, v / pow(10, d.power) + 0.0);
    rt_put(b, text[0] == '-' && !strpbrk(text, "123456789") ? text + 1 : text);
    if (d.power && v != 0) {
        rt_put(b, "×");
        put_power_of_ten(b, d.power);
    }
}

/* The number of characters, not bytes. */
static double letters_of(double v, struct digits d)
{
    struct rt_buffer b = {0};
    double n;
    put_number(&b, v, d);
    n = (double)rt_count_letters(b.data);
    rt_buffer_free(&b);
    return n;
}

/* ---- ticks ---- */

/* The length of the axis that a number takes, including the gap to the next one. */
static double space_for(const struct rt_room *room, double letters)
{
    return room->is_upright ? 2.4 * room->letter : (letters + 2.4) * 0.56 * room->letter;
}

static double tick_at(int64_t i, double step)
{
    return i == 0 ? 0 : (double)i * step;
}

/* The smallest step among ..., 1, 2, 5, 10, ... for which the numbers fit beside each other. */
static double step_of(const struct rt_axis *a, const struct rt_room *room, double low, double high)
{
    enum { TRIES = 15 };
    static const double of[] = {1, 2, 5};
    double range = high - low, largest = fmax(fabs(low), fabs(high)), step = range;
    int first = (int)floor(log10(range)) - 3;
    for (int i = 0; i < TRIES; i++) {
        step = of[i % 3] * pow(10, first + i / 3);
        struct digits d = digits_for(largest, step);
        double letters = fmax(letters_of(low, d), letters_of(high, d));
        if (range / step * space_for(room, letters) <= room->length && !(a->is_whole && step < 1)) {
            break;
        }
    }
    return step;
}

struct ticks {
    struct rt_buffer *b;
    int n;
    size_t longest; /* letters */
    /* Ends that also stand for values beyond them; NaN: none. */
    double least, most;
};

static bool is_near(double v, double end)
{
    return fabs(v - end) <= 1e-9 * fabs(end);
}

static void put_tick(struct ticks *t, const char *text, double at, bool is_small)
{
    struct rt_buffer all = {0};
    rt_put(&all, !*text ? "" : is_near(at, t->least) ? "≤ " : is_near(at, t->most) ? "≥ " : "");
    rt_put(&all, text);
    size_t letters = rt_count_letters(all.data);
    t->longest = letters > t->longest ? letters : t->longest;
    rt_put(t->b, t->n++ ? ", " : "");
    rt_gnuplot_text(t->b, all.data);
    rt_buffer_free(&all);
    rt_putf(t->b, " %.15g%s", at, is_small ? " 1" : "");
}

static void put_linear(struct ticks *t, const struct rt_axis *a, const struct rt_room *room, double low,
                       double high)
{
    double step = step_of(a, room, low, high);
    struct digits d = digits_for(fmax(fabs(low), fabs(high)), step);
    double slack = 1e-9 * step;
    int64_t last = (int64_t)floor((high + slack) / step);
    for (int64_t i = (int64_t)ceil((low - slack) / step); i <= last; i++) {
        struct rt_buffer text = {0};
        put_number(&text, tick_at(i, step), d);
        put_tick(t, text.data, tick_at(i, step), false);
        rt_buffer_free(&text);
    }
}

static bool is_within(double v, double low, double high)
{
    return v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9);
}

/* Which numbers fit between powers of ten: 2 and 5, only 3, or none. */
static const char *digits_between(const struct rt_room *room, double low, double high, bool is_plain)
{
    enum { LETTERS = 5 }; /* 2×10³ */
    double decade = room->length / log10(high / low);
    int below = (int)floor(log10(low) + 1e-9), above = (int)floor(log10(high) + 1e-9);
    int letters = !is_plain ? LETTERS : below < 0 && 2 - below > above + 1 ? 2 - below : above + 1;
    double space = space_for(room, letters);
    return space <= log10(2) * decade ? "25" : space <= log10(3) * decade ? "3" : "";
}

static void put_log_number(struct rt_buffer *b, int m, int power, bool is_plain)
{
    if (is_plain) {
        rt_putf(b, "%.6g", m * pow(10, power));
        return;
    }
    if (m > 1) {
        rt_putf(b, "%d×", m);
    }
    put_power_of_ten(b, power);
}

/* Puts ticks at powers of ten, at each or at every few; small ticks between them, and further numbers if
 * there are few powers. */
static void put_logarithmic(struct ticks *t, const struct rt_room *room, double low, double high)
{
    enum { PLAIN = 3, LETTERS = 5, FEW = 2 };
    int first = (int)ceil(log10(low) - 1e-9), last = (int)floor(log10(high) + 1e-9);
    int each = (int)ceil((last - first + 1) * space_for(room, LETTERS) / room->length);
    bool is_plain = first >= -PLAIN && last <= PLAIN;
    const char *between = last - first < FEW ? digits_between(room, low, high, is_plain) : "";
    each = each < 1 ? 1 : each;
    for (int k = first - 1; k <= last; k++) {
        for (int m = 1; m <= (each > 1 ? 1 : 9); m++) {
            double v = m * pow(10, k);
            bool is_named = m == 1 ? (k - first) % each == 0 : strchr(between, '0' + m) != NULL;
            struct rt_buffer text = {0};
            if (is_named) {
                put_log_number(&text, m, k, is_plain);
            }
            if (is_within(v, low, high)) {
                put_tick(t, text.n ? text.data : "", v, !is_named);
            }
            rt_buffer_free(&text);
        }
    }
}

/* Whether the axis contains enough powers of ten; within a factor of a few there is hardly one. */
static bool has_powers(double low, double high)
{
    return high / low >= 5;
}

size_t rt_axis_put(struct rt_buffer *b, const struct rt_axis *a, const char *axis, const struct rt_room *room)
{
    double from, to;
    ends_of(a, &from, &to);
    double low = fmin(from, to), high = fmax(from, to);
    struct ticks t = {.b = b, .least = NAN, .most = NAN};
    if (a->shows_beyond && a->has_ends) {
        t.least = a->low < low ? low : NAN;
        t.most = a->high > high ? high : NAN;
    }
    if (a->is_log) {
        rt_putf(b, "set logscale %s\n", axis);
    }
    rt_putf(b, "set %srange [%.17g:%.17g]\nset %stics (", axis, from, to, axis);
    if (a->is_log && has_powers(low, high)) {
        put_logarithmic(&t, room, low, high);
    } else {
        put_linear(&t, a, room, low, high);
    }
    rt_put(b, ")\n");
    return t.longest;
}
