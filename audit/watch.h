/* watch.h — somebody who looks at a log again and again and speaks up once: 守望。
 *
 * A folder holds what the monitor knows: `audit/`, the replayed state; `checkpoint`, the last one
 * that was proved; `alarms.json`, what stands and has been told; and the proof of a fork once there
 * is one. A round audits what is new, compares what is wrong with what has been told, and tells the
 * rest. An alarm is told until that has worked, and then not again while it stands; when it no
 * longer stands, that is told too. */
#ifndef MZ_AUDIT_WATCH_H
#define MZ_AUDIT_WATCH_H

#include <jansson.h>

#include "core/status.h"
#include "source.h"

#define MZ_WATCH_PATH_MAX 4096
#define MZ_WATCH_ROUNDS 3 /* without an answer, or without witnesses, before that is an alarm */

/* Is handed {"event": "raised" or "cleared", "alarm", "code", "zh", "en", "at_ms", "first_ms", and
 * what there is of "index", "fund", "about", "do", "until_ms", "proof"}. False: it could not be
 * told; it will be again in the next round. */
typedef bool mz_watch_tell(void *context, const json_t *alarm);

typedef struct mz_watch_options {
    mz_source_options log; /* a URL; a folder or a bundle can be watched too */
    const char *pin_file;
    const char *state_dir; /* made when it is not there */
    int due_days;          /* deadlines within so many days are alarms; at least 1 */
    int64_t now_ms;
    unsigned threads; /* as in mz_audit_options */
    mz_watch_tell *tell;
    void *context;
} mz_watch_options;

typedef struct mz_watch_result {
    bool looked;          /* the log was audited; false: `why` tells what kept it from being done */
    uint64_t size;        /* of the log, when looked at */
    size_t broken;        /* promises that stand broken */
    size_t due;           /* matters that stand overdue or lapse soon */
    size_t told, cleared; /* in this round */
    mz_reason why;
} mz_watch_result;

/* One round. MZ_OK also when the log could not be read. MZ_BAD_POLICY, and whatever keeps the
 * monitor's own folder from being read or written: MZ_IO, MZ_FULL, MZ_EXISTS, MZ_NOT_A_LEDGER,
 * MZ_BUSY. */
mz_status mz_watch_round(const mz_watch_options *options, mz_watch_result *result,
                         mz_reason *why) MZ_MUST_USE;

#endif
