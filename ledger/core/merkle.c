typedef int mz_merkle_unwritten;
