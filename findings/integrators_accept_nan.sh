#!/bin/bash
# Adaptive integrators of GSL and Boost.odeint: a step whose error estimate is not a number is taken as a good one.
#
# y' = -sqrt(y) - 0.1, y(0) = 1, reaches 0 at t = 1.52; behind it the right side is no number. A controlled step should be refused there,
# made smaller and in the end given up with a message. The evolution of GSL 2.7.1 with rkf45, rkck, rk8pd and bsimp returns GSL_SUCCESS
# at t = 2 with NaN, and so do dopri5, cash_karp54, fehlberg78 and bulirsch_stoer of odeint 1.74, with no exception: 'error > 1' is
# false for NaN. Only the multistep methods of GSL (msadams, msbdf) stop at t = 1.52 and return GSL_FAILURE. Amounts that run
# below 0 by an ulp in a law with a root or a power are of this kind, so look at the state, not at the status.
#
# Debian 12: libgsl-dev, libgsl27, libgslcblas0 2.7.1+dfsg-5+deb12u1, libboost1.74-dev 1.74.0+ds1-21, unpacked in a temporary folder.
# Needs gcc and g++. Seen, and checked below:
#   rkf45 success at 2, y nan
#   rkck success at 2, y nan
#   rk8pd success at 2, y nan
#   bsimp success at 2, y nan
#   msadams failure at 1.52, y small
#   msbdf failure at 1.52, y small
#   dopri5 returned, y nan
#   cash_karp54 returned, y nan
#   fehlberg78 returned, y nan
#   bulirsch_stoer returned, y nan
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download libgsl-dev=2.7.1+dfsg-5+deb12u1 libgsl27=2.7.1+dfsg-5+deb12u1 \
    libgslcblas0=2.7.1+dfsg-5+deb12u1 libboost1.74-dev=1.74.0+ds1-21
for package in *.deb; do
    dpkg-deb -x "$package" root
done

cat >gsl.c <<'EOF'
#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <math.h>
#include <stdio.h>

static int right_side(double t, const double *y, double *dy, void *data)
{
    dy[0] = -sqrt(y[0]) - 0.1;
    return GSL_SUCCESS;
}

static int jacobian(double t, const double *y, double *j, double *dt, void *data)
{
    j[0] = -0.5 / sqrt(y[0]);
    dt[0] = 0;
    return GSL_SUCCESS;
}

static void run(const char *name, const gsl_odeiv2_step_type *type)
{
    gsl_odeiv2_system system = {right_side, jacobian, 1, NULL};
    gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(&system, type, 1e-3, 1e-8, 1e-8);
    double t = 0, y[] = {1};
    gsl_odeiv2_driver_set_nmax(driver, 100000);
    int status = gsl_odeiv2_driver_apply(driver, &t, 2, y);
    printf("%s %s at %.3g, y %s\n", name, status == GSL_SUCCESS ? "success" : "failure", t, isnan(y[0]) ? "nan" : "small");
    gsl_odeiv2_driver_free(driver);
}

int main(void)
{
    gsl_set_error_handler_off();
    run("rkf45", gsl_odeiv2_step_rkf45);
    run("rkck", gsl_odeiv2_step_rkck);
    run("rk8pd", gsl_odeiv2_step_rk8pd);
    run("bsimp", gsl_odeiv2_step_bsimp);
    run("msadams", gsl_odeiv2_step_msadams);
    run("msbdf", gsl_odeiv2_step_msbdf);
    return 0;
}
EOF
cat >odeint.cc <<'EOF'
#include <boost/numeric/odeint.hpp>
#include <cmath>
#include <cstdio>
#include <vector>

using namespace boost::numeric::odeint;
typedef std::vector<double> state;

template <class Stepper> static void run(const char *name)
{
    state y{1};
    const char *end = "returned";
    try {
        integrate_adaptive(Stepper(), [](const state &y, state &dy, double) { dy[0] = -std::sqrt(y[0]) - 0.1; }, y, 0.0, 2.0, 1e-3);
    } catch (const std::exception &) {
        end = "threw";
    }
    std::printf("%s %s, y %s\n", name, end, std::isnan(y[0]) ? "nan" : "small");
}

int main()
{
    run<controlled_runge_kutta<runge_kutta_dopri5<state>>>("dopri5");
    run<controlled_runge_kutta<runge_kutta_cash_karp54<state>>>("cash_karp54");
    run<controlled_runge_kutta<runge_kutta_fehlberg78<state>>>("fehlberg78");
    run<bulirsch_stoer<state>>("bulirsch_stoer");
}
EOF
library=root/usr/lib/x86_64-linux-gnu
gcc -I root/usr/include gsl.c -o gsl -L $library -lgsl -lgslcblas -lm
g++ -O1 -I root/usr/include odeint.cc -o odeint
LD_LIBRARY_PATH=$library ./gsl >seen
./odeint >>seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
