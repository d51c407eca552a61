/*
 * main.c: runs the cases.
 */
#include "suite.h"

int main(void)
{
    test_fails();
    finish();
}
