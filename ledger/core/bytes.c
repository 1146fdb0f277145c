typedef int mz_bytes_unwritten;
