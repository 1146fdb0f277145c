typedef int mz_status_unwritten;
