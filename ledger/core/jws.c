typedef int mz_jws_unwritten;
