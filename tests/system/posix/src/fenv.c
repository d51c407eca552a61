/*
 * fenv.c: <fenv.h>: flags and rounding.
 */
#include "suite.h"

#include <fenv.h>

void run_fenv(void)
{
    fenv_t env;
    fexcept_t flags;
    volatile double one = 1, three = 3, zero = 0, result;

    HOLDS(feclearexcept(FE_ALL_EXCEPT) == 0 && fetestexcept(FE_ALL_EXCEPT) == 0);
    result = one / zero;
    HOLDS(fetestexcept(FE_DIVBYZERO) == FE_DIVBYZERO && fegetexceptflag(&flags, FE_DIVBYZERO) == 0);
    feclearexcept(FE_ALL_EXCEPT);
    HOLDS(fesetexceptflag(&flags, FE_DIVBYZERO) == 0 && fetestexcept(FE_DIVBYZERO));
    feclearexcept(FE_ALL_EXCEPT);
    HOLDS(feraiseexcept(FE_INEXACT) == 0 && fetestexcept(FE_INEXACT) && fegetround() == FE_TONEAREST);
    HOLDS(fesetround(FE_UPWARD) == 0);
    result = one / three;
    HOLDS(fesetround(FE_DOWNWARD) == 0 && result > one / three && fesetround(12345) != 0);
    HOLDS(fegetenv(&env) == 0 && fesetenv(FE_DFL_ENV) == 0 && fegetround() == FE_TONEAREST);
    HOLDS(fesetenv(&env) == 0 && fegetround() == FE_DOWNWARD);
    HOLDS(feholdexcept(&env) == 0 && fetestexcept(FE_ALL_EXCEPT) == 0);
    feraiseexcept(FE_OVERFLOW);
    HOLDS(feupdateenv(&env) == 0 && fetestexcept(FE_OVERFLOW) && fegetround() == FE_DOWNWARD);
    fesetenv(FE_DFL_ENV);
}
