/*
 * image.h: the fake image: what its two classes can say to each other.
 *
 * Class "test.Client" has no endpoint. Class "test.Server" has one, riid 0, whose methods are named
 * after the way they are judged; "test.Other" has an endpoint without methods between two with one.
 */
#ifndef FAKE_IMAGE_H
#define FAKE_IMAGE_H

#include <stdint.h>

#include <nk/types.h>
#include <tessera/formats.h>

enum fake_class { CLASS_CORE, CLASS_CLIENT, CLASS_SERVER, CLASS_OTHER, CLASSES };

enum fake_method {
    M_SHORT,   /* 8 bytes each way; error form of 16 bytes; constant grants */
    M_DATA,    /* one bytes value (at 24) of up to 1 MiB each way; constant grants */
    M_RULED,   /* short, both ways judged by a rule */
    M_DENIED,  /* short request denied for ever */
    M_MUTE,    /* short, response denied for ever */
    M_TREE,    /* request: sequence of up to 8192 bytes values, nested; judged by a rule */
    M_BIG,     /* 200 bytes of constant part each way, no arena */
    M_HANDLE,  /* request carries a handle */
    M_STRING,  /* one string value, terminator checked */
    M_WATCHED, /* as M_DATA, the request and response judged by rules that read the arena */
    M_SEEN,    /* as M_HANDLE, the request judged by a rule */
    M_COUNTED, /* as M_DATA, the request judged by a rule that does not read the arena */
    METHODS,
};

/* Words of well-formed messages. */
uint64_t word_request(enum fake_method m);
uint64_t word_response(enum fake_method m);
uint64_t word_error(enum fake_method m);
uint64_t word_failed(enum fake_method m);

#endif
