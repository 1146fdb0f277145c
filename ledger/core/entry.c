typedef int mz_entry_unwritten;
