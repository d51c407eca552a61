/*
 * kos/trace.h: one line on the console with a level and a tag:
 *
 *     #define TAG "storage"
 *     ERR(TAG, "cannot open %s: " RETCODE_HR_FMT, name, RETCODE_HR_PARAMS(rc));
 *
 * The format must be a string literal. DEBUG lines appear in programs compiled without NDEBUG.
 */
#ifndef KOS_TRACE_H
#define KOS_TRACE_H

#include <rtl/retcode_hr.h>
#include <rtl/stdio.h>

#define KOS_TRACE_(level, tag, format, ...)                                                        \
    fprintf(stderr, level " [%s] " format "\n", (tag), ##__VA_ARGS__)

#ifndef ERR
#define ERR(tag, format, ...) KOS_TRACE_("ERROR", tag, format, ##__VA_ARGS__)
#endif
#ifndef ERROR
#define ERROR(tag, format, ...) KOS_TRACE_("ERROR", tag, format, ##__VA_ARGS__)
#endif
#ifndef WARN
#define WARN(tag, format, ...) KOS_TRACE_("WARN ", tag, format, ##__VA_ARGS__)
#endif
#ifndef INFO
#define INFO(tag, format, ...) KOS_TRACE_("INFO ", tag, format, ##__VA_ARGS__)
#endif
#ifndef DEBUG
#ifdef NDEBUG
#define DEBUG(tag, format, ...) ((void)0)
#else
#define DEBUG(tag, format, ...) KOS_TRACE_("DEBUG", tag, format, ##__VA_ARGS__)
#endif
#endif

#endif
