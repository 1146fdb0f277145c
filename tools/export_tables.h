/* export_tables.h — what the formats made of tables have in common: which fund, which moment, and
 * progress. They read one snapshot from beginning to end, since all tables must speak of one
 * moment: meanwhile the store keeps the pages of that moment, as during a backup. */
#ifndef MZ_TOOLS_EXPORT_TABLES_H
#define MZ_TOOLS_EXPORT_TABLES_H

#include "core/sheets.h"
#include "export.h"

/* clang-format off */
#define MZ_OPTION_FUND {"fund", "ID", false, "只导出这个基金", "this fund only"}
#define MZ_OPTION_AT {"at", "TIME", false, "截至哪一刻，默认现在；不早于最后一笔", \
                      "as of which moment, not before the last entry; now when absent"}
/* clang-format on */

/* The value of --fund; empty when it was not given. */
mz_view mz_export_fund(const mz_export_job *job);
/* The moment of --at, or now; not before the last entry. MZ_BAD_VALUE of --at. */
mz_status mz_export_moment(const mz_export_job *job, int64_t *now_ms, mz_reason *why) MZ_MUST_USE;
/* One more row of a table is written. */
void mz_export_row_done(mz_export_job *job);

#endif
