typedef int mz_memory_unwritten;
