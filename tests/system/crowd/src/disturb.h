/*
 * disturb.h: somebody of higher priority who interrupts what takes long.
 */
#ifndef CROWD_DISTURB_H
#define CROWD_DISTURB_H

/* From now on, every some ten thousand instructions; each tenth time the kernel checks itself. */
void disturb_begin(void);
/* Ends it. Zero if nothing was ever interrupted, or the kernel found something wrong. */
int disturb_end(void);

#endif
