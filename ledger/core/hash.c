typedef int mz_hash_unwritten;
