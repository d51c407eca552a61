/*
 * inttypes.c: <inttypes.h>.
 */
#include "suite.h"

#include <inttypes.h>
#include <stddef.h>

void run_inttypes(void)
{
    imaxdiv_t d = imaxdiv(-7, 2);
    char *end;

    HOLDS(imaxabs(-5) == 5 && d.quot == -3 && d.rem == -1);
    HOLDS(strtoimax("-12z", &end, 10) == -12 && *end == 'z' && strtoumax("ff", NULL, 16) == 255);
    HOLDS(wcstoimax(L"-12", NULL, 10) == -12 && wcstoumax(L"0x10", NULL, 0) == 16);
    errno = 0;
    HOLDS(strtoimax("99999999999999999999", NULL, 10) == INTMAX_MAX && errno == ERANGE);
}
