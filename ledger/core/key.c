typedef int mz_key_unwritten;
