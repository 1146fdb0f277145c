typedef int mz_clock_unwritten;
