typedef int mz_backup_unwritten;
