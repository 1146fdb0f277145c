typedef int mz_date_unwritten;
