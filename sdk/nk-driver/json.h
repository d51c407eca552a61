/*
 * json.h: a description as JSON.
 */
#ifndef NK_DRIVER_JSON_H
#define NK_DRIVER_JSON_H

#include <stdio.h>

#include <nkidl.h>

/* Writes one checked unit. */
void json_write(struct nkidl *idl, const struct nkidl_unit *unit, FILE *out);

#endif
