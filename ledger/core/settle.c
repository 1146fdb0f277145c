typedef int mz_settle_unwritten;
