/*
 * coresrv/entity/entity_api.h: making, connecting and starting processes.
 *
 * EntityInitEx makes a stopped process; channels, arguments and environment are collected in the
 * Entity and handed over by EntityRun, which starts it. One thread at a time uses an Entity.
 */
#ifndef CORESRV_ENTITY_ENTITY_API_H
#define CORESRV_ENTITY_ENTITY_API_H

#include <coresrv/elf/elf_api.h>
#include <kos/base.h>
#include <services/handle/if_connection.h>

__RTL_BEGIN_DECLS

typedef struct Entity Entity;

/* A stopped process named like its class, from the ROMFS file of that name. Null on failure, with
 * the reason on the console. */
Entity *EntityInit(const EntityInfo *info);
/* The same with another process name or file; null means the class's name. */
Entity *EntityInitEx(const EntityInfo *info, const char *name, const char *path);

/* A stopped process of a program in memory (coresrv/elf/elf_api.h), which can be freed then. path is a name
 * alone, for argv[0]; null as above. The segments of KnElfCreateVmSegEx carry their headers, so hdrData is not
 * looked at, nor is what says where the symbols are. Null on failure, with the reason on the console. */
Entity *EntityInitFromSegEx(const EntityInfo *info, const char *name, const char *path,
                            rtl_size_t segCount, rtl_uintptr_t entry, const VmSeg *segs,
                            unsigned symIndex, rtl_size_t symSize, unsigned strIndex,
                            rtl_size_t strSize, const void *hdrData, rtl_size_t hdrSize);

/* Arguments after argv[0] (which is the path), and environment; both arrays end with a null
 * pointer, are copied and replace those of the EntityInfo. rcInvalidOperation: it runs already. */
Retcode EntitySetArgs(Entity *entity, const char **args);
Retcode EntitySetEnv(Entity *entity, const char **envs);

/* Appends the arguments that the kernel's command line holds for this process: words
 * args.<process name>.1=..., .2=... in which every byte may be written as %hh. Each Einit that
 * init.yaml describes does so; ./tessera run SOLUTION -- PROGRAM ARG... writes the words. No words, or no
 * right to read them (HAL.GetEnv): rcOk, nothing is appended. */
Retcode EntityAddBootArgs(Entity *entity);

/* A channel whose connection id is `name`; both must be stopped. rcAlreadyExists: the client has a
 * channel of that name. */
Retcode EntityConnectToService(Entity *client, Entity *server, const char *name);
/* The same with the name of the server process as connection id. */
Retcode EntityConnect(Entity *client, Entity *server);

/* Starts the process. rcBufferTooLarge: arguments, environment and channels exceed 64 KiB. */
Retcode EntityRun(Entity *entity);
/* Waits for its end, at most so many milliseconds (INFINITE_TIMEOUT). rcOk, *exitCode if not null;
 * rcTimeout; rcFail if it ended by a fault. */
Retcode EntityWait(Entity *entity, rtl_uint32_t msec, unsigned *exitCode);
/* Forgets the process, which goes on; a process that was never started is ended. */
void EntityFree(Entity *entity);

__RTL_END_DECLS

#endif
