/* server.h: the implementations of the server's endpoints. */
#ifndef SERVER_H
#define SERVER_H

#include <many/Server.edl.h>

/* shelf.c: a shelf of its own for each call, at most two. */
struct many_Shelf *shelf_create(void);

/* check.c */
struct many_Check *check_create(void);

/* desk.c: `clients` are the names of those who will report. */
struct many_Desk *desk_create(char **clients, int count);
/* Whether all of them are done. */
int desk_is_done(void);
/* Prints what they reported, client by client. */
void desk_print(void);

#endif
