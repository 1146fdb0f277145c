typedef int mz_changes_unwritten;
