/*
 * complex.c: <complex.h>: each function in its three types.
 */
#include "suite.h"

#include <complex.h>
#include <float.h>

static int is_near(long double complex got, long double complex want, long double epsilon)
{
    return cabsl(got - want) <= 16 * epsilon * (1 + cabsl(want));
}

#define ONE(name, z, want)                                                                         \
    CHECK(#name, is_near(name##f((float complex)(z)), want, FLT_EPSILON) &&                        \
                     is_near(name((double complex)(z)), want, DBL_EPSILON) &&                      \
                     is_near(name##l((long double complex)(z)), want, DBL_EPSILON))
/* back(from(z)) is z again. */
#define BACK(back, from, z)                                                                              \
    CHECK(#back " of " #from, is_near(back##f(from##f((float complex)(z))), z, FLT_EPSILON) &&                 \
                            is_near(back(from((double complex)(z))), z, DBL_EPSILON) &&                  \
                            is_near(back##l(from##l((long double complex)(z))), z, FLT_EPSILON))

void run_complex(void)
{
    ONE(cabs, 3 + 4 * I, 5);
    ONE(carg, -1 + 0 * I, 3.141592653589793238463L);
    ONE(cimag, 3 + 4 * I, 4);
    ONE(creal, 3 + 4 * I, 3);
    ONE(conj, 3 + 4 * I, 3 - 4 * I);
    ONE(cproj, 3 + 4 * I, 3 + 4 * I);
    ONE(csqrt, -4 + 0 * I, 2 * I);
    ONE(cexp, 3.141592653589793238463L * I, -1);
    ONE(clog, -1 + 0 * I, 3.141592653589793238463L * I);
    CHECK("cpow", is_near(cpowf(I, 2), -1, FLT_EPSILON) && is_near(cpow(I, 2), -1, DBL_EPSILON) &&
                      is_near(cpowl(I, 2), -1, DBL_EPSILON));
    ONE(csin, 0.5 + 0 * I, 0.479425538604203000273L);
    ONE(ccos, 0.5 * I, 1.127625965206380785226L);
    ONE(ctan, 0.5 + 0 * I, 0.546302489843790513255L);
    ONE(csinh, 0.5 + 0 * I, 0.521095305493747361622L);
    ONE(ccosh, 0.5 * I, 0.877582561890372716116L);
    ONE(ctanh, 0.5 + 0 * I, 0.462117157260009758502L);
    BACK(csin, casin, 0.3 + 0.2 * I);
    BACK(ccos, cacos, 0.3 + 0.2 * I);
    BACK(ctan, catan, 0.3 + 0.2 * I);
    BACK(csinh, casinh, 0.3 + 0.2 * I);
    BACK(ccosh, cacosh, 0.3 + 0.2 * I);
    BACK(ctanh, catanh, 0.3 + 0.2 * I);
}
