typedef int mz_lmdb_unwritten;
