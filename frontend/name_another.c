/* Names that look alike and are of different things: `kon` and `koff`, `k_f` and `k_r`, `beta`, `beta2`. */
#include <ctype.h>
#include <string.h>

#include "frontend/name.h"

/* What stands before the end of the name; 0 if it ends otherwise, or if nothing stands before. */
static size_t stem_before(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0 ? n - m : 0;
}

static bool ends_are_a_pair(const char *a, const char *b)
{
    static const char *const pairs[][2] = {
#define NAME_PAIR(one, other) {#one, #other},
#include "frontend/name_pair.def"
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        for (int turned = 0; turned < 2; turned++) {
            size_t of_a = stem_before(a, pairs[i][turned]), of_b = stem_before(b, pairs[i][!turned]);
            if (of_a > 0 && of_a == of_b && strncmp(a, b, of_a) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Whether the names differ in their numbers alone: `beta`, `beta2` and `beta_3`. */
static bool differ_in_numbers(const char *a, const char *b)
{
    bool differ = false;
    for (;;) {
        size_t skip_a = strspn(a, "_"), skip_b = strspn(b, "_");
        size_t of_a = strspn(a + skip_a, "0123456789"), of_b = strspn(b + skip_b, "0123456789");
        differ |= of_a != of_b || strncmp(a + skip_a, b + skip_b, of_a) != 0;
        a += skip_a + of_a;
        b += skip_b + of_b;
        if (*a != *b || !*a) {
            return *a == *b && differ;
        }
        a++;
        b++;
    }
}

/* Whether the names differ in one letter that stands for what they are of: `k_f` and `k_r`, `degA` and
 * `degB`, `mTetR` and `pTetR`. */
static bool differ_in_a_letter(const char *a, const char *b)
{
    size_t n = strlen(a), same = 0;
    while (a[same] && a[same] == b[same]) {
        same++;
    }
    if (n != strlen(b) || n < 2 || strcmp(a + same, b + same) == 0 ||
        strcmp(a + same + 1, b + same + 1) != 0) {
        return false;
    }
    const unsigned char of_a = (unsigned char)a[same], of_b = (unsigned char)b[same];
    bool last = same == n - 1 && (a[same - 1] == '_' || (isupper(of_a) && isupper(of_b)));
    bool first = same == 0 && (a[1] == '_' || isupper((unsigned char)a[1]));
    return isalpha(of_a) && isalpha(of_b) && tolower(of_a) != tolower(of_b) && (last || first);
}

static bool is_another(const char *a, const char *b)
{
    return differ_in_numbers(a, b) || differ_in_a_letter(a, b) || ends_are_a_pair(a, b);
}

const char *name_nearest(const char *text, const char *const *list, size_t n)
{
    const char *near = diag_nearest(text, list, n);
    return near && is_another(text, near) ? NULL : near;
}

bool name_help_nearest(struct front *f, const char *text, const char *const *list, size_t n)
{
    return name_nearest(text, list, n) && diag_help_nearest(f->diag, text, list, n);
}

void name_help_known(struct front *f, const char *text, const char *const *list, size_t n)
{
    if (!name_help_nearest(f, text, list, n)) {
        diag_help_list(f->diag, list, n);
    }
}
