/* A network in a C program: averages over stochastic runs that this program steers itself.
 *
 *   crnlc build --emit shared --network toggle examples/02_toggle_switch.crnl -o libtoggle.so
 *   cc -I. examples/embed/toggle.c -L. -ltoggle -Wl,-rpath,. -o toggle && ./toggle
 */
#include <stdio.h>

#include "toggle.h"

static int complain(struct toggle_sim *sim)
{
    fprintf(stderr, "%s\n", toggle_error(sim));
    toggle_destroy(sim);
    return 1;
}

int main(void)
{
    struct toggle_sim *sim = toggle_create(7);
    double a, b, high = 0;
    if (toggle_set(sim, "d", 0.6)) {
        return complain(sim);
    }
    for (int run = 0; run < 20; run++) {
        if (toggle_reset(sim) || toggle_run(sim, 100, "ssa") || toggle_get(sim, "A", &a) || toggle_get(sim, "B", &b)) {
            return complain(sim);
        }
        high += a > b ? a : b;
    }
    printf("the winner has %.2f molecules on average at time %g\n", high / 20, toggle_time(sim));

    /* Errors are texts, and the simulation goes on. */
    if (toggle_get(sim, "Q[7]", &a)) {
        printf("%s\n", toggle_error(sim));
    }
    toggle_destroy(sim);
    return 0;
}
