/* handlers.h — the handlers that the table names, by file. */
#ifndef MZ_API_HANDLERS_H
#define MZ_API_HANDLERS_H

#include "routes.h"

/* handle_entries.c: an entry's way in. */
mz_handler mz_handle_submit;
/* handle_views.c: what the ledger says. */
mz_handler mz_handle_funds, mz_handle_fund, mz_handle_fund_entries, mz_handle_fund_proposals,
    mz_handle_proposal, mz_handle_entry, mz_handle_entry_receipt, mz_handle_receipt_no,
    mz_handle_trace, mz_handle_todo, mz_handle_statements, mz_handle_statement_draft,
    mz_handle_source, mz_handle_party, mz_handle_need, mz_handle_needs, mz_handle_goods,
    mz_handle_item, mz_handle_reconciliations, mz_handle_reports;
/* handle_evidence.c: documents, in and out. */
mz_handler mz_before_evidence_put, mz_handle_evidence_put, mz_handle_evidence_get;
/* handle_sealed.c: sealed fields, with a token. */
mz_handler mz_handle_disclosures;
/* handle_tlog.c: the log as others read it. */
mz_handler mz_handle_checkpoint, mz_handle_tile;
/* handle_about.c: about the service itself. */
mz_handler mz_handle_schema, mz_handle_openapi, mz_handle_health, mz_handle_metrics;
/* handle_pages.c: what people read. */
mz_handler mz_handle_page_home, mz_handle_page_fund, mz_handle_page_month, mz_handle_page_proposal,
    mz_handle_page_entry, mz_handle_page_receipt, mz_handle_page_fund_table,
    mz_handle_page_month_table, mz_handle_page_proposal_table, mz_handle_page_receipt_table,
    mz_handle_page_style;
mz_refuser mz_refuse_with_page;

#endif
