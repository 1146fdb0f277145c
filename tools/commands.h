/* commands.h — the subcommands, one file per group; main.c has the table. */
#ifndef MZ_TOOLS_COMMANDS_H
#define MZ_TOOLS_COMMANDS_H

#include "cli.h"
#include "core/event.h"

mz_command_run mz_run_init;                                     /* init.c */
mz_command_run mz_run_key;                                      /* key.c */
mz_command_run mz_run_events, mz_run_sign, mz_run_submit;       /* write.c */
mz_command_run mz_run_show, mz_run_todo, mz_run_trace;          /* show.c */
mz_command_run mz_run_statement, mz_run_receipt, mz_run_schema; /* make.c */
mz_command_run mz_run_evidence;                                 /* evidence.c */
mz_command_run mz_run_disclose;                                 /* disclose.c */
mz_command_run mz_run_reconcile;                                /* reconcile.c */
mz_command_run mz_run_backup, mz_run_check;                     /* keep.c */
mz_command_run mz_run_export;                                   /* export.c */
mz_command_run mz_run_seed;                                     /* seed.c */
mz_command_run mz_run_witness;                                  /* witness.c */

/* The verb of an event: argv[0] is its name. write.c */
mz_exit mz_run_event(mz_cli *cli, const mz_event_row *row, int argc, char **argv);

/* The row of a subcommand in the table. */
const mz_command *mz_command_named(const char *name);

#endif
