/* print.h — the views of the core as people read them: aligned tables, ¥ with two decimals, times
 * in UTC+8, words in their language. */
#ifndef MZ_TOOLS_PRINT_H
#define MZ_TOOLS_PRINT_H

#include "cli.h"

void mz_print_ledger(const mz_cli *cli, const json_t *view);
void mz_print_fund(const mz_cli *cli, const json_t *view);
void mz_print_proposal(const mz_cli *cli, const json_t *view);
void mz_print_proposals(const mz_cli *cli, const json_t *view);
void mz_print_entry(const mz_cli *cli, const json_t *view);
void mz_print_entries(const mz_cli *cli, const json_t *view);
void mz_print_todo(const mz_cli *cli, const json_t *view);
void mz_print_trace(const mz_cli *cli, const json_t *view);
void mz_print_source(const mz_cli *cli, const json_t *view);
void mz_print_party(const mz_cli *cli, const json_t *view);
void mz_print_need(const mz_cli *cli, const json_t *view);
void mz_print_needs(const mz_cli *cli, const json_t *view);
void mz_print_goods(const mz_cli *cli, const json_t *view);
void mz_print_item(const mz_cli *cli, const json_t *view);
void mz_print_reconciliation(const mz_cli *cli, const json_t *view);
void mz_print_reports(const mz_cli *cli, const json_t *view);
void mz_print_text(const mz_cli *cli, const json_t *view);       /* member `text` as it is */
void mz_print_vkey(const mz_cli *cli, const json_t *view);       /* member `vkey` */
void mz_print_checkpoint(const mz_cli *cli, const json_t *view); /* member `note` */

/* The table of funds of a ledger view: balances. */
void mz_print_balances(const mz_cli *cli, const json_t *view);

#endif
