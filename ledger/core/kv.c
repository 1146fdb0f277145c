typedef int mz_kv_unwritten;
