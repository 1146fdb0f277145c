typedef int mz_keyfile_unwritten;
