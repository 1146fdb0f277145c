typedef int mz_log_unwritten;
