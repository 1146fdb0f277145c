typedef int mz_lots_unwritten;
