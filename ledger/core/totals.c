typedef int mz_totals_unwritten;
