typedef int mz_check_unwritten;
