/*
 * vectors.h: the vector registers as a whole: filled, read after something else ran, read at the first
 * instruction of a thread.
 */
#ifndef STATE_VECTORS_H
#define STATE_VECTORS_H

#include <stdint.h>

#define VECTOR_COUNT 16
#define VECTOR_BYTES 32

/* Bytes of a register that this CPU and kernel let programs use: 32 with AVX, else 16. */
unsigned vectors_width(void);
/* Fills all registers with numbers from `seed`, lets `between` run, which uses general registers alone,
 * and returns 0 if they are as they were. */
int vectors_kept(uint64_t seed, void (*between)(void));
/* What a new thread finds: 0 if it is what the processor's reset state says, else what differs: 1 a
 * vector register, 2 MXCSR, 3 the x87 control word, 4 an x87 register, 5 no thread could be made. */
int vectors_fresh(void);

#endif
