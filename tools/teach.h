/* teach.h — what a newcomer is told: in an event's help, beyond its fields; and once an entry has
 * been written, what comes next and who does it. */
#ifndef MZ_TOOLS_TEACH_H
#define MZ_TOOLS_TEACH_H

#include "cli.h"
#include "core/event.h"
#include "log/log.h"

/* What the event is for and an example; nothing where the fields say it all. */
void mz_teach_event(const mz_cli *cli, const mz_event_row *row);
/* What comes next after an entry that was accepted. Reads the ledger; says nothing where it cannot.
 */
void mz_teach_next(const mz_cli *cli, mz_log *log, const mz_submission *submission);

#endif
